"""What the data model asks of a credential (VCDM 2.0, section 4), rule by rule."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from certificates.data_integrity import RDFC
from certificates.errors import DocumentRefused
from certificates.keys import Purpose, SigningKey
from certificates.signer import SecretSigner
from certificates.suites import Suite
from creditbank.credentials.conformance import ConformanceIssuer

V2 = "https://www.w3.org/ns/credentials/v2"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
KEY = SigningKey(
    purpose=Purpose.CREDENTIAL,
    created_at=NOW,
    signer=SecretSigner(suite=Suite.ED25519, secret=bytes(range(32))),
)
CREDENTIAL: dict[str, Any] = {
    "@context": [V2],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "urn:uuid:1"},
}


def without(name: str) -> Callable[[dict[str, Any]], object]:
    """Take a member away."""
    return lambda document: document.pop(name)


def having(**members: object) -> Callable[[dict[str, Any]], object]:
    """Set members."""
    return lambda document: document.update(members)


@pytest.mark.parametrize(
    "change",
    [
        without("@context"),
        having(**{"@context": ["https://www.w3.org/ns/credentials/examples/v2", V2]}),
        without("type"),
        having(type=["Other"]),
        having(type=["VerifiableCredential", "Undefined"]),
        having(id="not a url"),
        having(id=["urn:uuid:1", "urn:uuid:2"]),
        without("credentialSubject"),
        having(credentialSubject={}),
        having(credentialSubject=[]),
        having(credentialSubject="text"),
        having(credentialSubject={"id": "relative"}),
        without("issuer"),
        having(issuer=None),
        having(issuer=["did:key:a"]),
        having(issuer="did:web:bank.test"),
        having(validFrom="2027-01-01T00:00:00"),
        having(validFrom="soon"),
        having(validFrom="2027-01-02T00:00:00Z", validUntil="2027-01-01T00:00:00Z"),
        having(name=5),
        having(name={"@value": "x", "colour": "red"}),
        having(credentialStatus={"id": "urn:x:1"}),
        having(credentialSchema={"type": "JsonSchema"}),
        having(evidence=[{"id": "urn:x:1"}]),
        having(termsOfUse="text"),
        having(undefinedTerm="x"),
    ],
)
def test_a_credential_that_breaks_the_data_model_is_never_signed(
    change: Callable[[dict[str, Any]], object],
) -> None:
    """Refused with what to mend, whoever asks."""
    issuer = ConformanceIssuer(key=KEY)
    wrong = {**CREDENTIAL, "issuer": issuer.did}
    assert issuer.issue(wrong, RDFC, NOW)
    change(wrong)
    with pytest.raises(DocumentRefused):
        issuer.issue(wrong, RDFC, NOW)


def test_another_suite_is_refused() -> None:
    """Only what is verified here is signed here."""
    issuer = ConformanceIssuer(key=KEY)
    with pytest.raises(DocumentRefused, match="suites"):
        issuer.issue({**CREDENTIAL, "issuer": issuer.did}, "ecdsa-rdfc-2019", NOW)
