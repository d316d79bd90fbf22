"""Mailgun: its documented events and the mail of its routes, signed by Python's own hmac."""

import hashlib
import hmac
import json
import secrets
import time
import urllib.parse

import pytest
import urllib3

from peers.collector import Collector, configuration, http
from peers.simulator import Simulation, difference

KEY, OLD, OTHER = (secrets.token_hex(16) for _ in range(3))
AGENT = "triage@support.example"


def signature(key: str = KEY, age: int = 0) -> dict:
    timestamp, token = str(int(time.time()) - age), secrets.token_hex(25)
    code = hmac.new(key.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": code}


def event(name: str, **more) -> dict:
    """What is told of one mail of the agent."""
    return {
        "event": name,
        "id": secrets.token_urlsafe(16),
        "timestamp": time.time(),
        "log-level": "info",
        "account": {"id": "1234567890303a4bd1f33898"},
        "domain": {"name": "support.example"},
        "envelope": {"sender": AGENT, "transport": "smtp", "targets": "someone@example.com"},
        "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
        "message": {
            "headers": {
                "to": "someone@example.com",
                "message-id": f"20260131093005.1.{secrets.token_hex(8).upper()}@support.example",
                "from": f"Support <{AGENT}>",
                "subject": "Your order",
            },
            "attachments": [],
            "size": 867,
        },
        "recipient": "someone@example.com",
        "recipient-domain": "example.com",
        "storage": {"url": "https://storage.example/v3/domains/support.example/messages/AwABB", "key": "AwABB"},
        "campaigns": [],
        "tags": ["case"],
        "user-variables": {},
        **more,
    }


def failed(severity: str, reason: str, code: int, message: str, **status) -> dict:
    status = {"code": code, "message": message, "description": "", "attempt-no": 1, "session-seconds": 0.5, **status}
    return event("failed", severity=severity, reason=reason, **{"delivery-status": status})


def of_reader(name: str) -> dict:
    """What a reader does names no sender: its mail belongs to the agent in the user variable."""
    told = event(name, ip="192.0.2.7", geolocation={"country": "US", "region": "TX", "city": "Austin"})
    del told["envelope"], told["flags"]
    told["message"] = {"headers": {"message-id": told["message"]["headers"]["message-id"]}}
    told["user-variables"] = {"agent": AGENT}
    return told


def rejected() -> dict:
    told = event("rejected", reject={"reason": "Sandbox subdomains are for test purposes only.", "description": ""})
    del told["recipient"]
    return told


def stored() -> dict:
    told = event("stored")
    told["message"]["headers"] |= {"to": AGENT, "from": "someone@example.com"}
    told["message"]["recipients"] = [AGENT]
    del told["recipient"], told["envelope"], told["flags"]
    return told


EVERY = [
    event("accepted", method="HTTP"),
    event("delivered", **{"delivery-status": {"code": 250, "message": "OK", "tls": True, "mx-host": "mx.example.com"}}),
    event("delivered", **{"delivery-status": None}),
    failed("temporary", "generic", 451, "4.7.652 too many connections", **{"retry-seconds": 600}),
    failed("temporary", "greylisted", 450, "Recipient address rejected: Greylisted"),
    failed("permanent", "bounce", 550, "5.1.1 someone@example.com does not exist"),
    failed("permanent", "old", 602, "", description="Too old"),
    failed("permanent", "generic", 552, "5.2.2 mailbox full"),
    failed("permanent", "suppress-bounce", 605, "", description="Not delivering to previously bounced address"),
    failed("permanent", "suppress-complaint", 607, ""),
    failed("permanent", "suppress-unsubscribe", 606, ""),
    rejected(),
    of_reader("opened"),
    of_reader("clicked"),
    of_reader("unsubscribed"),
    of_reader("complained"),
    stored(),
    # What a route does with mail that came in, and what happens to mailing lists, is no mail that was sent.
    event("accepted", flags={"is-routed": True}),
    event("delivered", envelope={"transport": "http"}),
    event("accepted", flags={"is-authenticated": False}),
    {"event": "list_uploaded", "timestamp": 1555440421.099269, "mailing-list": {"address": "list@example.com"}},
]
COUNTS = {
    "accepted": 1, "delivered": 2, "deferred": 2, "bounced": 3, "suppressed": 3, "rejected": 1, "opened": 1,
    "clicked": 1, "unsubscribed": 1, "complained": 1, "received": 1,
}
BOUNCES = {("hard", "invalid_recipient"): 1, ("soft", "expired"): 1, ("soft", "mailbox_full"): 1}


def body(told: dict, **options) -> bytes:
    return json.dumps({"signature": signature(**options), "event-data": told}).encode()


def mail(is_raw: bool = False, **options) -> dict:
    """The fields of a mail that came in, among which are its header fields."""
    message = f"<{secrets.token_hex(8)}@mail.example.com>"
    fields = {
        "recipient": AGENT,
        "sender": "bounces+7@example.com",
        "from": "Someone <someone@example.com>",
        "subject": "Re: Order ü",
        "From": "Someone <someone@example.com>",
        "Message-Id": message,
        **signature(**options),
    }
    if is_raw:
        return {**fields, "body-mime": f"Message-ID: {message}\r\nIn-Reply-To: <r@support.example>\r\n\r\nWhere is it?\r\n"}
    headers = [["X-Mailgun-Incoming", "Yes"], ["Message-Id", message], ["In-Reply-To", "<r@support.example>"]]
    return {**fields, "body-plain": "Where is it? ü & so on\n", "message-headers": json.dumps(headers)}


def multipart(fields: dict) -> tuple[bytes, str]:
    """A form with an attachment, whose boundary is another one each time."""
    attachment = ("order.pdf", b"%PDF-1.7\r\n--\r\n" + bytes(range(256)), "application/pdf")
    return urllib3.filepost.encode_multipart_formdata({**fields, "attachment-1": attachment})


def encoded(fields: dict) -> tuple[bytes, str]:
    return urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"


class Intake:
    """A running collector with an endpoint of Mailgun, and what changed in it since the test began."""

    FIGURES = {
        "email_webhook_events_total": "email_outcome",
        "email_dead_letters_total": "email_reason",
        "email_webhook_requests_total": "email_outcome",
    }

    def __init__(self, collector: Collector):
        self.collector = collector
        self.before = self.now()

    def now(self) -> dict:
        self.collector.wait_folded()
        events = self.collector.events(email_provider="mailgun").get("triage", {})
        figures = {("event", name): count for name, count in events.items()}
        for name, label in self.FIGURES.items():
            for pairs, value in self.collector.figures(name, email_provider="mailgun").items():
                figures[name, dict(pairs).get(label)] = int(value)
        return figures

    def new(self, name: str) -> dict:
        counts = {key[1]: value - self.before.get(key, 0) for key, value in self.now().items() if key[0] == name}
        return {label: count for label, count in counts.items() if count}

    @property
    def events(self) -> dict:
        return self.new("event")

    @property
    def outcomes(self) -> dict:
        return self.new("email_webhook_events_total")

    @property
    def dead_letters(self) -> dict:
        return self.new("email_dead_letters_total")

    def post(self, data: bytes, content_type: str = "application/json"):
        headers = {"Content-Type": content_type}
        return http.request("POST", self.collector.hook("mailgun"), body=data, headers=headers)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    tree = configuration({"mailgun": "mailgun"})
    del tree["endpoints"][0]["secret"]
    tree["endpoints"][0]["secrets"] = ["${OLD}", "${KEY}"]
    collector = Collector(tmp_path_factory.mktemp("mailgun"), tree, env={"OLD": OLD, "KEY": KEY}).start()
    yield collector
    assert collector.process.stop() == 0
    log = collector.process.log.read_text()
    assert KEY not in log and "someone@example.com" not in log


@pytest.fixture
def intake(running):
    return Intake(running)


def test_every_documented_event_counts_once(intake):
    bodies = [body(told) for told in EVERY]
    for _ in range(2):
        # The second time as Mailgun does that did not hear the answer.
        for data in bodies:
            assert intake.post(data).status == 200
        assert intake.events == COUNTS
    # The last four of EVERY concern no mail that was sent.
    assert intake.outcomes == {
        "counted": sum(COUNTS.values()), "duplicate": sum(COUNTS.values()), "ignored": 2 * 4,
    }
    bounces = {
        (dict(pairs)["email_bounce_class"], dict(pairs)["email_bounce_reason"]): value
        for pairs, value in intake.collector.figures("email_bounces_total", email_provider="mailgun").items() if value
    }
    assert bounces == BOUNCES


def test_both_keys_are_live_and_a_parent_account_may_sign(intake):
    assert intake.post(body(event("delivered"), key=OLD)).status == 200
    block = signature(key=OTHER)
    code = hmac.new(KEY.encode(), (block["timestamp"] + block["token"]).encode(), hashlib.sha256).hexdigest()
    data = {"signature": {**block, "parent-signature": code}, "event-data": event("delivered")}
    assert intake.post(json.dumps(data).encode()).status == 200
    assert intake.events == {"delivered": 2}


@pytest.mark.parametrize("encode", [multipart, encoded], ids=["multipart", "encoded"])
@pytest.mark.parametrize("is_raw", [False, True], ids=["parsed", "raw"])
def test_mail_that_comes_in_counts_once_however_its_form_is_made(intake, encode, is_raw):
    fields = mail(is_raw)
    assert intake.post(*encode(fields)).status == 200
    # Another try, in another order, between other boundaries.
    assert intake.post(*encode(dict(reversed(fields.items())))).status == 200
    assert intake.events == {"received": 1}
    assert intake.outcomes == {"counted": 1, "duplicate": 1}


@pytest.mark.parametrize(
    "options, words",
    [
        ({"key": OTHER}, "No signature of the request"),
        ({"age": 25 * 3600}, "more than 24 hours old"),
        ({"age": -400}, "further ahead than this endpoint takes, which is 5 minutes"),
    ],
    ids=["key", "old", "future"],
)
@pytest.mark.parametrize("kind", ["event", "mail"])
def test_what_is_not_genuine_is_refused_and_may_be_tried_again(intake, kind, options, words):
    request = (body(event("delivered"), **options),) if kind == "event" else multipart(mail(**options))
    answer = intake.post(*request)
    assert answer.status == 401
    assert words in json.loads(answer.data)["detail"]
    assert intake.new("email_webhook_requests_total") == {"unauthorized": 1}
    assert intake.events == {}


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "its JSON"), (b'{"event-data":{}}', "signature (timestamp, token, signature)"),
        (b"[" * (2 << 20), "at most 1 MiB"),
    ],
    ids=["empty", "unsigned", "huge"],
)
def test_what_has_no_signature_is_refused_in_words(intake, data, words):
    answer = intake.post(data)
    assert answer.status in (401, 413)
    if answer.status == 401:
        assert words in json.loads(answer.data)["detail"]


