"""Webhooks signed by the official library of Standard Webhooks."""

import datetime
import secrets

import standardwebhooks

from .collector import SECRET


def resend_body(event: str = "email.sent", agent: str = "triage@support.example", mail: str | None = None) -> dict:
    """The body of a webhook of Resend."""
    now = datetime.datetime.now(datetime.timezone.utc)
    text = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}Z"
    return {
        "type": event,
        "created_at": text,
        "data": {
            "email_id": mail or secrets.token_hex(16),
            "created_at": text,
            "from": f"Triage <{agent}>",
            "to": ["someone@example.com"],
            "subject": "Hello",
        },
    }


def signed(body: bytes, identifier: str | None = None, secret: str = SECRET, prefix: str = "webhook") -> dict:
    """Headers for a body, signed now."""
    identifier = identifier or f"msg_{secrets.token_hex(12)}"
    now = datetime.datetime.now(datetime.timezone.utc)
    signature = standardwebhooks.Webhook(secret).sign(identifier, now, body.decode())
    return {
        "Content-Type": "application/json",
        f"{prefix}-id": identifier,
        f"{prefix}-timestamp": str(int(now.timestamp())),
        f"{prefix}-signature": signature,
    }
