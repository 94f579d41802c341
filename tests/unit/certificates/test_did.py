import pytest

from certificates.did import did_document, json_web_keys, read_did_document
from certificates.errors import DocumentRefused
from tests.vectors.passes import ISSUER, KEY

DOCUMENT = did_document(ISSUER, [KEY.verification_key])


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
        {"assertionMethod": []},
    ],
)
def test_a_key_that_the_issuer_does_not_vouch_for_is_left_out(changed: dict[str, object]) -> None:
    """A method of another controller, or not for assertions, signs no pass."""
    assert read_did_document({**DOCUMENT, **changed})[1] == {}


@pytest.mark.parametrize("document", [{}, {"id": 1}, {**DOCUMENT, "verificationMethod": [{}]}])
def test_a_malformed_document_is_refused(document: dict[str, object]) -> None:
    """The folder was not written by `keys export`."""
    with pytest.raises(DocumentRefused):
        read_did_document(document)
