"""Amazon SES: a question comes in by a receipt rule, its answer is delivered to two people, and another bounces."""

from peers.sns import TOPIC, Sns, instant as now

from .platform import DOMAIN, INBOUND, OUTBOUND, Mail, Platform, Refusal, Step, Webhook, instant

QUESTION = "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1"
ANSWER = "010001973a5f1c2e-7c0d5f5e-2f6b-4a0b-9a31-5d9c2b7e4f02-000000"
LOST = "010001973a5f9d10-0b1f2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c03-000000"
OTHER_TOPIC = "arn:aws:sns:us-west-2:999999999999:mail"
AGENT = f"ses@{DOMAIN}"
KIM, LEE = "kim.reyes@yahoo.com", "lee.park@aol.com"
QUESTION_ID = "0000-71@mail.yahoo.example"


def document(event: str, at: float, mail: str, to: list, headers: list = (), key: str = "eventType", **more) -> dict:
    """What SES tells of a mail that was sent at 60 or at 90 seconds, or came in at 0."""
    sent = {QUESTION: 0, ANSWER: 60, LOST: 90}[mail]
    source = KIM if mail == QUESTION else AGENT
    part = {key: {"timestamp": instant(at), **value} for key, value in more.items()}
    return {
        key: event,
        "mail": {
            "timestamp": instant(sent), "source": source, "sendingAccountId": "123456789012", "messageId": mail,
            "sourceArn": f"arn:aws:ses:us-west-2:123456789012:identity/{DOMAIN}", "destination": to,
            "headersTruncated": False, "headers": [{"name": "From", "value": source}, *headers],
            "commonHeaders": {"from": [source], "to": to, "subject": "Your order", "messageId": mail},
            "tags": {"ses:configuration-set": ["agents"], "ses:from-domain": [DOMAIN]},
        },
        **part,
    }


class AmazonSES(Platform):
    name = "ses"
    page = "Platforms-SES.md"
    wrong = ({"secret": "x"}, "there is no secret to give: remove it")
    figures = {
        "email_events_total": {"received": 1, "sent": 3, "delivered": 2, "bounced": 1},
        "email_bounces_total": {("hard", "invalid_recipient"): 1},
        # The confirmation of the subscription is about no mail.
        "email_webhook_events_total": {"counted": 5, "ignored": 1, "dead": 1},
        "email_webhook_requests_total": {"accepted": 7, "unauthorized": 6},
        "email_webhook_rejections_total": {
            "no_match": 1, "unknown_topic": 1, "raw_delivery": 1, "untrusted_url": 1, "malformed": 1, "stale": 1,
        },
        "email_dead_letters_total": {"unknown_event": 1},
        "email_delivery_duration_seconds_count": {"yahoo": 1},
        "email_delivery_duration_seconds_sum": {"yahoo": 4.75},
        "email_conversations_total": {"answered": 1},
    }
    mails = [
        Mail(QUESTION, [Step(INBOUND, 0), Step("received ses", 0, recipient=AGENT)]),
        Mail(
            ANSWER,
            [
                Step(OUTBOUND, 60),
                Step("sent ses", 60, recipient=f"{KIM},{LEE}"),
                Step("deliver", 60, 64.75, recipient=f"{KIM},{LEE}"),
                Step("delivered ses", 64.75, recipient=f"{KIM},{LEE}"),
            ],
            answers=QUESTION,
        ),
        Mail(
            LOST,
            [
                Step(OUTBOUND, 90),
                Step("sent ses", 90, recipient="nobody@example.net"),
                Step(
                    "deliver", 90, 92, recipient="nobody@example.net", bounce=("hard", "invalid_recipient"),
                    detail="smtp; 550 5.1.1 [address] user unknown",
                ),
                Step(
                    "bounced ses", 92, recipient="nobody@example.net", bounce=("hard", "invalid_recipient"),
                    detail="smtp; 550 5.1.1 [address] user unknown",
                ),
            ],
        ),
    ]
    known = KIM
    dead = ("unknown_event", '"Exploded" is no event of SES that is known here')

    def __init__(self):
        self.sns = Sns()
        self.more = {"trusted_hosts": [self.sns.host]}

    def notification(self, document, **fields) -> Webhook:
        return self.posted(self.sns.notification(document, **fields))

    @staticmethod
    def posted(body: bytes) -> Webhook:
        return Webhook(body, {"Content-Type": "text/plain; charset=UTF-8"})

    def life(self) -> list[Webhook]:
        receipt = {
            "processingTimeMillis": 500, "recipients": [AGENT],
            **{f"{name}Verdict": {"status": "PASS"} for name in ["spam", "virus", "spf", "dkim", "dmarc"]},
            "action": {"type": "SNS", "topicArn": TOPIC, "encoding": "UTF8"},
        }
        question = document(
            "Received", 0, QUESTION, [AGENT], [{"name": "Message-ID", "value": f"<{QUESTION_ID}>"}],
            key="notificationType", receipt=receipt,
        )
        question["mail"]["commonHeaders"]["messageId"] = f"<{QUESTION_ID}>"
        answered = [{"name": "In-Reply-To", "value": f"<{QUESTION_ID}>"}]
        delivery = {
            "processingTimeMillis": 4750, "recipients": [KIM, LEE], "smtpResponse": "250 ok", "reportingMTA": "a8-70",
        }
        bounce = {
            "feedbackId": "010001973a5fa001-lost-000000", "bounceType": "Permanent", "bounceSubType": "General",
            "reportingMTA": "dns; a8-70.smtp-out.amazonses.com",
            "bouncedRecipients": [
                {
                    "emailAddress": "nobody@example.net", "action": "failed", "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 <nobody@example.net> user unknown",
                }
            ],
        }
        return [
            self.posted(self.sns.confirmation()),
            self.notification(question),
            self.notification(document("Send", 60, ANSWER, [KIM, LEE], answered, send={})),
            self.notification(document("Delivery", 64.75, ANSWER, [KIM, LEE], answered, delivery=delivery)),
            self.notification(document("Send", 90, LOST, ["nobody@example.net"], send={})),
            self.notification(document("Bounce", 92, LOST, ["nobody@example.net"], bounce=bounce)),
        ]

    def broken(self) -> Webhook:
        return self.notification(document("Exploded", 60, ANSWER, [KIM]))

    def refusals(self) -> list[Refusal]:
        genuine = document("Send", 60, ANSWER, [KIM], send={})
        stranger = Sns()
        strange = stranger.notification(genuine)
        stranger.close()
        changed = self.sns.notification(genuine).replace(b"kim.reyes", b"kim.rayes")
        return [
            Refusal(self.posted(changed), 403, "no_match", "The signature was not made over this message"),
            Refusal(
                self.notification(genuine, TopicArn=OTHER_TOPIC), 403, "unknown_topic",
                "This endpoint does not take messages of this topic",
            ),
            Refusal(
                Webhook(b"{}", {"x-amz-sns-rawdelivery": "true"}), 403, "raw_delivery",
                "The message comes without its envelope",
            ),
            Refusal(
                self.posted(strange), 403, "untrusted_url",
                "SigningCertURL is not a URL of the platform's own hosts",
            ),
            Refusal(
                Webhook(b"{}"), 403, "malformed",
                "The body is no message of this platform: TopicArn is missing or wrong",
            ),
            Refusal(
                self.notification(genuine, Timestamp=now(-7500)), 503, "stale",
                "The message was published more than 120 minutes ago",
            ),
        ]
