"""Dead letters, seen by an operator: listed, shown masked, replayed by command and API, through kill -9 and past limits.

A fix is what a new version would bring: here the letter's body is mended in the database while the collector is
stopped, so that the same decoder understands it.
"""

import contextlib
import json
import os
import random
import sqlite3
import subprocess
import time

import pytest

from peers.collector import Collector, configuration, http
from peers.derivations import fingerprint
from peers.processes import POSTMETER, wait_for
from peers.webhooks import resend_body, signed

EXPLODED = b'{"type":"email.exploded","created_at":"2026-01-01T00:00:00Z","data":{"to":["someone@example.com"]}}'
CUT = b'{"type":"email.sent","data":{"to":["someone@example.com"]'
ADDRESS = "someone@example.com"
ROUNDS = 5


class Letters:
    """A collector with what an operator does about its dead letters."""

    def __init__(self, folder, **settings):
        self.collector = Collector(folder, {**configuration({"resend": "resend"}), **settings})
        self.url = f"http://127.0.0.1:{self.collector.admin}/api/v1/deadletters"

    def post(self, body: bytes) -> None:
        assert http.request("POST", self.collector.hook("resend"), body=body, headers=signed(body)).status == 200

    def command(self, *arguments, code: int = 0) -> str:
        done = subprocess.run(
            [POSTMETER, "deadletters", *map(str, arguments), "--config", self.collector.file],
            cwd=self.collector.folder, env={**os.environ, **self.collector.env}, capture_output=True, text=True,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def api(self, method: str, path: str = "", body=None, status: int = 200) -> dict:
        options = {} if body is None else {"body": json.dumps(body), "headers": {"Content-Type": "application/json"}}
        answer = http.request(method, self.url + path, **options)
        assert answer.status == status, answer.data
        return json.loads(answer.data)

    def listed(self) -> dict:
        """Letters by their numbers, when the database tells of all that was folded."""
        return {one["sequence"]: one for one in self.api("GET")["dead_letters"]}

    def wait_listed(self, count: int) -> dict:
        wait_for(f"{count} letters", lambda: len(self.listed()) == count)
        return self.listed()

    @contextlib.contextmanager
    def database(self):
        """The database of a collector that is stopped; committed and closed in the end.

        Python would close it when it collects its garbage, and hold a lock that a start meanwhile runs into.
        """
        with contextlib.closing(sqlite3.connect(self.collector.folder / "data" / "postmeter.db")) as database:
            with database:
                yield database

    def mend(self, junk: bytes) -> list[bytes]:
        """Gives letters with this body one that can be decoded; the bodies. The collector must be stopped."""
        bodies = []
        with self.database() as database:
            for number, envelope in database.execute("SELECT sequence, envelope FROM dead_letters").fetchall():
                if envelope.endswith(junk):
                    body = json.dumps(resend_body(agent="triage@support.example")).encode()
                    mended = envelope[: -len(junk)] + body
                    database.execute("UPDATE dead_letters SET envelope = ? WHERE sequence = ?", (mended, number))
                    bodies.append(body)
        return bodies

    def total(self, name: str, **labels) -> int:
        return int(sum(self.collector.figures(name, **labels).values()))

    def restart(self) -> None:
        assert self.collector.process.stop() == 0
        self.collector.start()


@pytest.fixture
def letters(tmp_path, request):
    made = Letters(tmp_path)
    request.addfinalizer(lambda: made.collector.process.kill())
    made.collector.start()
    made.post(EXPLODED)
    made.post(CUT)
    made.numbers = sorted(made.wait_listed(2))
    return made


def test_letters_are_listed_and_shown_masked_beside_a_collector_and_without_one(letters):
    exploded, cut = letters.numbers
    for is_running in (True, False):
        lines = letters.command("ls").splitlines()
        assert [line.split()[0] for line in lines] == [str(cut), str(exploded)]
        assert "unknown_event" in lines[1] and 'type "email.exploded"' in lines[1]
        assert letters.command("ls", "--reason", "malformed_json").split()[0] == str(cut)
        assert letters.command("ls", "--until", "1h") == ""
        found = json.loads(letters.command("ls", "--json", "--limit", "1"))
        assert (found["sequence"], found["reason"], found["tries"]) == (cut, "malformed_json", 1)
        code = fingerprint(letters.collector.env["TRACE_KEY"], "resend", ADDRESS)
        shown = letters.command("show", exploded)
        assert "someone" not in shown and f'"to":["{code}"]' in shown and "webhook-id: msg_" in shown
        assert ADDRESS in letters.command("show", exploded, "--clear")
        assert letters.command("show", exploded, "--clear", "--body").encode() == EXPLODED
        exported = [json.loads(line) for line in letters.command("export").splitlines()]
        assert [one["sequence"] for one in exported] == letters.numbers
        assert all("someone" not in one["body"] for one in exported)
        assert "is not there" in letters.command("show", 99, code=1)
        if is_running:
            assert letters.collector.process.stop() == 0


def test_the_api_lists_in_parts_shows_masked_and_names_what_is_wrong(letters):
    exploded, cut = letters.numbers
    first = letters.api("GET", "?limit=1")
    assert [one["sequence"] for one in first["dead_letters"]] == [cut] and first["folded"] > cut
    second = letters.api("GET", f"?limit=1&cursor={first['next_cursor']}")
    assert [one["sequence"] for one in second["dead_letters"]] == [exploded] and "next_cursor" not in second
    letter = letters.api("GET", f"/{exploded}")
    assert letter["body_encoding"] == "utf-8" and "someone" not in letter["body"]
    assert json.loads(letter["body"])["type"] == "email.exploded"
    for method, path, body, status, field in [
        ("GET", "?limit=1001", None, 400, "limit"), ("GET", "?reasn=x", None, 400, "reasn"),
        ("GET", "/99999", None, 404, "sequence"), ("POST", "/replay", {"sequences": [99999]}, 404, "sequences"),
        ("POST", "/replay", {}, 400, "sequences"), ("POST", "/replay", {"sequences": "all"}, 400, "sequences"),
        ("DELETE", "", None, 400, "sequences"),
    ]:
        problem = letters.api(method, path, body, status)
        assert problem["status"] == status and problem["detail"].startswith(field), problem
    answer = http.request("POST", letters.url + "/replay", body='{"all":true}', headers={"Content-Type": "text/plain"})
    assert answer.status == 415 and answer.headers["Content-Type"] == "application/problem+json"
    assert {one["tries"] for one in letters.listed().values()} == {1}


def test_what_is_dead_still_stays_once_with_its_tries(letters):
    exploded, cut = letters.numbers
    said = letters.command("replay", "--from", exploded, "--to", cut, code=1)
    assert "Replayed 2 dead letters: dead still 2." in said and f"{exploded}  unknown_event" in said
    listed = letters.listed()
    assert sorted(listed) == letters.numbers and {one["tries"] for one in listed.values()} == {2}
    assert letters.total("email_dead_letters_replayed_total", email_outcome="dead") == 2
    assert letters.total("email_dead_letters_total") == 2
    assert letters.total("email_webhook_events_total", email_outcome="dead") == 2


@pytest.mark.parametrize("way", ["command", "api"])
def test_after_a_fix_a_replay_counts_once(letters, way):
    exploded, cut = letters.numbers
    assert letters.collector.process.stop() == 0
    assert "no collector runs there" in letters.command("replay", exploded, code=1)
    letters.mend(EXPLODED)
    letters.collector.start()
    if way == "command":
        said = letters.command("replay", "--reason", "unknown_event", "--endpoint", "resend")
        assert said == "Replayed 1 dead letters: dead still 0.\n"
    else:
        answer = letters.api("POST", "/replay", {"sequences": [exploded]}, 202)
        assert answer["sequences"] == [exploded]
        # The same again, which finds the letter there or not, as the checkpoint has it.
        again = json.dumps({"sequences": [exploded]})
        answer = http.request(
            "POST", letters.url + "/replay", body=again, headers={"Content-Type": "application/json"}
        )
        assert answer.status in (202, 404), answer.data
        letters.wait_listed(1)
    assert letters.collector.events() == {"triage": {"sent": 1}}
    assert sorted(letters.listed()) == [cut]
    assert letters.total("email_dead_letters_replayed_total", email_outcome="counted") == 1
    letters.api("POST", "/replay", {"sequences": [exploded]}, 404)
    letters.restart()
    assert letters.collector.events() == {"triage": {"sent": 1}} and sorted(letters.listed()) == [cut]
    assert letters.total("email_dead_letters_kept") == 1


def test_removed_letters_are_counted_and_gone(letters):
    exploded, cut = letters.numbers
    assert "say which letters" in letters.command("rm", code=64)
    assert letters.command("rm", exploded) == "Removed 1 dead letters.\n"
    assert sorted(letters.listed()) == [cut]
    assert letters.api("DELETE", "?all=true", status=202)["sequences"] == [cut]
    assert letters.wait_listed(0) == {}
    assert letters.total("email_dead_letters_dropped_total", email_reason="removed") == 2


def test_letters_of_the_first_version_are_kept(letters):
    """Its table lacked how often a letter was decoded."""
    assert letters.collector.process.stop() == 0
    with letters.database() as database:
        for column in ("tries", "tried_at"):
            database.execute(f"ALTER TABLE dead_letters DROP COLUMN {column}")
        database.execute("DELETE FROM grdb_migrations WHERE identifier = 'dead-letters-1'")
    assert "written by an earlier version" in letters.command("ls", code=1)
    letters.collector.start()
    listed = letters.listed()
    assert sorted(listed) == letters.numbers
    assert all(one["tries"] == 1 and one["tried_at"] == one["accepted_at"] for one in listed.values())


def test_kill_9_between_a_replay_and_its_checkpoint_loses_and_doubles_nothing(tmp_path, request):
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    letters = Letters(tmp_path)
    collector = letters.collector
    request.addfinalizer(lambda: collector.process.kill())
    collector.start()
    counted = 0
    for number in range(ROUNDS):
        for _ in range(3):
            letters.post(EXPLODED)
        letters.wait_listed(3)
        assert collector.process.stop() == 0
        assert len(letters.mend(EXPLODED)) == 3
        collector.start()
        # A checkpoint was written just now, so the next one is a second away.
        good = json.dumps(resend_body(agent="triage@support.example")).encode()
        letters.post(good)
        collector.wait_folded()
        answer = letters.api("POST", "/replay", {"all": True}, 202)
        assert len(answer["sequences"]) == 3
        counted += 4
        if number:
            time.sleep(chance.uniform(0, 0.3))
        collector.process.kill()
        collector.start()
        collector.wait_folded()
        assert collector.events() == {"triage": {"sent": counted}}
        assert letters.wait_listed(0) == {}
        assert letters.total("email_dead_letters_replayed_total", email_outcome="counted") == 3 * (number + 1)
    assert collector.process.stop() == 0


def test_the_oldest_letters_go_past_the_limit_and_are_counted(tmp_path, request):
    letters = Letters(tmp_path, dead_letters={"max_count": 2}, privacy="domain")
    request.addfinalizer(lambda: letters.collector.process.kill())
    letters.collector.start()
    for _ in range(4):
        letters.post(EXPLODED)
    letters.collector.wait_folded()
    wait_for("a checkpoint", lambda: len(letters.listed()) == 2)
    kept = sorted(letters.listed())
    assert letters.total("email_dead_letters_dropped_total", email_reason="count") == 2
    assert letters.total("email_dead_letters_kept") == 2
    assert letters.total("email_dead_letters_total") == 4
    assert "_@example.com" in letters.command("show", kept[0])
    letters.restart()
    assert sorted(letters.listed()) == kept
    assert letters.total("email_dead_letters_dropped_total", email_reason="count") == 2
    assert letters.collector.process.stop() == 0