def test_a_signature_brings_one_body_only(intake):
    block = signature()
    first = json.dumps({"signature": block, "event-data": event("delivered")}).encode()
    forged = json.dumps({"signature": block, "event-data": event("complained")}).encode()
    assert intake.post(first).status == 200
    answer = intake.post(forged)
    assert answer.status == 406
    assert "come before with another body" in json.loads(answer.data)["detail"]
    assert intake.post(first).status == 200
    assert intake.events == {"delivered": 1}
    fields = mail()
    assert intake.post(*encoded(fields)).status == 200
    assert intake.post(*encoded({**fields, "recipient": "other@support.example"})).status == 406
    assert intake.outcomes == {"counted": 2, "duplicate": 1}


@pytest.mark.parametrize(
    "told, reason",
    [
        (event("exploded"), "unknown_event"), ({}, "missing_field"), ([], "wrong_type"),
        (event("delivered", timestamp=-1), "bad_time"), (event("delivered", timestamp="now"), "wrong_type"),
    ],
    ids=["exploded", "empty", "list", "past", "words"],
)
def test_signed_junk_becomes_a_dead_letter(intake, told, reason):
    assert intake.post(body(told)).status == 200
    assert intake.dead_letters == {reason: 1}
    assert intake.outcomes == {"dead": 1}


