import time

import pytest

from certificates.did import (
    ASSERTION,
    AUTHENTICATION,
    did_document,
    json_web_keys,
    key_of_did,
    method_id,
    methods_of,
    read_did_document,
)
from certificates.errors import DocumentRefused
from certificates.keys import Purpose, SigningKey
from certificates.signer import SecretSigner
from certificates.suites import Suite
from tests.vectors.passes import ISSUER, KEY

P256 = SigningKey(
    purpose=Purpose.CREDENTIAL_JWT,
    created_at=KEY.created_at,
    signer=SecretSigner(bytes(range(32)), Suite.P256),
)
OTHER = SigningKey(
    purpose=Purpose.CREDENTIAL, created_at=KEY.created_at, signer=SecretSigner(b"o" * 32)
)
DOCUMENT = did_document(
    ISSUER,
    presenting=[KEY.verification_key],
    asserting=[OTHER.verification_key, P256.verification_key],
)


def test_a_did_document_gives_its_keys_back() -> None:
    """Who has the document verifies without the bank."""
    assert read_did_document(DOCUMENT) == (ISSUER, {KEY.kid: KEY.verification_key})


def test_the_multikey_is_that_of_the_specification() -> None:
    """Ed25519 Multikeys begin with z6Mk; the method is named by the key's id."""
    methods = DOCUMENT["verificationMethod"]
    assert isinstance(methods, list)
    assert methods[0]["publicKeyMultibase"].startswith("z6Mk")
    assert methods[0]["id"] == f"{ISSUER}#{KEY.kid.hex()}"


def test_a_json_web_key_names_no_algorithm() -> None:
    """Verifiers differ on its name, and refuse what they do not expect."""
    (key,) = json_web_keys([KEY.verification_key])["keys"]  # type: ignore[misc]
    assert sorted(key) == ["crv", "kid", "kty", "use", "x"]


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "did:web:other.example"},
        {"authentication": []},
    ],
)
def test_a_key_that_the_issuer_does_not_vouch_for_is_left_out(changed: dict[str, object]) -> None:
    """A method of another controller, or not for presentations, signs no pass."""
    assert read_did_document({**DOCUMENT, **changed})[1] == {}


def test_each_key_does_the_work_of_its_relation_alone() -> None:
    """A pass key asserts nothing, and what asserts presents nothing."""
    presenting, asserting = (methods_of(DOCUMENT, one) for one in (AUTHENTICATION, ASSERTION))
    assert presenting == {method_id(ISSUER, KEY.verification_key): KEY.verification_key}
    assert set(asserting.values()) == {OTHER.verification_key, P256.verification_key}


def test_a_method_may_stand_in_its_relation_and_have_a_short_name() -> None:
    """As other issuers write them (DID Core, sections 3.2.2 and 5.3)."""
    (method,) = (one for one in DOCUMENT["verificationMethod"] if "publicKeyJwk" in one)  # type: ignore[attr-defined]
    short = {**method, "id": "#key-1"}
    embedded = {**DOCUMENT, "verificationMethod": [], ASSERTION: [short]}
    assert methods_of(embedded, ASSERTION) == {f"{ISSUER}#key-1": P256.verification_key}


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "RSA", "n": "AA", "e": "AQAB"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"},
    ],
)
def test_a_key_of_another_suite_or_a_secret_one_is_left_out(jwk: dict[str, str]) -> None:
    """It is no fault of the document."""
    method = {"id": "#k", "type": "JsonWebKey", "controller": ISSUER, "publicKeyJwk": jwk}
    assert methods_of({"id": ISSUER, ASSERTION: [method]}, ASSERTION) == {}


@pytest.mark.parametrize("document", [{}, {"id": 1}, {**DOCUMENT, "verificationMethod": [{}]}])
def test_a_malformed_document_is_refused(document: dict[str, object]) -> None:
    """The folder was not written by `keys export`."""
    with pytest.raises(DocumentRefused):
        read_did_document(document)


def test_a_key_that_is_far_too_long_is_none_at_once() -> None:
    """Reading base58 costs the square of its length."""
    began = time.monotonic()
    assert key_of_did("did:key:z" + "6" * 400_000) is None
    assert time.monotonic() - began < 1
