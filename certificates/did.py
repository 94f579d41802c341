"""The issuer's keys as documents: did:web (DID Core 1.0, Multikey) and JWKS (RFC 7517, RFC 8037).

Retired keys stay in both for ever, so that what they signed still verifies.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import cast

import base58

from certificates.errors import DocumentRefused
from certificates.keys import SECRET_BYTES, Suite, VerificationKey, key_id

CONTEXT = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
_ED25519_PREFIX = b"\xed\x01"  # multicodec ed25519-pub as varint
_BASE58_PREFIX = "z"


def did_document(did: str, keys: Iterable[VerificationKey]) -> dict[str, object]:
    """Give the DID document of an issuer; a method's fragment is the key's id in hex."""
    methods = [
        {
            "id": f"{did}#{key.kid.hex()}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": _multibase(key.public),
        }
        for key in keys
    ]
    return {
        "@context": list(CONTEXT),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def json_web_keys(keys: Iterable[VerificationKey]) -> dict[str, object]:
    """Give the JWKS of an issuer; without `alg`, by which verifiers differ (RFC 9864)."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": urlsafe_b64encode(key.public).rstrip(b"=").decode(),
                "kid": key.kid.hex(),
                "use": "sig",
            }
            for key in keys
        ]
    }


def read_did_document(document: Mapping[str, object]) -> tuple[str, dict[bytes, VerificationKey]]:
    """Give DID and Ed25519 keys of a document, by key id; raises `DocumentRefused`.

    Only keys that may assert and that the DID itself controls are taken; other suites are left.
    """
    try:
        did = cast("str", document["id"])
        asserting = set(cast("list[str]", document["assertionMethod"]))
        methods = cast("list[dict[str, str]]", document["verificationMethod"])
        publics = [
            _public(method["publicKeyMultibase"])
            for method in methods
            if method["type"] == "Multikey"
            and method["id"] in asserting
            and method["controller"] == did
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DocumentRefused("this is not a DID document with Multikeys") from error
    keys = [_key(public) for public in publics if public is not None]
    return did, {key.kid: key for key in keys}


def _multibase(public: bytes) -> str:
    return _BASE58_PREFIX + base58.b58encode(_ED25519_PREFIX + public).decode()


def _public(multibase: str) -> bytes | None:
    """Give an Ed25519 public key, None for a key of another suite."""
    data: bytes = base58.b58decode(multibase.removeprefix(_BASE58_PREFIX))
    is_ed25519 = data.startswith(_ED25519_PREFIX) and multibase.startswith(_BASE58_PREFIX)
    public = data.removeprefix(_ED25519_PREFIX)
    return public if is_ed25519 and len(public) == SECRET_BYTES else None


def _key(public: bytes) -> VerificationKey:
    return VerificationKey(kid=key_id(public), suite=Suite.ED25519, public=public)
