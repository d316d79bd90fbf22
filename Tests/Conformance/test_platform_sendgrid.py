"""SendGrid: its documented events, signed by an independent library, and mail as forms that another encoder makes."""

import base64
import json
import secrets
import time

import pytest
import urllib3
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from peers.collector import Collector, configuration, http
from peers.simulator import Simulation, difference

PASSWORD = "inbound:correct-horse"
AGENT = "triage@support.example"


def text(key: ec.EllipticCurvePrivateKey) -> str:
    """The public key as SendGrid shows it."""
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(public).decode()


KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())


def signed(body: bytes, key=KEY, age: int = 0, content_type: str = "application/json") -> dict:
    timestamp = str(int(time.time()) - age)
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "Content-Type": content_type,
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }


def event(name: str, **more) -> dict:
    """One event about a mail of the agent."""
    return {
        "email": "someone@example.com",
        "timestamp": int(time.time()),
        "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "event": name,
        "category": ["outreach", "spring"],
        "sg_event_id": secrets.token_urlsafe(16),
        "sg_message_id": f"{secrets.token_urlsafe(16)}.filter0001.16648.5515E0B88.0",
        "agent": AGENT,
        **more,
    }


def batch(*events) -> bytes:
    return json.dumps(list(events)).encode() + b"\r\n"


EVERY = [
    event("processed", send_at=1769851800),
    event("deferred", response="400 try again later", attempt="5"),
    event("delivered", response="250 OK", ip="192.0.2.7", tls=1),
    event("open", useragent="Mozilla/4.0", ip="192.0.2.7", sg_machine_open=False),
    event("click", useragent="Mozilla/4.0", url="https://example.com/", url_offset={"index": 0, "type": "html"}),
    event("bounce", type="bounce", reason="500 unknown recipient", status="5.0.0", bounce_classification="Invalid Address"),
    event("bounce", type="blocked", reason="452 4.2.2 over quota", status="4.2.2"),
    event("bounce", type="expired", reason="", status=""),
    event("dropped", reason="Bounced Address", status="5.0.0"),
    event("dropped", reason="Unsubscribed Address"),
    event("dropped", reason="Spam Reporting Address"),
    event("dropped", reason="Invalid"),
    event("spamreport"),
    event("unsubscribe"),
    event("group_unsubscribe", asm_group_id=10),
    event("group_resubscribe", asm_group_id=10),
    {"event": "account_status_change", "sg_event_id": "MjEzNTg5", "timestamp": 1769851805, "type": "compliance_suspend"},
]
COUNTS = {
    "accepted": 1, "deferred": 1, "delivered": 1, "opened": 1, "clicked": 1, "bounced": 3, "suppressed": 3,
    "rejected": 1, "complained": 1, "unsubscribed": 2,
}

HEADERS = (
    "Received: by mx0050p1mdw1.sendgrid.net; Sat, 31 Jan 2026 09:30:04 +0000\r\n"
    "Message-ID: <{id}@mail.example.com>\r\nIn-Reply-To: <root@support.example>\r\nSubject: Re: Order\r\n"
)


def mail(is_raw: bool = False) -> dict:
    """The fields of a mail that came in for the agent."""
    headers = HEADERS.format(id=secrets.token_hex(8))
    fields = {
        "to": "Support <support@support.example>",
        "from": "Someone <someone@example.com>",
        "subject": "Re: Order",
        "envelope": json.dumps({"to": [AGENT], "from": "someone@example.com"}),
        "sender_ip": "192.0.2.9",
        "SPF": "pass",
        "charsets": '{"to":"UTF-8","from":"UTF-8","text":"UTF-8"}',
    }
    if is_raw:
        return {**fields, "email": headers + "\r\nWhere is it? ü\r\n"}
    attachment = ("order.pdf", b"%PDF-1.7\r\n--\r\n" + bytes(range(256)), "application/pdf")
    return {
        **fields, "headers": headers, "text": "Where is it? ü\n", "html": "<p>Where is it?</p>", "attachments": "1",
        "attachment1": attachment,
    }


