"""Resend: a question comes in, its answer is delivered, and another mail bounces."""

import datetime
import json

import standardwebhooks

from peers.collector import SECRET
from peers.webhooks import signed

from .platform import INBOUND, OUTBOUND, Mail, Platform, Refusal, Step, Webhook, instant

QUESTION = "8f6c1d52-7b0a-4a55-9d0e-3f1f5f3c9a01"
ANSWER = "2b7de1b4-0c7a-4d0e-8a44-6a9d1c0f7e02"
LOST = "c5a8f0e3-91d6-4f3b-b1b7-0d2e4c6a8b03"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
AGENT = "resend@support.acme.example"


def event(kind: str, at: float, mail: str, to: str, **more) -> Webhook:
    body = {
        "type": f"email.{kind}",
        "created_at": instant(at),
        "data": {
            "broadcast_id": "8b146471-e88e-4322-86af-016cd36fd216",
            "created_at": instant(at),
            "email_id": mail,
            "from": f"Acme Support <{AGENT}>",
            "to": [to],
            "subject": "Your order",
            "tags": {"category": "case"},
            **more,
        },
    }
    return sign(json.dumps(body).encode(), f"msg_{kind}_{mail}")


def sign(body: bytes, identifier: str, **options) -> Webhook:
    return Webhook(body, signed(body, identifier, prefix="svix", **options))


class Resend(Platform):
    name = "resend"
    page = "Platforms-Resend.md"
    environment = {"RESEND_SECRET": SECRET}
    wrong = ({"secret": "re_123"}, "secret 1 is not base64: copy it whole from the platform, with or without whsec_")
    figures = {
        "email_events_total": {"received": 1, "sent": 2, "delivered": 1, "bounced": 1},
        "email_bounces_total": {("hard", "invalid_recipient"): 1},
        "email_webhook_events_total": {"counted": 5, "dead": 1},
        "email_webhook_requests_total": {"accepted": 6, "unauthorized": 3},
        "email_webhook_rejections_total": {"no_match": 1, "missing_header": 1, "stale": 1},
        "email_dead_letters_total": {"malformed_json": 1},
        "email_delivery_duration_seconds_count": {"gmail": 1},
        "email_delivery_duration_seconds_sum": {"gmail": 2.5},
        "email_conversations_total": {"answered": 1},
    }
    mails = [
        Mail(QUESTION, [Step(INBOUND, 0), Step("received resend", 0, recipient=AGENT)]),
        Mail(
            ANSWER,
            [
                Step(OUTBOUND, 60),
                Step("sent resend", 60, recipient="kim.reyes@gmail.com"),
                Step("deliver", 60, 62.5, recipient="kim.reyes@gmail.com"),
                Step("delivered resend", 62.5, recipient="kim.reyes@gmail.com"),
            ],
            answers=QUESTION,
        ),
        Mail(
            LOST,
            [
                Step(OUTBOUND, 90),
                Step("sent resend", 90, recipient="lee.park@example.net"),
                Step(
                    "deliver", 90, 91.25, recipient="lee.park@example.net", bounce=("hard", "invalid_recipient"),
                    detail="550 5.1.1 [address] no such user",
                ),
                Step(
                    "bounced resend", 91.25, recipient="lee.park@example.net", bounce=("hard", "invalid_recipient"),
                    detail="550 5.1.1 [address] no such user",
                ),
            ],
        ),
    ]
    known = "kim.reyes@gmail.com"
    dead = ("malformed_json", "")

    def life(self) -> list[Webhook]:
        question = {
            "from": "Kim Reyes <kim.reyes@gmail.com>", "cc": [], "bcc": [], "message_id": "<CAF-71@mail.gmail.com>",
            "attachments": [],
        }
        bounce = {
            "diagnosticCode": ["550 5.1.1 <lee.park@example.net> no such user"],
            "message": "The recipient's email server permanently rejected the email.",
            "subType": "General",
            "type": "Permanent",
        }
        headers = [{"name": "In-Reply-To", "value": "<CAF-71@mail.gmail.com>"}]
        return [
            event("received", 0, QUESTION, AGENT, **question),
            event("sent", 60, ANSWER, "kim.reyes@gmail.com", headers=headers),
            event("delivered", 62.5, ANSWER, "kim.reyes@gmail.com", headers=headers),
            event("sent", 90, LOST, "lee.park@example.net"),
            event("bounced", 91.25, LOST, "lee.park@example.net", bounce=bounce),
        ]

    def broken(self) -> Webhook:
        return sign(b'{"type":"email.sent","data":{"to":["kim.reyes@gmail.com"]', "msg_broken")

    def refusals(self) -> list[Refusal]:
        body = event("sent", 60, ANSWER, "kim.reyes@gmail.com").body
        past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=6)
        old = {
            "svix-id": "msg_old", "svix-timestamp": str(int(past.timestamp())),
            "svix-signature": standardwebhooks.Webhook(SECRET).sign("msg_old", past, body.decode()),
        }
        return [
            Refusal(
                sign(body, "msg_other", secret=OTHER_SECRET), 401, "no_match",
                "No signature of the request was made with a secret of this endpoint",
            ),
            Refusal(Webhook(b"{}"), 401, "missing_header", "The header svix-id is missing"),
            Refusal(Webhook(body, old), 401, "stale", "The signature is older than this endpoint takes"),
        ]
