"""Amazon SNS as far as an endpoint sees it: messages signed with `cryptography`, and the host of the certificate."""

import base64
import datetime
import http.server
import json
import secrets
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

TOPIC = "arn:aws:sns:us-west-2:123456789012:mail"
CERTIFICATE = "/SimpleNotificationService-7465737474657374.pem"

_NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
_CONFIRMATION = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]


class Sns:
    """A key with its certificate, and a server of loopback that hands the certificate out and remembers who asked."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .sign(self.key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.asked: list[str] = []
        self.status = 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                body = pem if self.path == CERTIFICATE else b"<ConfirmSubscriptionResponse/>"
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def notification(self, document, **fields) -> bytes:
        """A message that holds a document: JSON, or text as it is."""
        text = document if isinstance(document, str) else json.dumps(document)
        return self.message({"Type": "Notification", "Subject": "Amazon SES Email Event Notification",
                             "Message": text, **fields})

    def confirmation(self, kind: str = "SubscriptionConfirmation", **fields) -> bytes:
        token = secrets.token_hex(8)
        return self.message({
            "Type": kind, "Message": "You have chosen to subscribe.", "Token": token,
            "SubscribeURL": f"http://{self.host}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={token}", **fields,
        })

    def message(self, fields: dict) -> bytes:
        """A message with its signature; a field of None is left out."""
        version = fields.get("SignatureVersion", "2")
        envelope = {
            "MessageId": secrets.token_hex(16), "TopicArn": TOPIC, "Timestamp": instant(),
            "SignatureVersion": version, "SigningCertURL": f"http://{self.host}{CERTIFICATE}", **fields,
        }
        envelope = {key: value for key, value in envelope.items() if value is not None}
        keys = _NOTIFICATION if envelope["Type"] == "Notification" else _CONFIRMATION
        text = "".join(f"{key}\n{envelope[key]}\n" for key in keys if key in envelope)
        algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), algorithm)
        return json.dumps({**envelope, "Signature": base64.b64encode(signature).decode()}).encode()


def instant(seconds: float = 0) -> str:
    """The present time, or one some seconds from it, as Amazon writes it."""
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"


def document(event: str, agent: str, recipients: tuple = ("someone@example.com",), key: str = "eventType") -> dict:
    """What SES publishes of an event, with the fields of its documentation."""
    now = instant()
    mail = {
        "timestamp": now, "source": f"{agent}@support.example", "messageId": f"0100{secrets.token_hex(16)}-000000",
        "destination": list(recipients), "headersTruncated": False, "headers": [],
        "commonHeaders": {"from": [f"Agent <{agent}@support.example>"], "to": list(recipients), "subject": "Hello"},
        "tags": {"ses:configuration-set": ["agents"]},
    }
    feedback = {"timestamp": now, "feedbackId": secrets.token_hex(16)}
    listed = [{"emailAddress": address} for address in recipients]
    objects = {
        "Send": {"send": {}},
        "Delivery": {"delivery": {"timestamp": now, "processingTimeMillis": 600, "recipients": list(recipients)}},
        "Bounce": {"bounce": {
            **feedback, "bounceType": "Permanent", "bounceSubType": "General",
            "bouncedRecipients": [
                {**one, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
                for one in listed
            ],
        }},
        "Complaint": {"complaint": {
            **feedback, "complainedRecipients": listed, "complaintFeedbackType": "abuse", "complaintSubType": None,
        }},
        "DeliveryDelay": {"deliveryDelay": {
            "timestamp": now, "delayType": "MailboxFull", "expirationTime": instant(3600),
            "delayedRecipients": [{**one, "status": "4.2.2", "diagnosticCode": "smtp; 452 4.2.2"} for one in listed],
        }},
        "Reject": {"reject": {"reason": "Bad content"}},
        "Rendering Failure": {"failure": {"templateName": "t", "errorMessage": "Attribute 'a' is not present."}},
        "Open": {"open": {"timestamp": now, "ipAddress": "192.0.2.1", "userAgent": "Mozilla/5.0"}},
        "Click": {"click": {
            "timestamp": now, "ipAddress": "192.0.2.1", "userAgent": "Mozilla/5.0", "link": "https://support.example/",
        }},
        "Subscription": {"subscription": {
            "timestamp": now, "contactList": "people", "source": "UnsubscribeHeader",
            "newTopicPreferences": {"unsubscribeAll": True},
        }},
        "Received": {"receipt": {
            "timestamp": now, "processingTimeMillis": 500, "recipients": [f"{agent}@support.example"],
            **{f"{name}Verdict": {"status": "PASS"} for name in ["spam", "virus", "spf", "dkim", "dmarc"]},
            "action": {"type": "SNS", "topicArn": TOPIC},
        }, "content": "Subject: Hello\r\n\r\nHello"},
    }
    return {key: event, "mail": mail, **objects[event]}