class Intake:
    """A running collector with an endpoint of SendGrid, and what changed in it since the test began."""

    def __init__(self, collector: Collector):
        self.collector = collector
        self.before = self.now()

    def now(self) -> dict:
        self.collector.wait_folded()
        events = self.collector.events(email_provider="sendgrid").get("triage", {})
        figures = {("event", name): count for name, count in events.items()}
        for name, label in [
            ("email_webhook_events_total", "email_outcome"), ("email_dead_letters_total", "email_reason"),
            ("email_webhook_requests_total", "email_outcome"),
        ]:
            for pairs, value in self.collector.figures(name, email_provider="sendgrid").items():
                figures[name, dict(pairs)[label]] = int(value)
        return figures

    def new(self, name: str) -> dict:
        now = self.now()
        counts = {key[1]: value - self.before.get(key, 0) for key, value in now.items() if key[0] == name}
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

    def post(self, body: bytes, headers: dict):
        return http.request("POST", self.collector.hook("sendgrid"), body=body, headers=headers)

    def post_mail(self, fields: dict, credentials: str | None = PASSWORD, key=None):
        """Posts a form, whose boundary is another one each time."""
        body, content_type = urllib3.filepost.encode_multipart_formdata(fields)
        headers = {"Content-Type": content_type}
        if credentials:
            headers |= urllib3.make_headers(basic_auth=credentials)
        if key:
            headers |= signed(body, key, content_type=content_type)
        return self.post(body, headers)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    tree = configuration({"sendgrid": "sendgrid"})
    del tree["endpoints"][0]["secret"]
    tree["endpoints"][0]["secrets"] = ["${OLD_KEY}", "${KEY}", "${PASSWORD}"]
    old = ec.generate_private_key(ec.SECP256R1())
    env = {"OLD_KEY": text(old), "KEY": text(KEY), "PASSWORD": PASSWORD}
    collector = Collector(tmp_path_factory.mktemp("sendgrid"), tree, env=env).start()
    yield collector
    assert collector.process.stop() == 0
    log = collector.process.log.read_text()
    assert "correct-horse" not in log and "someone@example.com" not in log


@pytest.fixture
def intake(running):
    return Intake(running)


def test_every_documented_event_counts_once(intake):
    body = batch(*EVERY)
    assert intake.post(body, signed(body)).status == 200
    assert intake.events == COUNTS
    # The whole batch again, as SendGrid does that did not hear the answer.
    assert intake.post(body, signed(body, age=3600)).status == 200
    assert intake.events == COUNTS
    assert intake.outcomes == {"counted": sum(COUNTS.values()), "duplicate": sum(COUNTS.values())}
    bounces = {
        (dict(pairs)["email_bounce_class"], dict(pairs)["email_bounce_reason"]): value
        for pairs, value in intake.collector.figures("email_bounces_total", email_provider="sendgrid").items() if value
    }
    assert bounces == {("hard", "invalid_recipient"): 1, ("soft", "mailbox_full"): 1, ("soft", "expired"): 1}


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda body: signed(body, OTHER), "No signature of the request"),
        (lambda body: signed(body + b" "), "No signature of the request"),
        (lambda body: signed(body, age=74 * 3600), "more than 73 hours old"),
        (lambda body: signed(body, age=-400), "further ahead than this endpoint takes, which is 5 minutes"),
        (lambda body: urllib3.make_headers(basic_auth=PASSWORD), "x-twilio-email-event-webhook-signature is missing"),
        (lambda body: {}, "x-twilio-email-event-webhook-signature is missing"),
    ],
    ids=["key", "body", "old", "future", "password", "nothing"],
)
def test_events_that_are_not_genuine_are_refused(intake, change, words):
    body = batch(event("delivered"))
    answer = intake.post(body, change(body))
    assert answer.status == 401
    assert words in json.loads(answer.data)["detail"]
    assert intake.new("email_webhook_requests_total") == {"unauthorized": 1}
    assert intake.events == {}


