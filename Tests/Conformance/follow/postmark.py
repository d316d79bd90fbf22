"""Postmark: mail that comes in, a delivery and a bounce. Postmark tells nothing when it takes or sends a mail."""

import json

import urllib3

from .platform import DOMAIN, INBOUND, OUTBOUND, Mail, Platform, Refusal, Step, Webhook, moment

SECRET = "postmark:correct-horse-battery"
QUESTION = "22c74902-a0c1-4511-804f-341342852c90"
ANSWER, LOST = "883953f4-6105-42a2-a16a-77a8eac79483", "d8f2ee6e-2b9c-4a0f-9a3a-1f3f6c5d4e03"
AGENT = f"postmark@{DOMAIN}"
KIM, LEE = "kim.reyes@gmail.com", "nobody@example.net"


def precise(at: float) -> str:
    """A time as Postmark writes it, with seven digits."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def record(kind: str, mail: str, **more) -> dict:
    return {
        "RecordType": kind, "ServerID": 23, "MessageStream": "outbound", "MessageID": mail, "Tag": "case",
        "Metadata": {"agent": AGENT}, **more,
    }


def post(body: dict, credentials: str | None = SECRET) -> Webhook:
    headers = urllib3.make_headers(basic_auth=credentials) if credentials else {}
    return Webhook(json.dumps(body).encode(), {"Content-Type": "application/json", **headers})


class Postmark(Platform):
    name = "postmark"
    page = "Platforms-Postmark.md"
    environment = {"POSTMARK_SECRET": SECRET}
    wrong = ({"secret": "a-token"}, "secret 1 is neither user:password nor X-Postmeter-Secret: value")
    figures = {
        "email_events_total": {"received": 1, "delivered": 1, "bounced": 1},
        "email_bounces_total": {("hard", "invalid_recipient"): 1},
        "email_webhook_events_total": {"counted": 3, "dead": 1},
        "email_webhook_requests_total": {"accepted": 4, "unauthorized": 2},
        "email_webhook_rejections_total": {"no_match": 1, "missing_header": 1},
        "email_dead_letters_total": {"unknown_event": 1},
    }
    mails = [
        Mail(QUESTION, [Step(INBOUND, None), Step("received postmark", None, recipient=AGENT)]),
        Mail(ANSWER, [Step(OUTBOUND, 62.5), Step("delivered postmark", 62.5, recipient=KIM)]),
        Mail(
            LOST,
            [
                Step(OUTBOUND, 92),
                Step(
                    "bounced postmark", 92, recipient=LEE, bounce=("hard", "invalid_recipient"),
                    detail="smtp;550 5.1.1 [address] user unknown",
                ),
            ],
        ),
    ]
    known = KIM
    dead = ("unknown_event", 'RecordType "Exploded" is no event of Postmark that is known here')

    def life(self) -> list[Webhook]:
        address = {"Email": AGENT, "Name": "Acme Support", "MailboxHash": ""}
        inbound = {
            "FromName": "Kim Reyes", "MessageStream": "inbound", "From": KIM,
            "FromFull": {"Email": KIM, "Name": "Kim Reyes", "MailboxHash": ""}, "To": f'"Acme Support" <{AGENT}>',
            "ToFull": [address], "Cc": "", "CcFull": [], "Bcc": "", "BccFull": [], "OriginalRecipient": AGENT,
            "Subject": "Where is my order?", "MessageID": QUESTION, "ReplyTo": "", "MailboxHash": "",
            "Date": "Sat, 31 Jan 2026 09:30:05 +0000", "TextBody": "Where is it?", "HtmlBody": "",
            "StrippedTextReply": "", "Tag": "",
            "Headers": [{"Name": "Message-ID", "Value": "<CAF-74@mail.gmail.example>"}], "Attachments": [],
        }
        bounce = {
            "ID": 692560173, "Type": "HardBounce", "TypeCode": 1, "Name": "Hard bounce",
            "Description": "The server was unable to deliver your message.", "Email": LEE, "From": AGENT,
            "Details": f"smtp;550 5.1.1 <{LEE}> user unknown", "BouncedAt": precise(92), "DumpAvailable": True,
            "Inactive": True, "CanActivate": True, "Subject": "Your order", "Content": "",
        }
        return [
            post(inbound),
            post(record("Delivery", ANSWER, Recipient=KIM, DeliveredAt=precise(62.5), Details="smtp;250 2.0.0 OK")),
            post(record("Bounce", LOST, **bounce)),
        ]

    def broken(self) -> Webhook:
        return post(record("Exploded", ANSWER, Recipient=KIM))

    def refusals(self) -> list[Refusal]:
        body = record("Delivery", ANSWER, Recipient=KIM, DeliveredAt=precise(62.5))
        return [
            Refusal(
                post(body, "postmark:wrong-horse"), 401, "no_match", "The request carries no secret of this endpoint"
            ),
            Refusal(post(body, None), 401, "missing_header", "The header authorization is missing"),
        ]
