"""Where the document of a did:web lies, by its specification's own examples."""

import pytest

from certificates.did_web import DID_LENGTH_MAX, document_url
from certificates.errors import DocumentRefused


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        (
            "did:web:w3c-ccg.github.io:user:alice",
            "https://w3c-ccg.github.io/user/alice/did.json",
        ),
        ("did:web:issuer.example%3A443", "https://issuer.example/.well-known/did.json"),
        ("did:web:issuer.example:%E5%AD%A6", "https://issuer.example/%E5%AD%A6/did.json"),
    ],
)
def test_the_document_of_a_did_lies_below_its_host(did: str, url: str) -> None:
    """At the well-known place, or at the end of the path."""
    assert document_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:web:",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "https://issuer.example",
        "did:web:issuer.example%3A8443",
        "did:web:issuer.example%3A443%3A443",
        "did:web:issuer.example%2Fpath",
        "did:web:user%40issuer.example",
        "did:web:issuer.example/path",
        "did:web:issuer.example?x",
        "did:web:issuer.example#key",
        "did:web:issuer.example:",
        "did:web:issuer.example::a",
        "did:web:issuer.example:..:a",
        "did:web:issuer.example:%2e%2E:a",
        "did:web:issuer.example:%252e:a",
        "did:web:issuer.example:a%2Fb",
        "did:web:issuer.example:a%00",
        "did:web:issuer.example:a b",
        "did:web:[::1]",
        "did:web:发证.example",
        "did:web:issuer.example" + ":a" * DID_LENGTH_MAX,
    ],
)
def test_nothing_else_has_one(did: str) -> None:
    """Another port, another method, and whatever leads out of its path."""
    with pytest.raises(DocumentRefused):
        document_url(did)
