"""A credential as a JSON Web Token of ES256 (RFC 7515, RFC 7518), in two forms.

- `OPEN_BADGES_JWT`: VC-JWT as Open Badges 3.0, section 8.2 has it: the credential's members beside
  the registered claims `iss sub jti nbf exp` (RFC 7519).
- `SECURED_JWT`: `application/vc+jwt` (Securing VCs using JOSE and COSE, section 3.1): the payload
  is the credential alone.

Of both the header names the key by its verification method. A key that stands in a header is never
used.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError

from certificates.did import ec_jwk
from certificates.errors import DocumentRefused
from certificates.keys import SigningKey, VerificationKey
from certificates.suites import Suite
from certificates.times import parse_time
from certificates.vocabularies import JSONObject

OPEN_BADGES_JWT, SECURED_JWT = "JWT", "vc+jwt"
TOKEN_LENGTH_MAX = 2**19
_ALGORITHM = "ES256"
_REGISTERED: Mapping[str, str] = MappingProxyType({"nbf": "validFrom", "exp": "validUntil"})
_CLAIMS = frozenset({"iss", "sub", "jti", "iat", *_REGISTERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialToken:
    """An opened token; nothing in it is verified yet."""

    text: str
    method: str
    form: str
    credential: Mapping[str, Any]


def write_token(credential: JSONObject, key: SigningKey, *, method: str, form: str) -> str:
    """Sign a credential without proofs as a token of one of the two forms."""
    header = {"alg": _ALGORITHM, "typ": form, "kid": method}
    payload = dict(credential)
    if form == SECURED_JWT:
        header |= {"cty": "vc"}
    else:
        payload |= _registered(credential)
    signed = b".".join(_base64(orjson.dumps(part)) for part in (header, payload))
    return (signed + b"." + _base64(key.sign(signed))).decode()


def open_token(text: str) -> CredentialToken:
    """Open a token of either form; raises `DocumentRefused`.

    The algorithm is ES256 and nothing else, whatever a header says (RFC 8725, section 3.1).
    """
    if len(text) > TOKEN_LENGTH_MAX:
        raise DocumentRefused(f"a token has at most {TOKEN_LENGTH_MAX} characters")
    try:
        _require_one_spelling(text)
        token = jws.extract_compact(text.encode("ascii"))
        header, payload = token.headers(), orjson.loads(token.payload)
    except (JoseError, ValueError, RecursionError) as error:
        raise DocumentRefused("this is not a token of a credential") from error
    if header.get("alg") != _ALGORITHM or "crit" in header:
        raise DocumentRefused("a token is signed by ES256, with no critical header")
    if not isinstance(payload, dict) or not isinstance(header.get("kid"), str):
        raise DocumentRefused("a token names its key, and holds a credential")
    return CredentialToken(
        text=text,
        method=header["kid"],
        form=str(header.get("typ")),
        credential=_credential(payload),
    )


def token_verifies(token: CredentialToken, key: VerificationKey) -> bool:
    """Say whether a token is signed by this key."""
    if key.suite is not Suite.P256:
        return False
    try:
        jws.deserialize_compact(token.text, ec_jwk(key), algorithms=[_ALGORITHM])
    except (JoseError, ValueError):
        return False
    return True


def _registered(credential: JSONObject) -> dict[str, Any]:
    issuer, subject = credential["issuer"], credential["credentialSubject"]
    claims = {
        "iss": issuer if isinstance(issuer, str) else issuer["id"],
        "sub": subject.get("id"),
        "jti": credential["id"],
    }
    for claim, name in _REGISTERED.items():
        if name in credential:
            claims[claim] = int(parse_time(credential[name]).timestamp())
    return {name: value for name, value in claims.items() if value is not None}


def _credential(payload: dict[str, Any]) -> dict[str, Any]:
    """Give the credential; registered claims that contradict it are refused."""
    beside = {name: value for name, value in payload.items() if name not in _CLAIMS}
    credential = payload.get("vc", beside)
    if not isinstance(credential, dict):
        raise DocumentRefused("a token holds a credential")
    try:
        stated = _registered(credential)
    except (KeyError, AttributeError, TypeError) as error:
        raise DocumentRefused("the credential lacks an issuer, a subject or its id") from error
    for name, value in stated.items():
        if payload.get(name, value) != value:
            raise DocumentRefused(f"the claim {name} contradicts the credential")
    return credential


def _require_one_spelling(text: str) -> None:
    """Refuse spare bits and symbols, which the library would leave out (RFC 7515, section 2)."""
    for part in text.encode("ascii").split(b"."):
        if _base64(urlsafe_b64decode(part + b"==")) != part:
            raise DocumentRefused("a token is base64url without padding or spare bits")


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
