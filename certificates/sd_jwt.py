"""SD-JWT VC (`dc+sd-jwt`): a token whose claims are disclosed one by one (RFC 9901; SD-JWT VC).

The digests are those of a statement that the ledger commits to, so that one disclosure proves a
claim to a wallet and to the log alike. There is no key binding: what is shown, its bearer shows.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from certificates.keys import SigningKey

TYPE = "dc+sd-jwt"
MEDIA_TYPE = "application/dc+sd-jwt"
_ALGORITHM, _DIGESTS = "ES256", "sha-256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosable:
    """What one token says in clear, the digests of all that it may disclose, and what it does.

    `claims` are public claims beside the registered ones.
    """

    issuer: str
    kind: str
    issued_at: datetime
    expires_at: datetime
    claims: Mapping[str, str | int]
    digests: Sequence[str]
    disclosures: Sequence[str]


def write_sd_jwt(disclosable: Disclosable, key: SigningKey, *, method: str) -> str:
    """Sign it with a P-256 key; the disclosures follow after tildes (RFC 9901, section 4)."""
    header = {"alg": _ALGORITHM, "typ": TYPE, "kid": method}
    payload = {
        "iss": disclosable.issuer,
        "vct": disclosable.kind,
        "iat": int(disclosable.issued_at.timestamp()),
        "exp": int(disclosable.expires_at.timestamp()),
        "_sd_alg": _DIGESTS,
        "_sd": list(disclosable.digests),
        **disclosable.claims,
    }
    signed = b".".join(_base64(orjson.dumps(part)) for part in (header, payload))
    token = (signed + b"." + _base64(key.sign(signed))).decode()
    return "~".join([token, *disclosable.disclosures, ""])


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
