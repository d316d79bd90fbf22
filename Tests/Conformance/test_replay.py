"""`postmeter replay`: the journal gives the figures again, to the byte, all or in part, beside a collector or alone."""

import json
import os
import pathlib
import subprocess

import pytest

from peers import exposition
from peers.collector import Collector, configuration, http
from peers.processes import POSTMETER
from peers.simulator import Simulation, add, difference
from peers.webhooks import resend_body, signed

JUNK = b'{"type":"email.sent"'


class Replayed:
    """What `postmeter replay` printed."""

    def __init__(self, collector: Collector, *options, code: int = 0):
        done = subprocess.run(
            [POSTMETER, "replay", "--config", collector.file, *map(str, options)], cwd=collector.folder,
            env={**os.environ, **collector.env}, capture_output=True, text=True, timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        self.text, self.errors = done.stdout, done.stderr
        self.figures, self.summary = [], ""
        if code == 0:
            *self.figures, self.summary = done.stdout.splitlines()

    @property
    def samples(self) -> dict:
        return exposition.parse("\n".join([*self.figures, ""])).samples

    def events(self) -> dict:
        """`email_events_total` as {agent: {event: count}}, without zeros."""
        found: dict = {}
        for (name, pairs), value in self.samples.items():
            if name == "email_events_total" and value:
                labels = dict(pairs)
                found = add(found, {labels["email_agent"]: {labels["email_event"]: int(value)}})
        return found

    @property
    def records(self) -> int:
        return int(self.summary.split()[2])

    @property
    def last(self) -> int:
        return int(self.summary.split(" to ")[1].split(")")[0])


def simulate(collector: Collector, seed: int, **options) -> Simulation:
    common = {"agents": 8, "rate": 0, "duration": 1, "repeats": 0}
    return Simulation(collector.folder, collector.hook("resend"), seed=seed, **{**common, **options})


def without_scopes(samples: dict) -> dict:
    """Samples without the labels of their scope, which a replay does not print."""
    return {
        (name, tuple(pair for pair in pairs if not pair[0].startswith("otel_scope_"))): value
        for (name, pairs), value in samples.items()
    }


def instance(collector: Collector) -> str:
    (found,) = {dict(pairs)["service_instance_id"] for pairs in collector.figures("target_info")}
    return found


def post(collector: Collector, body: bytes, headers: dict | None = None) -> None:
    answer = http.request("POST", collector.hook("resend"), body=body, headers=headers or signed(body))
    assert answer.status == 200, answer.data


@pytest.fixture
def collectors(request):
    """Makes collectors, which are gone after the test."""

    def make(folder: pathlib.Path, tree: dict | None = None) -> Collector:
        folder.mkdir(exist_ok=True)
        collector = Collector(folder, tree or configuration({"resend": "resend"}))
        request.addfinalizer(lambda: collector.process and collector.process.kill())
        return collector

    return make


def test_a_journal_gives_the_figures_that_were_shown_the_same_bytes_each_time(tmp_path, collectors):
    collector = collectors(tmp_path).start()
    totals = simulate(collector, 1, repeats=0.1).totals()
    post(collector, JUNK)
    collector.wait_folded()
    shown = without_scopes(collector.samples())
    beside = Replayed(collector)
    assert difference(beside.events(), totals["events"]) == {}
    assert beside.summary == f"# records {beside.last} (1 to {beside.last}), damaged 0"
    # Every durable figure, and not the counts of events alone.
    samples = beside.samples
    names = {name for name, _ in samples}
    assert {"email_webhook_events_total", "email_dead_letters_total", "email_delivery_duration_seconds_sum"} <= names
    durable = {key: value for key, value in shown.items() if key[0] in names}
    assert {key: (value, durable.get(key)) for key, value in samples.items() if durable.get(key) != value} == {}
    assert set(durable) == set(samples)
    collector.process.kill()
    assert Replayed(collector).text == beside.text == Replayed(collector, "--to", beside.last).text
    assert Replayed(collector, "--quiet").text == beside.summary + "\n"


def test_a_replay_beside_a_collector_under_load_takes_nothing_from_it(tmp_path, collectors):
    tree = configuration({"resend": "resend"})
    # Small segments, which go as soon as they are folded, while they are read.
    tree["journal"] = {"segment_bytes": 4 << 20, "byte_limit": 64 << 20, "retain_bytes": 16 << 20}
    collector = collectors(tmp_path, tree).start()
    load = simulate(collector, 2, duration=10_000, concurrency=8)
    try:
        replays = [Replayed(collector, "--quiet") for _ in range(3)]
        assert load.process.is_running, load.process.tail()
        totals = load.stop()
    finally:
        load.process.kill()
    lasts = [one.last for one in replays]
    assert lasts == sorted(lasts) and all(one.records > 0 for one in replays)
    collector.wait_folded()
    assert difference(collector.events(), totals["events"]) == {}
    assert sum(collector.figures("postmeter_journal_damage_total").values()) == 0
    assert collector.process.stop() == 0


def test_parts_add_up_to_the_whole(tmp_path, collectors):
    collector = collectors(tmp_path).start()
    totals = simulate(collector, 3).totals()
    collector.wait_folded()
    assert collector.process.stop() == 0
    whole = Replayed(collector)
    middle = whole.last // 2
    first, second = Replayed(collector, "--to", middle), Replayed(collector, "--from", middle + 1)
    assert first.summary == f"# records {middle} (1 to {middle}), damaged 0"
    assert second.summary == f"# records {whole.last - middle} ({middle + 1} to {whole.last}), damaged 0"
    assert first.errors == second.errors == ""
    assert difference(add(first.events(), second.events()), totals["events"]) == {}
    part = Replayed(collector, "--from", middle, "--to", middle + 9)
    assert part.summary == f"# records 10 ({middle} to {middle + 9}), damaged 0"
    assert part.text == Replayed(collector, "--from", middle, "--to", middle + 9).text
    beyond = Replayed(collector, "--from", whole.last + 1)
    assert beyond.summary == "# records 0 (none), damaged 0" and beyond.events() == {}


@pytest.mark.parametrize("is_whole", [True, False], ids=["whole", "part"])
def test_a_collector_goes_on_from_a_folder_that_was_made(tmp_path, collectors, is_whole):
    collector = collectors(tmp_path / "old").start()
    totals = simulate(collector, 4).totals()
    body = json.dumps(resend_body(agent="twice@support.example")).encode()
    headers = signed(body)
    post(collector, body, headers)
    collector.wait_folded()
    before, shown_instance = Replayed(collector, "--quiet").last, instance(collector)
    if not is_whole:
        post(collector, json.dumps(resend_body(agent="late@support.example")).encode())
        collector.wait_folded()
    collector.process.kill()
    again = collectors(tmp_path / "new")
    made = Replayed(collector, *([] if is_whole else ["--to", before]), "--into", again.folder / "data")
    assert made.last == before
    expected = add(totals["events"], {"twice": {"sent": 1}})
    assert difference(made.events(), expected) == {}
    again.start()
    again.wait_folded()
    assert difference(again.events(), expected) == {}
    assert instance(again) != shown_instance
    shown = without_scopes(again.samples())
    assert {key: shown.get(key) for key in made.samples} == made.samples
    # What came before is known still, and what is new counts.
    post(again, body, headers)
    post(again, json.dumps(resend_body(agent="fresh@support.example")).encode())
    again.wait_folded()
    expected = add(expected, {"fresh": {"sent": 1}})
    assert difference(again.events(), expected) == {}
    duplicates = again.figures("email_webhook_events_total", email_outcome="duplicate")
    assert sum(duplicates.values()) == 1
    again.process.kill()
    again.start()
    again.wait_folded()
    assert difference(again.events(), expected) == {}
    for kind in ["postmeter_journal_damage_total", "postmeter_database_damage_total"]:
        assert sum(again.figures(kind).values()) == 0
    assert again.process.stop() == 0


def test_a_damaged_record_is_counted_and_wrong_orders_are_refused(tmp_path, collectors):
    collector = collectors(tmp_path).start()
    for _ in range(20):
        post(collector, json.dumps(resend_body()).encode())
    collector.wait_folded()
    assert collector.process.stop() == 0
    data = tmp_path / "data"
    names = sorted(path.relative_to(data) for path in data.rglob("*"))
    sound = Replayed(collector)
    # The folder alone will do, also without the key, which is in the file here; nothing is made in it.
    alone = subprocess.run([POSTMETER, "replay", "--data", data], capture_output=True, text=True, timeout=120)
    assert alone.stdout == sound.text, alone.stderr
    assert sorted(path.relative_to(data) for path in data.rglob("*")) == names
    assert sound.events() == {"triage": {"sent": 20}}
    kept = tmp_path / "kept"
    Replayed(collector, "--quiet", "--into", kept)
    there = Replayed(collector, "--into", kept, code=1)
    assert f"--into: '{kept}' is there already" in there.errors
    assert "--to: must be at least --from" in Replayed(collector, "--from", 5, "--to", 4, code=64).errors
    none, made = tmp_path / "none", tmp_path / "made"
    for into in [[], ["--into", made]]:
        assert "none" in Replayed(collector, "--data", none, *into, code=1).errors
        assert not none.exists() and not made.exists()
    segment = min(path for path in (data / "journal").glob("journal-*.seg") if any(path.read_bytes()[24:32]))
    content = bytearray(segment.read_bytes())
    content[content.find(b"triage@support.example", len(content.rstrip(b"\0")) // 2)] ^= 1
    segment.write_bytes(content)
    damaged = Replayed(collector)
    assert damaged.events() == {"triage": {"sent": 19}}
    assert damaged.summary == f"# records {sound.records - 1} (1 to {sound.last}), damaged 1"
