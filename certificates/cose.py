"""COSE_Sign1 with EdDSA (RFC 9052, section 4.2): the envelope of every learning pass."""

from dataclasses import dataclass
from functools import lru_cache

import cbor2

from certificates.errors import DocumentRefused
from certificates.keys import KID_BYTES, SigningKey

SIGN1_TAG = 18
ALGORITHM, EDDSA = 1, -8
KEY_ID = 4
SIGNATURE_BYTES = 64
DOCUMENT_BYTES_MAX = 2**19


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """An opened envelope; nothing in it is verified yet."""

    kid: bytes
    payload: bytes
    signature: bytes
    signed: bytes


def sign1(payload: bytes, key: SigningKey) -> bytes:
    """Sign a payload: tag 18, algorithm and key id in the protected header."""
    return _envelope(key.kid, payload, key.sign(_to_be_signed(key.kid, payload)))


def open1(document: bytes) -> SignedDocument:
    """Open an envelope; raises `DocumentRefused` unless it is written as `sign1` writes it."""
    if len(document) > DOCUMENT_BYTES_MAX:
        raise DocumentRefused(f"a document has at most {DOCUMENT_BYTES_MAX} bytes")
    try:
        protected, _, payload, signature = cbor2.loads(document).value
        kid = cbor2.loads(protected)[KEY_ID]
    except Exception as error:  # cbor2 raises many kinds for hostile bytes; all mean one thing.
        raise DocumentRefused("this is not a COSE_Sign1") from error
    if not all(type(part) is bytes for part in (kid, payload, signature)):
        raise DocumentRefused("the key id, the payload and the signature are bytes")
    if len(kid) != KID_BYTES or len(signature) != SIGNATURE_BYTES:
        raise DocumentRefused("the key id or the signature has the wrong length")
    # Writing it again refuses every other algorithm, header and encoding.
    if _envelope(kid, payload, signature) != document:
        raise DocumentRefused("this COSE_Sign1 is not in its one deterministic form")
    signed = _to_be_signed(kid, payload)
    return SignedDocument(kid=kid, payload=payload, signature=signature, signed=signed)


def _envelope(kid: bytes, payload: bytes, signature: bytes) -> bytes:
    parts = [_protected_header(kid), {}, payload, signature]
    return cbor2.dumps(cbor2.CBORTag(SIGN1_TAG, parts))


def _to_be_signed(kid: bytes, payload: bytes) -> bytes:
    """Give the Sig_structure (RFC 9052, section 4.4)."""
    return cbor2.dumps(["Signature1", _protected_header(kid), b"", payload])


@lru_cache(maxsize=64)
def _protected_header(kid: bytes) -> bytes:
    return cbor2.dumps({ALGORITHM: EDDSA, KEY_ID: kid}, canonical=True)
