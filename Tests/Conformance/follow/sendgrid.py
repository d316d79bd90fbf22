"""SendGrid: mail by Inbound Parse, and events in batches: one mail is delivered, another bounces."""

import base64
import json
import time

import urllib3
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .platform import DOMAIN, INBOUND, OUTBOUND, START, Mail, Platform, Refusal, Step, Webhook

QUESTION = "CAF-72@mail.icloud.example"
ANSWER, LOST = "LRzXl_NHStOGhQ4kofSm_A", "Qm3tB0cZT4mJ7oVdXW9r0g"
PASSWORD = "inbound:correct-horse"
AGENT = f"sendgrid@{DOMAIN}"
KIM, LEE = "kim.reyes@icloud.com", "nobody@example.net"
KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())


def public(key: ec.EllipticCurvePrivateKey) -> str:
    """The verification key as SendGrid shows it."""
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(key.public_key().public_bytes(*form)).decode()


def event(name: str, at: int, mail: str, to: str, **more) -> dict:
    return {
        "email": to, "timestamp": START + at, "smtp-id": f"<{mail}@geopod-ismtpd-7>", "event": name,
        "category": ["case"], "sg_event_id": f"{name}-{mail}", "sg_message_id": f"{mail}.recvd-5f54b5d587-4cm8h-1-63.0",
        "agent": AGENT, **more,
    }


def batch(events: list, key=KEY, age: int = 0) -> Webhook:
    """Events as SendGrid posts them, which ends a body in CR LF and signs that too."""
    body = json.dumps(events).encode() + b"\r\n"
    stamp = str(int(time.time()) - age)
    signature = key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return Webhook(body, {
        "Content-Type": "application/json",
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
    })


def mail(credentials: str | None) -> Webhook:
    """A mail as Inbound Parse posts it."""
    fields = {
        "headers": "Received: by mx0050p1mdw1.sendgrid.net\nMessage-ID: <CAF-72@mail.icloud.example>\nSubject: Order\n",
        "dkim": "{@icloud.com : pass}", "to": f"Support <{AGENT}>", "html": "<p>Where is it?</p>",
        "from": f"Kim Reyes <{KIM}>", "text": "Where is it?\n", "sender_ip": "192.0.2.9", "spam_report": "",
        "envelope": json.dumps({"to": [AGENT], "from": KIM}), "attachments": "0", "subject": "Order",
        "spam_score": "0.011", "charsets": '{"to":"UTF-8","from":"UTF-8","subject":"UTF-8","text":"utf-8"}', "SPF": "pass",
    }
    body, content_type = urllib3.filepost.encode_multipart_formdata(fields)
    headers = urllib3.make_headers(basic_auth=credentials) if credentials else {}
    return Webhook(body, {"Content-Type": content_type, **headers})


class SendGrid(Platform):
    name = "sendgrid"
    page = "Platforms-SendGrid.md"
    environment = {"SENDGRID_VERIFICATION_KEY": public(KEY), "SENDGRID_INBOUND": PASSWORD}
    wrong = ({"secrets": ["abc"]}, "secret 1 is neither a verification key (")
    figures = {
        "email_events_total": {"received": 1, "accepted": 2, "delivered": 1, "bounced": 1},
        "email_bounces_total": {("hard", "invalid_recipient"): 1},
        "email_webhook_events_total": {"counted": 5, "dead": 1},
        "email_webhook_requests_total": {"accepted": 4, "unauthorized": 5},
        "email_webhook_rejections_total": {"no_match": 2, "missing_header": 2, "stale": 1},
        "email_dead_letters_total": {"bad_time": 1},
        "email_delivery_duration_seconds_count": {"icloud": 1},
        "email_delivery_duration_seconds_sum": {"icloud": 3},
    }
    mails = [
        Mail(QUESTION, [Step(INBOUND, None), Step("received sendgrid", None, recipient=AGENT)]),
        Mail(
            ANSWER,
            [
                Step(OUTBOUND, 60),
                Step("accepted sendgrid", 60, recipient=KIM),
                Step("deliver", 60, 63, recipient=KIM),
                Step("delivered sendgrid", 63, recipient=KIM),
            ],
        ),
        Mail(
            LOST,
            [
                Step(OUTBOUND, 90),
                Step("accepted sendgrid", 90, recipient=LEE),
                Step(
                    "deliver", 90, 92, recipient=LEE, bounce=("hard", "invalid_recipient"),
                    detail="550 5.1.1 [address] unknown",
                ),
                Step(
                    "bounced sendgrid", 92, recipient=LEE, bounce=("hard", "invalid_recipient"),
                    detail="550 5.1.1 [address] unknown",
                ),
            ],
        ),
    ]
    known = KIM
    dead = ("bad_time", "event 1 of 1: timestamp is not a number of seconds since 1970")

    def life(self) -> list[Webhook]:
        bounce = {
            "reason": f"550 5.1.1 <{LEE}> unknown", "status": "5.1.1", "type": "bounce",
            "bounce_classification": "Invalid Address",
        }
        return [
            mail(PASSWORD),
            batch([event("processed", 60, ANSWER, KIM), event("delivered", 63, ANSWER, KIM, response="250 OK", tls=1)]),
            batch([event("processed", 90, LOST, LEE), event("bounce", 92, LOST, LEE, **bounce)]),
        ]

    def broken(self) -> Webhook:
        return batch([event("delivered", 63, ANSWER, KIM, timestamp=(START + 63) * 1000)])

    def refusals(self) -> list[Refusal]:
        events = [event("delivered", 63, ANSWER, KIM)]
        unsigned = Webhook(batch(events).body, {"Content-Type": "application/json"})
        return [
            Refusal(
                batch(events, OTHER), 401, "no_match",
                "No signature of the request was made with a secret of this endpoint",
            ),
            Refusal(
                unsigned, 401, "missing_header",
                "The header x-twilio-email-event-webhook-signature is missing",
            ),
            Refusal(batch(events, age=74 * 3600), 401, "stale", "The signature is more than 73 hours old"),
            Refusal(mail("inbound:wrong-horse"), 503, "no_match", "The request carries no secret of this endpoint"),
            Refusal(mail(None), 503, "missing_header", "The header authorization is missing"),
        ]
