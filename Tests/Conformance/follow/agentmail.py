"""AgentMail: a question comes into an inbox, its answer is delivered to two people, and another mail bounces."""

import json

from .platform import INBOUND, OUTBOUND, Mail, Platform, Refusal, Step, Webhook, instant
from .resend import OTHER_SECRET, sign

SECRET = "whsec_cnVuLWxpa2UtdGhlLXdpbmQtYW5kLXdhaXQ="
QUESTION, ANSWER, LOST = "q-1042@mail.example.org", "a-2042@agentmail.to", "l-3042@agentmail.to"
THREAD, OTHER_THREAD = "thd_9f2c4e", "thd_1b7d3a"
AGENT = "agentmail@support.acme.example"
KIM, LEE, NOBODY = "kim.reyes@outlook.com", "lee.park@example.net", "nobody@example.net"


def event(kind: str, part: str, at: float, mail: str, thread: str, **more) -> Webhook:
    body = {
        "type": "event",
        "event_type": f"message.{kind}",
        "event_id": f"evt_{kind}_{mail[:6]}",
        part: {"inbox_id": AGENT, "thread_id": thread, "message_id": f"<{mail}>", "timestamp": instant(at), **more},
    }
    if kind == "received":
        body["thread"] = {
            "inbox_id": AGENT, "thread_id": thread, "labels": ["received"], "timestamp": instant(at),
            "senders": [more["from"]], "recipients": more["to"], "subject": more["subject"], "preview": "Where is",
            "last_message_id": f"<{mail}>", "message_count": 1, "size": 2048, "updated_at": instant(at),
            "created_at": instant(at),
        }
    return sign(json.dumps(body).encode(), f"msg_{kind}_{mail}", secret=SECRET)


class AgentMail(Platform):
    name = "agentmail"
    page = "Platforms-AgentMail.md"
    environment = {"AGENTMAIL_SECRET": SECRET}
    wrong = ({"secret": "whsec_YWJj"}, "secret 1 has 3 bytes where 16 to 75 are expected")
    figures = {
        # The platform names its recipients, and each counts.
        "email_events_total": {"received": 1, "sent": 3, "delivered": 2, "bounced": 1},
        "email_bounces_total": {("hard", "other"): 1},
        "email_webhook_events_total": {"counted": 5, "dead": 1},
        "email_webhook_requests_total": {"accepted": 6, "unauthorized": 2},
        "email_webhook_rejections_total": {"no_match": 1, "missing_header": 1},
        "email_dead_letters_total": {"missing_field": 1},
        # Two recipients at two providers.
        "email_delivery_duration_seconds_count": {"other": 1},
        "email_delivery_duration_seconds_sum": {"other": 3},
        "email_conversations_total": {"answered": 1},
    }
    mails = [
        Mail(QUESTION, [Step(INBOUND, 0), Step("received agentmail", 0, recipient=AGENT)], THREAD),
        Mail(
            ANSWER,
            [
                Step(OUTBOUND, 45),
                Step("sent agentmail", 45, recipient=f"{KIM},{LEE}"),
                Step("deliver", 45, 48, recipient=f"{KIM},{LEE}"),
                Step("delivered agentmail", 48, recipient=f"{KIM},{LEE}"),
            ],
            THREAD,
            answers=QUESTION,
        ),
        Mail(
            LOST,
            [
                Step(OUTBOUND, 100),
                Step("sent agentmail", 100, recipient=NOBODY),
                Step("deliver", 100, 101.5, recipient=NOBODY, bounce=("hard", "other"), detail="bounced"),
                Step("bounced agentmail", 101.5, recipient=NOBODY, bounce=("hard", "other"), detail="bounced"),
            ],
            OTHER_THREAD,
        ),
    ]
    known = KIM
    dead = ("missing_field", "send.message_id is missing")

    def life(self) -> list[Webhook]:
        message = {
            "labels": ["received", "unread"], "from": f"Kim Reyes <{KIM}>", "to": [f"Support <{AGENT}>"],
            "subject": "Where is my order?", "preview": "Where is", "text": "Where is my order?", "size": 2048,
            "updated_at": instant(0), "created_at": instant(0),
        }
        lost = [{"address": NOBODY, "status": "bounced"}]
        return [
            event("received", "message", 0, QUESTION, THREAD, **message),
            event("sent", "send", 45, ANSWER, THREAD, recipients=[KIM, LEE]),
            event("delivered", "delivery", 48, ANSWER, THREAD, recipients=[KIM, LEE]),
            event("sent", "send", 100, LOST, OTHER_THREAD, recipients=[NOBODY]),
            event(
                "bounced", "bounce", 101.5, LOST, OTHER_THREAD, type="Permanent", sub_type="General", recipients=lost
            ),
        ]

    def broken(self) -> Webhook:
        send = {"inbox_id": AGENT, "timestamp": instant(45), "recipients": [KIM]}
        body = {"type": "event", "event_type": "message.sent", "event_id": "evt_broken", "send": send}
        return sign(json.dumps(body).encode(), "msg_broken", secret=SECRET)

    def refusals(self) -> list[Refusal]:
        body = event("sent", "send", 45, ANSWER, THREAD, recipients=[KIM]).body
        return [
            Refusal(
                sign(body, "msg_other", secret=OTHER_SECRET), 401, "no_match",
                "No signature of the request was made with a secret of this endpoint",
            ),
            Refusal(Webhook(body), 401, "missing_header", "The header svix-id is missing"),
        ]