def test_webhooks_of_before_2018_become_dead_letters(intake):
    fields = {"event": "dropped", "recipient": "someone@example.com", "reason": "hardfail", **signature()}
    assert intake.post(*encoded(fields)).status == 200
    assert intake.dead_letters == {"unknown_event": 1}


def test_after_a_start_a_repeated_token_is_a_duplicate(tmp_path, request):
    collector = Collector(tmp_path, configuration({"mailgun": "mailgun"}), env={"ENDPOINT_SECRET": KEY})
    request.addfinalizer(lambda: collector.process.kill())
    block = signature()
    collector.start()
    assert Intake(collector).post(json.dumps({"signature": block, "event-data": event("delivered")}).encode()).status == 200
    collector.wait_folded()
    assert collector.process.stop() == 0
    collector.start()
    intake = Intake(collector)
    # The tokens of the process before are forgotten; the event is known by its id all the same.
    assert intake.post(json.dumps({"signature": block, "event-data": event("complained")}).encode()).status == 200
    assert intake.outcomes == {"duplicate": 1}
    assert intake.events == {}
    assert collector.process.stop() == 0


def test_figures_are_those_of_the_simulator(tmp_path, request):
    collector = Collector(tmp_path, configuration({"mailgun": "mailgun"}), env={"ENDPOINT_SECRET": KEY})
    request.addfinalizer(lambda: collector.process.kill())
    collector.start()
    simulation = Simulation(
        tmp_path, collector.hook("mailgun"), secret=KEY, provider="mailgun", agents=5, rate=0, duration=20,
        repeats=0.05, seed=11,
    )
    totals = simulation.totals()
    collector.wait_folded()
    assert difference(collector.events(email_provider="mailgun"), totals["events"]) == {}
    counts = {
        outcome: sum(collector.figures("email_webhook_events_total", email_outcome=outcome).values())
        for outcome in ["counted", "duplicate", "dead"]
    }
    assert counts["counted"] == totals["acknowledged"] - totals["others"]
    assert counts["dead"] == 0 and 0 < counts["duplicate"] <= totals["repeats"]
    assert collector.process.stop() == 0
