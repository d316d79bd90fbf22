"""Platforms that a mapping attaches: signed by Python's hmac and the official library of Standard Webhooks."""

import datetime
import hashlib
import hmac
import json
import secrets
import subprocess
import time

import pytest
import urllib3
import yaml

from peers.collector import SECRET, Collector, configuration, http
from peers.processes import POSTMETER
from peers.simulator import Simulation, difference
from peers.webhooks import signed

TEXT_SECRET = "correct-horse-battery-staple"
AGENT = "triage@support.example"

MAILTRAP = {
    "events": "/events",
    "type": "/event",
    "types": {
        "delivery": "delivered", "open": "opened", "click": "clicked", "bounce": "bounced", "soft bounce": "deferred",
        "spam": "complained", "unsubscribe": "unsubscribed", "suspension": "deferred", "reject": "rejected",
    },
    "id": "/event_id",
    "time": {"pointer": "/timestamp", "format": "unix"},
    "message_id": "/message_id",
    "recipients": "/email",
    "agent": "/custom_variables/agent",
    "bounce": {"code": "/response_code", "text": "/response"},
    "detail": ["/reason", "/bounce_category"],
}
BREVO = {
    "type": "/event",
    "types": {
        "request": "accepted", "delivered": "delivered", "hard_bounce": "bounced", "soft_bounce": "bounced",
        "deferred": "deferred", "blocked": "suppressed", "invalid_email": "rejected", "error": "failed",
        "spam": "complained", "unsubscribed": "unsubscribed", "opened": "opened", "unique_opened": "ignore",
        "click": "clicked",
    },
    "id": {"digest": ["/event", "/message-id", "/email", "/ts_epoch", "/link"]},
    "time": {"pointer": "/ts_epoch", "format": "unix_ms"},
    "message_id": "/message-id",
    "recipients": "/email",
    "agent": "/tags/0",
    "bounce": {"class": "/event", "hard": ["hard_bounce"], "soft": ["soft_bounce"], "text": "/reason"},
}
STANDARD = {
    "type": "/type",
    "types": {"mail.sent": "sent", "mail.replied": "replied", "mail.escalated": "escalated"},
    "id": {"header": ["webhook-id", "svix-id"]},
    "time": "/timestamp",
    "message_id": "/data/id",
    "agent": "/data/agent",
}
TIMED = {
    "scheme": "hmac_sha256", "header": "X-Emailit-Signature", "signed": "{timestamp}.{body}",
    "timestamp": {"header": "X-Emailit-Timestamp"},
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    tree = configuration({name: "generic" for name in ["mailtrap", "brevo", "standard", "timed", "afterdraft"]})
    ways = {
        "mailtrap": (TEXT_SECRET, {"scheme": "hmac_sha256", "header": "Mailtrap-Signature"}, MAILTRAP),
        "brevo": ("brevo:" + TEXT_SECRET, {"scheme": "shared_secret"}, BREVO),
        "standard": (SECRET, None, STANDARD),
        "timed": ("whsec_" + TEXT_SECRET, TIMED, STANDARD | {"id": "/id"}),
        "afterdraft": (TEXT_SECRET, None, "afterdraft"),
    }
    for endpoint in tree["endpoints"]:
        secret, signature, mapping = ways[endpoint["id"]]
        endpoint |= {"name": endpoint["id"], "secret": secret, "mapping": mapping}
        if signature:
            endpoint["signature"] = signature
    running = Collector(tmp_path_factory.mktemp("generic"), tree).start()
    yield running
    assert running.process.stop() == 0
    log = running.process.log.read_text()
    assert TEXT_SECRET not in log and SECRET not in log
    assert "endpoints[4].mapping: UNVERIFIED" in log


def code(content: bytes, secret: str = TEXT_SECRET) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def post(collector: Collector, endpoint: str, body: bytes, headers: dict) -> urllib3.BaseHTTPResponse:
    return http.request("POST", collector.hook(endpoint), body=body, headers=headers)


def outcomes(collector: Collector, name: str) -> dict:
    figures = collector.figures("email_webhook_events_total", email_provider=name)
    return {dict(pairs)["email_outcome"]: int(value) for pairs, value in figures.items() if value}


def dead(collector: Collector, name: str) -> dict:
    figures = collector.figures("email_dead_letters_total", email_provider=name)
    return {dict(pairs)["email_reason"]: int(value) for pairs, value in figures.items() if value}


def events(collector: Collector, name: str) -> dict:
    collector.wait_folded()
    return collector.events(email_provider=name)


def test_mailtrap_is_attached_by_a_mapping(shared):
    names = list(MAILTRAP["types"])
    body = json.dumps(
        {
            "events": [
                {
                    "event": name, "timestamp": int(time.time()), "message_id": "1df37d17", "email": "jo@example.com",
                    "event_id": secrets.token_hex(16), "custom_variables": {"agent": AGENT},
                    "response_code": 550, "response": "550 5.1.1 unknown",
                }
                for name in names
            ]
        }
    ).encode()
    headers = {"Mailtrap-Signature": code(body)}
    for changed, sent in [
        (body, {"Mailtrap-Signature": code(body, "another-secret")}), (body[:-1] + b" }", headers), (body, {}),
    ]:
        answer = post(shared, "mailtrap", changed, sent)
        assert answer.status == 401, answer.data
    assert [post(shared, "mailtrap", body, headers).status for _ in range(2)] == [200, 200]
    broken = b'{"events":[{"event":"delivery"'
    assert post(shared, "mailtrap", broken, {"Mailtrap-Signature": code(broken)}).status == 200
    assert events(shared, "mailtrap") == {
        "triage": {
            "delivered": 1, "opened": 1, "clicked": 1, "bounced": 1, "deferred": 2, "complained": 1,
            "unsubscribed": 1, "rejected": 1,
        }
    }
    assert outcomes(shared, "mailtrap") == {"counted": 9, "duplicate": 9, "dead": 1}
    assert dead(shared, "mailtrap") == {"malformed_json": 1}
    bounces = shared.figures("email_bounces_total", email_provider="mailtrap")
    assert {(dict(p)["email_bounce_class"], dict(p)["email_bounce_reason"]): v for p, v in bounces.items() if v} == {
        ("hard", "invalid_recipient"): 1
    }


def test_brevo_is_attached_by_a_mapping_although_it_signs_nothing(shared):
    headers = urllib3.make_headers(basic_auth="brevo:" + TEXT_SECRET)
    base = {
        "email": "jo@example.com", "id": 26224, "date": "2026-01-31 10:30:05", "ts_epoch": int(time.time() * 1000),
        "message-id": "<2026@smtp-relay.mailin.fr>", "tags": [AGENT], "reason": "550 5.1.1 unknown",
    }
    for name in BREVO["types"]:
        body = json.dumps(base | {"event": name}).encode()
        assert post(shared, "brevo", body, urllib3.make_headers(basic_auth="brevo:wrong")).status == 401
        assert [post(shared, "brevo", body, headers).status for _ in range(2)] == [200, 200]
    assert post(shared, "brevo", json.dumps(base | {"event": "exploded"}).encode(), headers).status == 200
    assert events(shared, "brevo") == {
        "triage": {
            "accepted": 1, "delivered": 1, "bounced": 2, "deferred": 1, "suppressed": 1, "rejected": 1, "failed": 1,
            "complained": 1, "unsubscribed": 1, "opened": 1, "clicked": 1,
        }
    }
    assert outcomes(shared, "brevo") == {"counted": 12, "duplicate": 12, "ignored": 2, "dead": 1}
    assert dead(shared, "brevo") == {"unknown_event": 1}


def test_standard_webhooks_are_signed_by_the_official_library(shared):
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    for name in STANDARD["types"]:
        body = json.dumps({"type": name, "timestamp": now, "data": {"id": "m-1", "agent": AGENT}}).encode()
        for prefix in ["webhook", "svix"]:
            headers = signed(body, prefix=prefix)
            assert [post(shared, "standard", body, headers).status for _ in range(2)] == [200, 200]
        assert post(shared, "standard", body + b" ", headers).status == 401
    assert events(shared, "standard") == {"triage": {"sent": 2, "replied": 2, "escalated": 2}}
    assert outcomes(shared, "standard") == {"counted": 6, "duplicate": 6}


@pytest.mark.parametrize("offset, status", [(0, 200), (-290, 200), (-310, 401), (310, 401)])
def test_a_signed_time_may_be_five_minutes_off(shared, offset, status):
    """Keyed by the whole text of the secret, as Emailit does."""
    stamp = str(int(time.time()) + offset)
    body = json.dumps({"type": "mail.sent", "id": secrets.token_hex(8), "timestamp": "2026-01-31T09:30:00Z"}).encode()
    headers = {
        "X-Emailit-Timestamp": stamp,
        "X-Emailit-Signature": code(stamp.encode() + b"." + body, "whsec_" + TEXT_SECRET),
    }
    answer = post(shared, "timed", body, headers)
    assert answer.status == status, answer.data
    if status == 401:
        assert b"5 minutes unless its configuration says otherwise" in answer.data.replace(b"\\/", b"/")


def test_the_figures_of_afterdraft_are_those_of_the_simulator(shared, tmp_path):
    body = b'{"type":"sent"}'
    for headers, word in [({}, b"x-afterdraft-signature"), ({"X-Afterdraft-Signature": code(body, "wrong-one")}, b"secret")]:
        answer = post(shared, "afterdraft", body, headers)
        assert answer.status == 401 and word in answer.data
    simulation = Simulation(
        tmp_path, shared.hook("afterdraft"), secret=TEXT_SECRET, provider="generic", agents=5, rate=0, duration=5,
        compress=20, repeats=0.05, seed=11,
    )
    totals = simulation.totals()
    seen = events(shared, "afterdraft")
    assert difference(seen, totals["events"]) == {}
    kinds = {kind for own in seen.values() for kind in own}
    assert kinds >= {"sent", "delivered", "received", "replied", "escalated", "opened", "bounced"}
    counts = outcomes(shared, "afterdraft")
    assert counts["counted"] == totals["acknowledged"] and totals["others"] == 0
    assert 0 < counts["duplicate"] <= totals["repeats"] and "dead" not in counts


def test_the_shipped_mapping_is_printed_and_can_be_kept_and_mended(tmp_path):
    printed = subprocess.run([POSTMETER, "mapping", "afterdraft"], capture_output=True, check=True).stdout
    assert b"UNVERIFIED" in printed
    tree = configuration({"afterdraft": "generic"})
    mine = tmp_path / "afterdraft.yaml"
    tree["endpoints"][0] |= {"name": "afterdraft", "secret": TEXT_SECRET, "mapping": str(mine)}
    file = tmp_path / "postmeter.yaml"
    file.write_text(yaml.safe_dump(tree))

    def check(text: bytes) -> subprocess.CompletedProcess:
        mine.write_bytes(text)
        environment = {"TRACE_KEY": "0123456789abcdef"}
        return subprocess.run([POSTMETER, "check", "--config", file], capture_output=True, env=environment, text=True)

    warned = check(printed)
    assert warned.returncode == 0 and "warning: endpoints[0].mapping: UNVERIFIED" in warned.stdout
    assert "warning" not in check(printed.replace(b"unverified: true", b"unverified: false")).stdout
    bad = check(printed.replace(b"id: /id ", b"id: id "))
    assert bad.returncode != 0
    assert f"endpoints[0].mapping: {mine}: mapping.id: 'id' is not a JSON pointer: begin with /" in bad.stderr
    unknown = subprocess.run([POSTMETER, "mapping", "nobody"], capture_output=True, text=True)
    assert unknown.returncode != 0 and "known: afterdraft" in unknown.stderr
