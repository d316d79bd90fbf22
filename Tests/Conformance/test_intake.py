"""What the listener answers, to the official signer and to everyone else, and how it counts it."""

import collections
import datetime
import json
import secrets
import socket
import time

import pytest
import urllib3

from peers.collector import SECRET, Collector, configuration, http
from peers.power_cut import power_cut
from peers.processes import wait_for
from peers.simulator import Simulation, difference
from peers.webhooks import resend_body, signed

OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
LIMIT = 1 << 20


class Intake:
    """The collector that all tests of this file share, as one test sees it: an agent and counts of its own."""

    def __init__(self, collector: Collector):
        self.collector = collector
        self.agent = f"agent-{secrets.token_hex(4)}"
        self.before = {name: self.count(name, label) for name, label in self.COUNTS}

    COUNTS = [
        ("email_webhook_requests_total", "email_outcome"),
        ("email_webhook_events_total", "email_outcome"),
        ("email_dead_letters_total", "email_reason"),
    ]

    def count(self, name: str, label: str) -> collections.Counter:
        counts: collections.Counter = collections.Counter()
        for pairs, value in self.collector.figures(name).items():
            counts[dict(pairs)[label]] += int(value)
        return counts

    def new(self, place: int) -> dict:
        name, label = self.COUNTS[place]
        return dict(self.count(name, label) - self.before[name])

    @property
    def requests(self) -> dict:
        """Requests by what was answered, since the test began."""
        return self.new(0)

    @property
    def outcomes(self) -> dict:
        """Events by what the fold made of them."""
        return self.new(1)

    @property
    def dead_letters(self) -> dict:
        return self.new(2)

    @property
    def events(self) -> dict:
        """Events of the test's own agent."""
        self.collector.wait_folded()
        return self.collector.events().get(self.agent, {})

    def body(self, event: str = "email.sent") -> bytes:
        return json.dumps(resend_body(event, agent=f"{self.agent}@support.example")).encode()

    def post(self, body: bytes, headers: dict, endpoint: str = "resend"):
        return http.request("POST", self.collector.hook(endpoint), body=body, headers=headers)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    running = Collector(tmp_path_factory.mktemp("intake"), configuration({"resend": "resend"})).start()
    yield running
    assert running.process.stop() == 0


@pytest.fixture
def intake(shared):
    return Intake(shared)


def assert_problem(answer, status: int, *words: str) -> None:
    """The answer is a JSON problem (RFC 9457) of this status that names what is wrong."""
    assert answer.status == status, answer.data
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.headers
    problem = json.loads(answer.data)
    assert problem["status"] == status and problem["title"]
    text = f"{problem['title']} {problem.get('detail', '')}".lower()
    assert all(word in text for word in words), text


@pytest.mark.parametrize("prefix", ["webhook", "svix"])
def test_a_signature_of_the_official_library_is_accepted(intake, prefix):
    body = intake.body()
    answer = intake.post(body, signed(body, prefix=prefix))
    assert answer.status == 200 and json.loads(answer.data) == {"status": "accepted"}
    assert intake.events == {"sent": 1}
    assert intake.requests == {"accepted": 1}


