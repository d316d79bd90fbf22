"""Mailgun: mail that a route posts, and events: one mail is delivered, another bounces."""

import hashlib
import hmac
import json
import time

import urllib3

from .platform import DOMAIN, INBOUND, OUTBOUND, START, Mail, Platform, Refusal, Step, Webhook

KEY, OTHER = "3b1e07a8f5c94d62b7e0a9d8c6f1e254", "key-d41d8cd98f00b204e9800998ecf8427e"
QUESTION = "CAF-73@mail.gmail.example"
ANSWER, LOST = "20260131093005.1.7A9C2E@support.acme.example", "20260131093035.1.B4D81F@support.acme.example"
AGENT = f"mailgun@{DOMAIN}"
KIM, LEE = "kim.reyes@gmail.com", "nobody@example.net"


def signature(token: str, key: str = KEY, age: int = 0) -> dict:
    timestamp, token = str(int(time.time()) - age), token.ljust(50, "0")
    code = hmac.new(key.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": code}


def told(name: str, at: float, mail: str, to: str, **more) -> dict:
    return {
        "event": name, "id": "CPgfbmQMTCKtHW6uIWtuVe", "timestamp": START + at, "log-level": "info",
        "account": {"id": "1234567890303a4bd1f33898"}, "domain": {"name": DOMAIN},
        "envelope": {"sender": AGENT, "transport": "smtp", "targets": to},
        "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
        "message": {
            "headers": {"to": to, "message-id": mail, "from": f"Acme Support <{AGENT}>", "subject": "Your order"},
            "attachments": [], "size": 867,
        },
        "recipient": to, "recipient-domain": to.split("@")[1], "tags": ["case"], "campaigns": [],
        "storage": {"url": "https://storage.example/v3/messages/AwABB", "key": "AwABB"}, "user-variables": {}, **more,
    }


def event(token: str, told: dict, **options) -> Webhook:
    body = json.dumps({"signature": signature(token, **options), "event-data": told}).encode()
    return Webhook(body, {"Content-Type": "application/json"})


def mail() -> Webhook:
    """A mail as the action `forward` of a route posts it."""
    fields = {
        "recipient": AGENT, "sender": KIM, "from": f"Kim Reyes <{KIM}>", "subject": "Where is my order?",
        "body-plain": "Where is it?\r\n", "stripped-text": "Where is it?", "stripped-signature": "",
        "message-headers": json.dumps([["Message-Id", f"<{QUESTION}>"], ["From", f"Kim Reyes <{KIM}>"]]),
        "Message-Id": f"<{QUESTION}>", **signature("question"),
    }
    body, content_type = urllib3.filepost.encode_multipart_formdata(fields)
    return Webhook(body, {"Content-Type": content_type})


class Mailgun(Platform):
    name = "mailgun"
    page = "Platforms-Mailgun.md"
    environment = {"MAILGUN_SIGNING_KEY": KEY}
    wrong = ({"secret": "two words"}, "secret 1 is no HTTP webhook signing key")
    figures = {
        "email_events_total": {"received": 1, "accepted": 2, "delivered": 1, "bounced": 1},
        "email_bounces_total": {("hard", "invalid_recipient"): 1},
        "email_webhook_events_total": {"counted": 5, "dead": 1},
        "email_webhook_requests_total": {"accepted": 6, "unauthorized": 4},
        "email_webhook_rejections_total": {"no_match": 1, "malformed": 1, "stale": 1, "replayed": 1},
        "email_dead_letters_total": {"missing_field": 1},
        "email_delivery_duration_seconds_count": {"gmail": 1},
        "email_delivery_duration_seconds_sum": {"gmail": 1.5},
    }
    mails = [
        Mail(QUESTION, [Step(INBOUND, None), Step("received mailgun", None, recipient=AGENT)]),
        Mail(
            ANSWER,
            [
                Step(OUTBOUND, 60.25),
                Step("accepted mailgun", 60.25, recipient=KIM),
                Step("deliver", 60.25, 61.75, recipient=KIM),
                Step("delivered mailgun", 61.75, recipient=KIM),
            ],
        ),
        Mail(
            LOST,
            [
                Step(OUTBOUND, 90),
                Step("accepted mailgun", 90, recipient=LEE),
                Step(
                    "deliver", 90, 92, recipient=LEE, bounce=("hard", "invalid_recipient"),
                    detail="550 5.1.1 [address] does not exist",
                ),
                Step(
                    "bounced mailgun", 92, recipient=LEE, bounce=("hard", "invalid_recipient"),
                    detail="550 5.1.1 [address] does not exist",
                ),
            ],
        ),
    ]
    known = KIM
    dead = ("missing_field", "event-data.message.headers.message-id is missing")

    def life(self) -> list[Webhook]:
        done = {"code": 250, "message": "OK", "description": "", "tls": True, "mx-host": "gmail-smtp-in.l.google.com",
                "attempt-no": 1, "session-seconds": 0.43, "utf8": True}
        failed = {**done, "code": 550, "message": f"5.1.1 <{LEE}> does not exist", "bounce-type": "hard",
                  "enhanced-code": "5.1.1"}
        return [
            mail(),
            event("accepted", told("accepted", 60.25, ANSWER, KIM, method="HTTP")),
            event("delivered", told("delivered", 61.75, ANSWER, KIM, **{"delivery-status": done})),
            event("accepted2", told("accepted", 90, LOST, LEE, method="HTTP")),
            event(
                "failed",
                told("failed", 92, LOST, LEE, severity="permanent", reason="bounce", **{"delivery-status": failed}),
            ),
        ]

    def broken(self) -> Webhook:
        without = told("delivered", 61.75, ANSWER, KIM)
        del without["message"]["headers"]["message-id"]
        return event("broken", without)

    def refusals(self) -> list[Refusal]:
        delivered = told("delivered", 61.75, ANSWER, KIM)
        return [
            Refusal(
                event("other", delivered, key=OTHER), 401, "no_match",
                "No signature of the request was made with a secret of this endpoint",
            ),
            Refusal(
                Webhook(json.dumps({"event-data": delivered}).encode(), {"Content-Type": "application/json"}),
                401, "malformed",
                "The body is no message of this platform: signature (timestamp, token, signature) is missing or wrong",
            ),
            Refusal(
                event("old", delivered, age=25 * 3600), 401, "stale", "The signature is more than 24 hours old",
            ),
            Refusal(
                event("delivered", {**delivered, "event": "opened"}), 406, "replayed",
                "The signature has come before with another body",
            ),
        ]