@pytest.mark.parametrize("is_raw", [False, True], ids=["parsed", "raw"])
def test_mail_that_comes_in_counts_once_whatever_its_boundary(intake, is_raw):
    fields = mail(is_raw)
    assert intake.post_mail(fields).status == 200
    assert intake.post_mail(fields, credentials=None, key=KEY).status == 200
    assert intake.events == {"received": 1}
    assert intake.outcomes == {"counted": 1, "duplicate": 1}
    assert intake.post_mail(mail(is_raw)).status == 200
    assert intake.events == {"received": 2}


@pytest.mark.parametrize(
    "options, words",
    [
        ({"credentials": "inbound:wrong-horse"}, "carries no secret"),
        ({"credentials": None}, "authorization is missing"),
        ({"credentials": None, "key": OTHER}, "No signature of the request"),
    ],
    ids=["password", "nothing", "key"],
)
def test_mail_that_is_not_genuine_is_put_off_and_not_dropped(intake, options, words):
    answer = intake.post_mail(mail(), **options)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert words in json.loads(answer.data)["detail"]
    assert intake.new("email_webhook_requests_total") == {"unauthorized": 1}
    assert intake.events == {}


@pytest.mark.parametrize(
    "junk, reason",
    [
        (b"[{", "malformed_json"), (b"{}", "wrong_type"), (batch(event("exploded")), "unknown_event"),
        (batch({"event": "open"}), "missing_field"), (batch(event("open", timestamp=1769851805000)), "bad_time"),
    ],
    ids=["cut", "object", "exploded", "empty", "milliseconds"],
)
def test_signed_junk_becomes_a_dead_letter(intake, junk, reason):
    assert intake.post(junk, signed(junk)).status == 200
    assert intake.dead_letters == {reason: 1}
    assert intake.outcomes == {"dead": 1}


def test_one_event_that_cannot_be_read_loses_none_of_its_batch(intake):
    body = batch(event("processed"), event("exploded"), event("delivered"))
    assert intake.post(body, signed(body)).status == 200
    assert intake.events == {"accepted": 1, "delivered": 1}
    assert intake.dead_letters == {"unknown_event": 1}
    assert intake.outcomes == {"counted": 2, "dead": 1}


def test_a_form_that_is_cut_short_becomes_a_dead_letter(intake):
    body, content_type = urllib3.filepost.encode_multipart_formdata(mail())
    headers = {"Content-Type": content_type, **urllib3.make_headers(basic_auth=PASSWORD)}
    assert intake.post(body[:-30], headers).status == 200
    assert intake.dead_letters == {"malformed_form": 1}


def test_figures_are_those_of_the_simulator(tmp_path, request):
    collector = Collector(tmp_path, configuration({"sendgrid": "sendgrid"}), env={"ENDPOINT_SECRET": text(KEY)})
    request.addfinalizer(lambda: collector.process.kill())
    collector.start()
    private = KEY.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    simulation = Simulation(
        tmp_path, collector.hook("sendgrid"), secret=base64.b64encode(private).decode(), provider="sendgrid",
        agents=5, rate=0, duration=20, repeats=0.05, seed=11,
    )
    totals = simulation.totals()
    collector.wait_folded()
    assert difference(collector.events(email_provider="sendgrid"), totals["events"]) == {}
    counts = {
        outcome: sum(collector.figures("email_webhook_events_total", email_outcome=outcome).values())
        for outcome in ["counted", "duplicate", "dead"]
    }
    counted = totals["acknowledged"] - totals["others"]
    assert counts["counted"] == counted and counts["dead"] == 0 and 0 < counts["duplicate"] <= totals["repeats"]
    # Most webhooks came in batches.
    assert totals["http"]["requests"] < totals["acknowledged"] / 2
    assert collector.process.stop() == 0
