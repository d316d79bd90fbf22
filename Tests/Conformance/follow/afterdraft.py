"""Afterdraft, as far as the mapping that is shipped assumes it: `provider: generic`, signed with Python's hmac."""

import hashlib
import hmac
import json

from .platform import DOMAIN, INBOUND, OUTBOUND, Mail, Platform, Refusal, Step, Webhook, instant

SECRET = "correct-horse-battery-staple"
QUESTION, ANSWER, LOST = "em_question", "em_answer", "em_lost"
AGENT = f"afterdraft@{DOMAIN}"
KIM, LEE = "kim.reyes@gmail.com", "nobody@example.net"
QUESTION_ID = "CAF-75@mail.gmail.example"


def event(kind: str, at: float, mail: str, **more) -> dict:
    sender, to = (KIM, AGENT) if mail == QUESTION else (AGENT, LEE if mail == LOST else KIM)
    message = {
        "id": mail, "message_id": f"<{QUESTION_ID if mail == QUESTION else mail + '@' + DOMAIN}>",
        "conversation_id": "conv_lost" if mail == LOST else "conv_order", "from": sender, "to": [to],
        "subject": "Your order",
    }
    if mail == ANSWER:
        message |= {"in_reply_to": f"<{QUESTION_ID}>", "references": [f"<{QUESTION_ID}>"]}
    return {
        "id": f"evt_{kind}_{mail}", "type": kind, "created_at": instant(at), "agent": {"id": "ag_1", "address": AGENT},
        "message": message, **more,
    }


def post(told: dict, secret: str = SECRET) -> Webhook:
    body = json.dumps(told).encode()
    code = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Webhook(body, {"Content-Type": "application/json", "X-Afterdraft-Signature": code})


class Afterdraft(Platform):
    name = "afterdraft"
    page = "Platforms-generic.md"
    environment = {"AFTERDRAFT_SECRET": SECRET}
    wrong = ({"secret": "short"}, "secret 1 has 5 bytes where 8 to 1024 are expected")
    figures = {
        "email_events_total": {"received": 1, "sent": 2, "delivered": 1, "bounced": 1, "escalated": 1},
        "email_bounces_total": {("hard", "invalid_recipient"): 1},
        "email_webhook_events_total": {"counted": 6, "dead": 1},
        "email_webhook_requests_total": {"accepted": 7, "unauthorized": 2},
        "email_webhook_rejections_total": {"no_match": 1, "missing_header": 1},
        "email_dead_letters_total": {"missing_field": 1},
        "email_delivery_duration_seconds_count": {"gmail": 1},
        "email_delivery_duration_seconds_sum": {"gmail": 2},
        "email_conversations_total": {"answered": 1},
    }
    mails = [
        Mail(
            QUESTION,
            [
                Step(INBOUND, 0),
                Step("received afterdraft", 0, recipient=AGENT),
                Step("escalated afterdraft", 120, recipient=AGENT, detail="refund above the limit"),
            ],
            "conv_order",
        ),
        Mail(
            ANSWER,
            [
                Step(OUTBOUND, 60),
                Step("sent afterdraft", 60, recipient=KIM),
                Step("deliver", 60, 62, recipient=KIM),
                Step("delivered afterdraft", 62, recipient=KIM),
            ],
            "conv_order",
            answers=QUESTION,
        ),
        Mail(
            LOST,
            [
                Step(OUTBOUND, 90),
                Step("sent afterdraft", 90, recipient=LEE),
                Step(
                    "deliver", 90, 91, recipient=LEE, bounce=("hard", "invalid_recipient"),
                    detail="550 5.1.1 [address] unknown",
                ),
                Step(
                    "bounced afterdraft", 91, recipient=LEE, bounce=("hard", "invalid_recipient"),
                    detail="550 5.1.1 [address] unknown",
                ),
            ],
            "conv_lost",
        ),
    ]
    known = KIM
    dead = ("missing_field", "id (/id) is missing")

    def life(self) -> list[Webhook]:
        bounce = {"type": "hard", "code": 550, "status": "5.1.1", "message": f"550 5.1.1 <{LEE}> unknown"}
        return [
            post(event("received", 0, QUESTION)),
            post(event("sent", 60, ANSWER)),
            post(event("delivered", 62, ANSWER)),
            post(event("sent", 90, LOST)),
            post(event("bounced", 91, LOST, bounce=bounce)),
            post(event("escalated", 120, QUESTION, escalation={"reason": "refund above the limit"})),
        ]

    def broken(self) -> Webhook:
        told = event("sent", 60, ANSWER)
        del told["id"]
        return post(told)

    def refusals(self) -> list[Refusal]:
        told = event("sent", 60, ANSWER)
        return [
            Refusal(
                post(told, "another-secret"), 401, "no_match",
                "No signature of the request was made with a secret of this endpoint",
            ),
            Refusal(Webhook(post(told).body), 401, "missing_header", "The header x-afterdraft-signature is missing"),
        ]
