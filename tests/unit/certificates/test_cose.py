import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.cose import DOCUMENT_BYTES_MAX, open1, sign1
from certificates.errors import DocumentRefused
from certificates.keys import SigningKey

PAYLOAD = b"claims"


def test_an_envelope_is_a_cose_sign1_of_the_standard(key: SigningKey) -> None:
    """Built here by hand from RFC 9052, sections 4.2 and 4.4, not by our own code."""
    document = cbor2.loads(sign1(PAYLOAD, key))
    protected, unprotected, payload, signature = document.value
    assert document.tag == 18
    assert protected == bytes.fromhex("a201270448") + key.kid
    assert (unprotected, payload) == ({}, PAYLOAD)
    structure = cbor2.dumps(["Signature1", protected, b"", PAYLOAD])
    Ed25519PublicKey.from_public_bytes(key.public).verify(signature, structure)


def test_an_envelope_opens_to_what_was_signed(key: SigningKey) -> None:
    """Opening gives the parts, unverified."""
    opened = open1(sign1(PAYLOAD, key))
    assert (opened.kid, opened.payload) == (key.kid, PAYLOAD)
    assert key.verification_key.verifies(opened.signature, opened.signed)


def test_the_envelope_costs_85_bytes(key: SigningKey) -> None:
    """The budget of a printed code counts on it."""
    assert len(sign1(bytes(200), key)) == 285


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, b""),
        (0, cbor2.dumps({1: -7, 4: bytes(8)}, canonical=True)),
        (0, cbor2.dumps({1: -8, 4: bytes(7)}, canonical=True)),
        (0, cbor2.dumps({1: -8, 4: "12345678"}, canonical=True)),
        (0, cbor2.dumps({1: -8, 4: bytes(8), 3: 0}, canonical=True)),
        (0, cbor2.dumps({4: bytes(8), 1: -8})),
        (0, bytes.fromhex("a2012704d81c81d81d00")),
        (1, {4: bytes(8)}),
        (2, "text"),
        (2, None),
        (3, bytes(63)),
        (3, "s" * 64),
    ],
)
def test_another_envelope_is_refused(key: SigningKey, place: int, value: object) -> None:
    """Other algorithms, headers, lengths and types are not read, nor a list that holds itself."""
    parts = list(cbor2.loads(sign1(PAYLOAD, key)).value)
    parts[place] = value
    with pytest.raises(DocumentRefused):
        open1(cbor2.dumps(cbor2.CBORTag(18, parts)))


def test_an_untagged_longer_or_larger_envelope_is_refused(key: SigningKey) -> None:
    """Only tag 18, nothing behind it, and a bounded size."""
    document = sign1(PAYLOAD, key)
    for other in (document[1:], b"\xd1" + document[1:], document + b"\x00", b""):
        with pytest.raises(DocumentRefused):
            open1(other)
    with pytest.raises(DocumentRefused, match="at most"):
        open1(sign1(bytes(DOCUMENT_BYTES_MAX), key))
