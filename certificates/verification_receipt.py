"""A signed, dated receipt of a verification: a JSON Web Token of ES256 (RFC 7515, RFC 7519).

It says what its signer answered then about bytes of one hash, and nothing of what they held.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime

import orjson

from certificates.keys import SigningKey

TYPE = "verification-receipt+jwt"
_ALGORITHM = "ES256"


def write_receipt(
    claims: Mapping[str, object],
    key: SigningKey,
    *,
    issuer: str,
    method: str,
    now: datetime,
) -> str:
    """Sign a receipt of this moment with a P-256 key, named by its verification method."""
    header = {"alg": _ALGORITHM, "typ": TYPE, "kid": method}
    payload = {"iss": issuer, "iat": int(now.timestamp()), **claims}
    signed = b".".join(_base64(orjson.dumps(part)) for part in (header, payload))
    return (signed + b"." + _base64(key.sign(signed))).decode()


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
