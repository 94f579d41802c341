"""Sign a message as Standard Webhooks says (standardwebhooks.com, version 1). Pure.

What is signed is `<id>.<timestamp>.<body>`, with HMAC-SHA-256 under each live secret.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256

SECRET_PREFIX = "whsec_"  # noqa: S105 - how secrets begin, none of them
SECRET_BYTES_MIN = 24


def secret_text(secret: bytes) -> str:
    """Give a secret as its receiver keeps it."""
    return SECRET_PREFIX + b64encode(secret).decode()


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Give one signature."""
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return "v1," + b64encode(hmac.digest(secret, signed, sha256)).decode()


def signed_headers(
    secrets: Iterable[bytes], message_id: str, timestamp: int, body: bytes
) -> Mapping[str, str]:
    """Give the headers by which a receiver knows who sent what and when (Unix time)."""
    signatures = (signature(one, message_id, timestamp, body) for one in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