def test_one_flipped_bit_anywhere_in_the_body_is_refused(intake):
    body = intake.body()
    headers = signed(body)
    places = sorted({0, 1, len(body) // 3, len(body) // 2, len(body) - 1})
    for place in places:
        flipped = bytearray(body)
        flipped[place] ^= 1
        assert_problem(intake.post(bytes(flipped), headers), 401, "signature")
    assert intake.requests == {"unauthorized": len(places)}
    assert intake.post(body, headers).status == 200


@pytest.mark.parametrize("change", ["id", "timestamp", "signature"])
def test_one_changed_header_is_refused(intake, change):
    body = intake.body()
    headers = signed(body)
    value = headers[f"webhook-{change}"]
    if change == "timestamp":
        value = str(int(value) + 1)
    elif change == "signature":
        value = value[:10] + ("A" if value[10] != "A" else "B") + value[11:]
    else:
        value += "x"
    assert_problem(intake.post(body, {**headers, f"webhook-{change}": value}), 401)
    del headers[f"webhook-{change}"]
    assert_problem(intake.post(body, headers), 401, change)
    assert intake.requests == {"unauthorized": 2}


def test_another_secret_is_refused_and_a_list_that_holds_ours_is_accepted(intake):
    body = intake.body()
    foreign = signed(body, identifier="msg_a", secret=OTHER_SECRET)
    assert_problem(intake.post(body, foreign), 401)
    ours = signed(body, identifier="msg_a")
    both = {**ours, "webhook-signature": f"{foreign['webhook-signature']} v1a,AAAA {ours['webhook-signature']}"}
    assert intake.post(body, both).status == 200


@pytest.mark.parametrize("offset, status", [(-290, 200), (290, 200), (-310, 401), (310, 401)])
def test_the_time_may_be_five_minutes_off(intake, signer, offset, status):
    body = intake.body()
    instant = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset)
    headers = {
        "webhook-id": "msg_t",
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": signer.sign("msg_t", instant, body.decode()),
    }
    assert intake.post(body, headers).status == status


def test_an_unknown_endpoint_is_404(intake):
    body = intake.body()
    assert_problem(intake.post(body, signed(body), endpoint="nobody"), 404, "nobody")
    assert intake.requests == {"unknown_endpoint": 1}
    figures = intake.collector.figures("email_webhook_requests_total", email_outcome="unknown_endpoint")
    labels = [dict(pairs) for pairs, value in figures.items() if value]
    assert [(one["email_account"], one["email_provider"]) for one in labels] == [("_unknown", "_unknown")]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_405_and_says_which_is_allowed(intake, method):
    answer = http.request(method, intake.collector.hook("resend"))
    assert_problem(answer, 405)
    assert "POST" in answer.headers["Allow"]
    assert intake.requests == {"method_not_allowed": 1}


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_1_mib_is_413(intake, chunked):
    big = b'{"type":"' + b"x" * LIMIT + b'"}'
    body = iter([big[:500_000], big[500_000:]]) if chunked else big
    assert_problem(intake.post(body, signed(big)), 413, str(LIMIT))
    assert intake.requests == {"too_large": 1}


def test_a_body_of_1_mib_is_taken(intake):
    body = intake.body()
    body = body[:-1] + b" " * (LIMIT - len(body)) + b"}"
    assert len(body) == LIMIT
    assert intake.post(body, signed(body)).status == 200
    assert intake.events == {"sent": 1}


@pytest.mark.parametrize(
    "junk, reason",
    [
        (b'{"type":"email.sent"', "malformed_json"),
        (b"not json at all", "malformed_json"),
        (b'{"type":"email.exploded","created_at":"2026-01-01T00:00:00Z","data":{}}', "unknown_event"),
        (b'{"created_at":"2026-01-01T00:00:00Z","data":{}}', "missing_field"),
        (b'{"type":"email.sent","created_at":"yesterday","data":{"email_id":"1","from":"a@b.c","to":[]}}', "bad_time"),
        (b'{"type":"email.sent","created_at":"2026-01-01T00:00:00Z","data":7}', "wrong_type"),
        (b"[]", "wrong_type"),
    ],
    ids=["cut", "text", "exploded", "typeless", "yesterday", "seven", "list"],
)
def test_signed_junk_is_accepted_and_becomes_a_dead_letter(intake, junk, reason):
    assert intake.post(junk, signed(junk)).status == 200
    intake.collector.wait_folded()
    assert intake.dead_letters == {reason: 1}
    assert intake.outcomes == {"dead": 1}
    good = intake.body()
    assert intake.post(good, signed(good)).status == 200
    assert intake.events == {"sent": 1}


def test_the_same_webhook_again_is_counted_once(intake):
    body = intake.body()
    headers = signed(body)
    assert [intake.post(body, headers).status for _ in range(3)] == [200, 200, 200]
    assert intake.events == {"sent": 1}
    assert intake.outcomes == {"counted": 1, "duplicate": 2}


def test_health_says_ready_and_live(shared):
    assert shared.readiness() == (200, {"status": "ready", "reasons": []})
    answer = http.request("GET", f"http://127.0.0.1:{shared.admin}/livez")
    assert (answer.status, json.loads(answer.data)) == (200, {"status": "live"})


def test_ports_have_only_their_own_routes(shared):
    for port, path in [
        (shared.ingest, "/metrics"), (shared.ingest, "/readyz"), (shared.scrape, "/readyz"),
        (shared.admin, "/metrics"), (shared.scrape, "/hooks/resend"),
    ]:
        assert_problem(http.request("GET", f"http://127.0.0.1:{port}{path}"), 404)


def test_slow_senders_do_not_hold_up_the_others(intake):
    """A hundred connections that began a request and fell silent, and a scrape and a webhook beside them."""
    slow = []
    try:
        for _ in range(100):
            connection = socket.create_connection(("127.0.0.1", intake.collector.ingest))
            connection.sendall(b"POST /hooks/resend HTTP/1.1\r\nHost: x\r\nContent-Le")
            slow.append(connection)
        started = time.monotonic()
        body = intake.body()
        assert intake.post(body, signed(body)).status == 200
        assert intake.events == {"sent": 1}
        assert time.monotonic() - started < 5
    finally:
        for connection in slow:
            connection.close()


def test_secrets_and_addresses_are_in_no_log(intake):
    body = intake.body()
    intake.post(body, signed(body))
    intake.post(body, {**signed(body), "webhook-signature": "v1,AAAA"})
    intake.collector.wait_folded()
    log = intake.collector.process.log.read_text()
    assert SECRET not in log and SECRET.removeprefix("whsec_") not in log
    assert "someone@example.com" not in log


def test_what_was_known_is_known_after_a_clean_restart(tmp_path, request):
    collector = Collector(tmp_path, configuration({"resend": "resend"}))
    request.addfinalizer(lambda: collector.process.kill())
    collector.start()
    intake = Intake(collector)
    body, junk = intake.body(), b'{"type":"email.sent"'
    headers = signed(body)
    assert intake.post(body, headers).status == 200
    assert intake.post(junk, signed(junk)).status == 200
    collector.wait_folded()
    before = collector.figures("email_events_total")
    assert collector.process.stop() == 0
    collector.start()
    assert collector.figures("email_events_total") == before
    assert sum(collector.figures("email_dead_letters_total").values()) == 1
    assert intake.post(body, headers).status == 200
    assert intake.events == {"sent": 1}
    assert collector.process.stop() == 0


def test_postmark_sends_a_secret_along_and_its_figures_are_those_of_the_simulator(tmp_path, request):
    """Postmark signs nothing: the secret of its endpoint is user:password, and its events carry ids of our making."""
    secret = "postmark:correct-horse"
    collector = Collector(tmp_path, configuration({"postmark": "postmark"}), env={"ENDPOINT_SECRET": secret})
    request.addfinalizer(lambda: collector.process.kill())
    collector.start()
    hook = collector.hook("postmark")
    wrong = urllib3.make_headers(basic_auth="postmark:wrong-horse")
    for headers, word in [({}, "authorization"), (wrong, "secret"), (signed(b"{}"), "authorization")]:
        assert_problem(http.request("POST", hook, body=b"{}", headers=headers), 401, word)
    simulation = Simulation(
        tmp_path, hook, secret=secret, provider="postmark", agents=5, rate=0, duration=5, repeats=0.05, seed=11
    )
    totals = simulation.totals()
    collector.wait_folded()
    assert difference(collector.events(email_provider="postmark"), totals["events"]) == {}
    counts = {
        outcome: sum(collector.figures("email_webhook_events_total", email_outcome=outcome).values())
        for outcome in ["counted", "duplicate", "dead"]
    }
    counted = totals["acknowledged"] - totals["others"]
    assert counts["counted"] == counted and counts["dead"] == 0 and 0 < counts["duplicate"] <= totals["repeats"]
    assert sum(collector.figures("email_webhook_requests_total", email_outcome="unauthorized").values()) == 3
    assert collector.process.stop() == 0
    assert "correct-horse" not in collector.process.log.read_text()


def test_a_failing_disk_answers_503_with_retry_after_and_loses_nothing_else(tmp_path, request):
    """Syncs fail for a while: no 2xx, no end; afterwards webhooks are taken again, and figures are exact."""
    broken = tmp_path / "broken"
    collector = Collector(tmp_path, configuration({"resend": "resend"}))
    request.addfinalizer(lambda: collector.process.kill())
    collector.start(power_cut(fail=broken, delay=0))
    intake = Intake(collector)
    accepted = 0

    def send() -> int:
        nonlocal accepted
        body = intake.body()
        answer = intake.post(body, signed(body))
        accepted += answer.status == 200
        if answer.status != 200:
            assert_problem(answer, 503)
            assert int(answer.headers["Retry-After"]) > 0
        return answer.status

    assert [send() for _ in range(20)] == [200] * 20
    broken.touch()
    assert [send() for _ in range(20)] == [503] * 20
    assert intake.requests == {"accepted": 20, "overloaded": 20}
    broken.unlink()
    wait_for("acceptance", lambda: send() == 200, 20, 0.2)
    assert [send() for _ in range(20)] == [200] * 20
    assert intake.events == {"sent": accepted}
    collector.process.kill()
    collector.start()
    assert intake.events == {"sent": accepted}
    assert collector.process.stop() == 0
