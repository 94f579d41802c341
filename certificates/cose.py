"""COSE_Sign1 with EdDSA (RFC 9052, section 4.2): the envelope of every learning pass."""

from dataclasses import dataclass

import cbor2

from certificates.errors import DocumentRefused
from certificates.keys import KID_BYTES, SigningKey

SIGN1_TAG = 18
ALGORITHM, EDDSA = 1, -8
KEY_ID = 4
SIGNATURE_BYTES = 64
_PARTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """An opened envelope; nothing in it is verified yet."""

    kid: bytes
    payload: bytes
    signature: bytes
    signed: bytes


def sign1(payload: bytes, key: SigningKey) -> bytes:
    """Sign a payload: tag 18, algorithm and key id in the protected header."""
    protected = cbor2.dumps({ALGORITHM: EDDSA, KEY_ID: key.kid}, canonical=True)
    signature = key.sign(_to_be_signed(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(SIGN1_TAG, [protected, {}, payload, signature]))


def open1(document: bytes) -> SignedDocument:
    """Open an envelope; raises `DocumentRefused` unless it is written as `sign1` writes it."""
    try:
        envelope = cbor2.loads(document)
        protected, unprotected, payload, signature = envelope.value
        header = cbor2.loads(protected)
        kid = header[KEY_ID]
    except Exception as error:  # cbor2 raises many kinds for hostile bytes; all mean one thing.
        raise DocumentRefused("this is not a COSE_Sign1") from error
    expected = cbor2.dumps({ALGORITHM: EDDSA, KEY_ID: kid}, canonical=True)
    rebuilt = cbor2.CBORTag(SIGN1_TAG, [expected, {}, payload, signature])
    is_bytes = all(isinstance(part, bytes) for part in (protected, payload, signature, kid))
    if not is_bytes or unprotected != {} or cbor2.dumps(rebuilt) != document:
        raise DocumentRefused("this COSE_Sign1 is not in its one deterministic form")
    if len(kid) != KID_BYTES or len(signature) != SIGNATURE_BYTES:
        raise DocumentRefused("the key id or the signature has the wrong length")
    return SignedDocument(
        kid=kid, payload=payload, signature=signature, signed=_to_be_signed(protected, payload)
    )


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Give the Sig_structure (RFC 9052, section 4.4)."""
    return cbor2.dumps(["Signature1", protected, b"", payload])
