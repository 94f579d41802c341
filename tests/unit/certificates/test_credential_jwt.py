import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from certificates.credential_jwt import (
    OPEN_BADGES_JWT,
    SECURED_JWT,
    TOKEN_LENGTH_MAX,
    open_token,
    token_verifies,
    write_token,
)
from certificates.errors import DocumentRefused
from certificates.keys import Purpose, SigningKey
from certificates.signer import SecretSigner
from certificates.suites import Suite

NOW = datetime(2027, 1, 1, tzinfo=UTC)
KEY = SigningKey(
    purpose=Purpose.CREDENTIAL_JWT,
    created_at=NOW,
    signer=SecretSigner(bytes(range(32)), Suite.P256),
)
METHOD = "did:web:bank.example#key"
CREDENTIAL: dict[str, Any] = {
    "id": "urn:uuid:1",
    "issuer": {"id": "did:web:bank.example"},
    "validFrom": "2027-01-01T00:00:00Z",
    "validUntil": "2028-01-01T00:00:00+08:00",
    "credentialSubject": {"id": "urn:uuid:2"},
}


def part(token: str, position: int) -> Any:
    """Give header or payload of a token."""
    return json.loads(urlsafe_b64decode(token.split(".")[position] + "=="))


def encoded(content: object) -> str:
    """Write one part of a token."""
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def forged(header: dict[str, object], payload: object = CREDENTIAL) -> str:
    """Give a token signed by the true key, whatever its header says."""
    signed = f"{encoded(header)}.{encoded(payload)}"
    signature = urlsafe_b64encode(KEY.sign(signed.encode())).rstrip(b"=").decode()
    return f"{signed}.{signature}"


@pytest.mark.parametrize("form", [OPEN_BADGES_JWT, SECURED_JWT])
def test_a_token_gives_its_credential_back(form: str) -> None:
    """The same credential in both forms, under the method that signed it."""
    token = open_token(write_token(CREDENTIAL, KEY, method=METHOD, form=form))
    assert (token.credential, token.method) == (CREDENTIAL, METHOD)
    assert token_verifies(token, KEY.verification_key)


def test_the_open_badges_form_has_the_registered_claims() -> None:
    """As its section 8.2 has them, in seconds."""
    token = write_token(CREDENTIAL, KEY, method=METHOD, form=OPEN_BADGES_JWT)
    assert part(token, 0) == {"alg": "ES256", "typ": "JWT", "kid": METHOD}
    claims = {name: part(token, 1)[name] for name in ("iss", "sub", "jti", "nbf", "exp")}
    assert claims == {
        "iss": "did:web:bank.example",
        "sub": "urn:uuid:2",
        "jti": "urn:uuid:1",
        "nbf": 1_798_761_600,
        "exp": 1_830_268_800,
    }


def test_one_credential_has_one_token() -> None:
    """The signature is deterministic (RFC 6979)."""
    tokens = {write_token(CREDENTIAL, KEY, method=METHOD, form=SECURED_JWT) for _ in range(3)}
    assert len(tokens) == 1


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": METHOD},
        {"alg": "HS256", "kid": METHOD},
        {"alg": "EdDSA", "kid": METHOD},
        {"alg": "ES256", "kid": METHOD, "crit": ["b64"], "b64": False},
        {"alg": "ES256", "kid": 5},
        {"alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
    ],
)
def test_a_header_never_chooses_how_it_is_verified(header: dict[str, object]) -> None:
    """No algorithm but ES256, no key of its own, nothing critical that is not known."""
    with pytest.raises(DocumentRefused):
        open_token(forged(header))


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b", "a.b.c", "€.€.€", "x" * (TOKEN_LENGTH_MAX + 1)]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    """Whatever it is."""
    with pytest.raises(DocumentRefused):
        open_token(text)


@pytest.mark.parametrize(
    "payload",
    [
        {**CREDENTIAL, "jti": "urn:uuid:9"},
        {**CREDENTIAL, "iss": "did:web:other.example"},
        {**CREDENTIAL, "exp": 9},
        {},
        [],
        {"vc": 5},
    ],
)
def test_claims_that_contradict_the_credential_are_refused(payload: object) -> None:
    """Two readers would otherwise be told two things."""
    with pytest.raises(DocumentRefused):
        open_token(forged({"alg": "ES256", "kid": METHOD}, payload))


def test_another_key_or_a_changed_payload_does_not_verify() -> None:
    """Nor a key of another suite under the same name."""
    text = write_token(CREDENTIAL, KEY, method=METHOD, form=SECURED_JWT)
    other = SigningKey(
        purpose=Purpose.CREDENTIAL_JWT, created_at=NOW, signer=SecretSigner(b"o" * 32, Suite.P256)
    )
    ed25519 = SigningKey(
        purpose=Purpose.PASS, created_at=NOW, signer=SecretSigner(bytes(range(32)))
    )
    assert not token_verifies(open_token(text), other.verification_key)
    assert not token_verifies(open_token(text), ed25519.verification_key)
    header, _, signature = text.split(".")
    changed = f"{header}.{encoded({**CREDENTIAL, 'name': 'x'})}.{signature}"
    assert not token_verifies(open_token(changed), KEY.verification_key)
