import json
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from certificates import linked_data
from certificates.data_integrity import JCS, RDFC, proofs_of, secure, verifies
from certificates.did import DID_KEY, did_of_key, key_of_did
from certificates.errors import DocumentRefused
from certificates.keys import Purpose, SigningKey, VerificationKey
from certificates.linked_data import canonical
from certificates.signer import SecretSigner

VECTORS = Path(__file__).parents[2] / "vectors" / "data_integrity"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
PUBLISHED = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
KEY = SigningKey(purpose=Purpose.CREDENTIAL, created_at=NOW, signer=SecretSigner(bytes(range(32))))
METHOD = "did:web:bank.example#key"


@pytest.fixture(autouse=True)
def _examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pin the context of the specification's examples too, which no credential may have."""
    file = str(VECTORS / "examples-context.json")
    monkeypatch.setattr(
        linked_data, "PINNED", MappingProxyType({**linked_data.PINNED, EXAMPLES: file})
    )


def vector(cryptosuite: str) -> Any:
    """Give a signed document of the specification."""
    return json.loads((VECTORS / f"{cryptosuite}.json").read_text("utf-8"))


def published_key() -> VerificationKey:
    """Give the key that signed the vectors."""
    key = key_of_did(DID_KEY + PUBLISHED)
    assert key is not None
    return key


@pytest.mark.parametrize("cryptosuite", [RDFC, JCS])
def test_the_signed_vector_of_the_specification_verifies(cryptosuite: str) -> None:
    """And no member of it can be changed, nor any option of its proof."""
    signed = vector(cryptosuite)
    (proof,) = proofs_of(signed)
    assert verifies(signed, proof, published_key())
    assert not verifies({**signed, "name": "another"}, proof, published_key())
    later = {**proof, "created": "2023-02-24T23:36:39Z"}
    assert not verifies(signed, later, published_key())
    assert not verifies(signed, proof, KEY.verification_key)


def test_the_canonical_form_is_that_of_the_specification() -> None:
    """Byte for byte, with its blank nodes named as RDFC-1.0 names them."""
    unsecured = {name: value for name, value in vector(RDFC).items() if name != "proof"}
    expected = (VECTORS / "eddsa-rdfc-2022.canonical.txt").read_text("utf-8")
    assert canonical(unsecured).decode().rstrip("\n") == expected.rstrip("\n")


@pytest.mark.parametrize("cryptosuite", [RDFC, JCS])
def test_what_is_secured_here_verifies_here(cryptosuite: str) -> None:
    """A second proof stands beside the first, and both hold."""
    unsecured = {name: value for name, value in vector(RDFC).items() if name != "proof"}
    once = secure(unsecured, KEY, method=METHOD, created=NOW, cryptosuite=cryptosuite)
    twice = secure(once, KEY, method=METHOD, created=NOW, cryptosuite=cryptosuite)
    assert len(twice["proof"]) == 2
    assert all(verifies(twice, proof, KEY.verification_key) for proof in twice["proof"])


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "ecdsa-rdfc-2019"},
        {"proofPurpose": "authentication"},
        {"proofValue": "uAAAA"},
        {"proofValue": "z0OIl"},
        {"proofValue": "z" + "1" * 10},
        {"proofValue": 5},
        {"created": "2023-02-24T23:36:38"},
        {"created": "soon"},
        {"verificationMethod": None},
    ],
)
def test_a_proof_of_another_form_is_refused(changed: dict[str, object]) -> None:
    """It is not judged at all, rather than judged by a guess."""
    signed = vector(RDFC)
    (proof,) = proofs_of(signed)
    with pytest.raises(DocumentRefused):
        verifies(signed, {**proof, **changed}, published_key())


def test_a_proof_with_contexts_of_its_own_signs_nothing_else() -> None:
    """The contexts of a proof must be those with which the document begins."""
    signed = vector(JCS)
    (proof,) = proofs_of(signed)
    assert not verifies({**signed, "@context": [EXAMPLES]}, proof, published_key())


def test_a_key_is_read_from_its_did_and_written_again() -> None:
    """Another suite's key is none that is known here."""
    assert did_of_key(published_key()) == DID_KEY + PUBLISHED
    assert key_of_did("did:key:zDnaeucDGfhXHoJVqot3p21RuupNJ2fZrs8Lb1GV83VnSo2jR") is None
    assert key_of_did("did:key:z0") is None
