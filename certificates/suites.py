"""Named signature suites: the keys of each, and how they sign. SM2 has its place here.

| suite | public part | signature |
|---|---|---|
| Ed25519 (RFC 8032) | 32 bytes | 64 bytes |
| P-256 with SHA-256 (ES256, RFC 7518) | 65 bytes, uncompressed point (SEC 1) | r ‖ s, 64 bytes |

P-256 signs deterministically (RFC 6979), so that one document has one signature.
"""

from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SECRET_BYTES = 32
SIGNATURE_BYTES = 64
_HALF = SIGNATURE_BYTES // 2


class Suite(StrEnum):
    """A named signature suite."""

    ED25519 = "Ed25519"
    P256 = "P-256"

    def public(self, secret: bytes) -> bytes:
        """Give the public part of a secret of 32 bytes; raises `ValueError` where it is none."""
        if self is Suite.P256:
            point = _p256(secret).public_key()
            return point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _ed25519(secret).public_key().public_bytes_raw()

    def sign(self, secret: bytes, data: bytes) -> bytes:
        """Sign; 64 bytes."""
        if self is Suite.P256:
            scheme = ec.ECDSA(SHA256(), deterministic_signing=True)
            r, s = decode_dss_signature(_p256(secret).sign(data, scheme))
            return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
        return _ed25519(secret).sign(data)

    def verifies(self, public: bytes, signature: bytes, data: bytes) -> bool:
        """Say whether this is a signature of `data` by the key of this public part."""
        try:
            if self is Suite.P256:
                point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
                point.verify(_der(signature), data, ec.ECDSA(SHA256()))
            else:
                Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


@lru_cache(maxsize=64)
def _ed25519(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)


@lru_cache(maxsize=64)
def _p256(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def _der(signature: bytes) -> bytes:
    if len(signature) != SIGNATURE_BYTES:
        message = "a signature has 64 bytes"
        raise ValueError(message)
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    return encode_dss_signature(r, s)
