"""Ids that the collector derives with its trace key, computed from what the documentation says of them."""

import hashlib
import hmac


def message_ids(trace_key: str, provider: str, account: str, message_id: str) -> tuple[bytes, bytes, bytes]:
    """The trace of a mail, the span of its root, and that of its delivery."""
    name = f"{provider}/{account}/{message_id}".encode()
    code = hmac.digest(trace_key.encode(), name, hashlib.sha256)
    return code[:16], code[16:24], code[24:]


def fingerprint(trace_key: str, account: str, address: str) -> str:
    """What `email.recipient` has in place of an address."""
    key = hmac.digest(trace_key.encode(), b"postmeter/email.recipient/fingerprint", hashlib.sha256)
    return hmac.digest(key, f"email.recipient/{account}/{address}".encode(), hashlib.sha256)[:8].hex()
