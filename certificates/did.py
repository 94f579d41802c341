"""The issuer's keys as documents: did:web (DID Core 1.0) and JWKS (RFC 7517, RFC 8037).

Retired keys stay in both for ever, so that what they signed still verifies. Ed25519 keys are listed
as Multikey, P-256 keys as JsonWebKey (Controlled Identifiers 1.0, section 2.2), the forms that
verifiers of Data Integrity and of VC-JWT look for. A learning pass is presented, a credential and a
status list assert: so pass keys stand under `authentication` and the others under
`assertionMethod`, and no key can do the work of another.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import base58
from joserfc.jwk import ECKey

from certificates.errors import DocumentRefused
from certificates.keys import VerificationKey, key_id
from certificates.suites import Suite

CONTEXT = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)
ALSO_KNOWN_AS = "alsoKnownAs"
AUTHENTICATION, ASSERTION = "authentication", "assertionMethod"
_ED25519_PREFIX = b"\xed\x01"  # multicodec ed25519-pub as varint
_ED25519_BYTES = 32
_P256_HALF = 32
_UNCOMPRESSED = b"\x04"
_BASE58_PREFIX = "z"
_MULTIBASE_LENGTH_MAX = 100
"""Reading base58 costs the square of its length."""
DID_KEY = "did:key:"

Keys = Iterable[VerificationKey]


def method_id(did: str, key: VerificationKey) -> str:
    """Name the verification method of a key; its fragment is the key's id in hex."""
    return f"{did}#{key.kid.hex()}"


def did_document(
    did: str, *, presenting: Keys, asserting: Keys, other_names: Sequence[str] = ()
) -> dict[str, object]:
    """Give the DID document of an issuer; `other_names` are its other DIDs (section 5.1.3)."""
    passes, others = (
        [_method(did, one) for one in presenting],
        [_method(did, one) for one in asserting],
    )
    return {
        "@context": list(CONTEXT),
        "id": did,
        **({ALSO_KNOWN_AS: list(other_names)} if other_names else {}),
        "verificationMethod": [*passes, *others],
        AUTHENTICATION: [method["id"] for method in passes],
        ASSERTION: [method["id"] for method in others],
    }


def json_web_keys(keys: Keys) -> dict[str, object]:
    """Give the JWKS of an issuer; without `alg`, by which verifiers differ (RFC 9864)."""
    return {"keys": [_jwk(key) | {"kid": key.kid.hex(), "use": "sig"} for key in keys]}


def methods_of(document: Mapping[str, Any], relation: str) -> dict[str, VerificationKey]:
    """Give a DID document's keys of one relation by verification method; raises `DocumentRefused`.

    Only keys that the DID itself controls are taken; those of other suites are left. A method may
    stand in the relation itself (DID Core, section 5.3).
    """
    try:
        did = _text(document["id"])
        listed = [one for one in document[relation] if isinstance(one, str)]
        embedded = [one for one in document[relation] if isinstance(one, Mapping)]
        known = [one for one in document.get("verificationMethod", ()) if one["id"] in listed]
        found = {
            _absolute(did, _text(one["id"])): _public(one)
            for one in (*known, *embedded)
            if one["controller"] == did
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DocumentRefused("this is not a DID document") from error
    return {name: _key(*public) for name, public in found.items() if public is not None}


def read_did_document(document: Mapping[str, object]) -> tuple[str, dict[bytes, VerificationKey]]:
    """Give DID and pass keys of the bank's document, by key id; raises `DocumentRefused`."""
    keys = methods_of(document, AUTHENTICATION).values()
    ed25519 = [key for key in keys if key.suite is Suite.ED25519]
    return cast("str", document["id"]), {key.kid: key for key in ed25519}


def other_names_in(document: Mapping[str, object]) -> tuple[str, ...]:
    """Give the other DIDs that a document says its subject has; raises `DocumentRefused`.

    Believe them only of a document that is trusted by itself: whoever writes one may claim any.
    """
    names = document.get(ALSO_KNOWN_AS, [])
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise DocumentRefused("other names are a list of texts")
    return tuple(names)


def key_of_did(did: str) -> VerificationKey | None:
    """Give the Ed25519 key that a did:key is (did:key 0.9, section 3.1), None for another suite."""
    public = _from_multibase(did.removeprefix(DID_KEY))
    return None if public is None else _key(*public)


def did_of_key(key: VerificationKey) -> str:
    """Give an Ed25519 key as did:key."""
    return DID_KEY + _multibase(key.public)


def ec_jwk(key: VerificationKey) -> ECKey:
    """Give a P-256 key as a library's JSON Web Key."""
    return ECKey.import_key({**_jwk(key)})


def _method(did: str, key: VerificationKey) -> dict[str, object]:
    base: dict[str, object] = {"id": method_id(did, key), "controller": did}
    if key.suite is Suite.P256:
        return base | {"type": "JsonWebKey", "publicKeyJwk": _jwk(key)}
    return base | {"type": "Multikey", "publicKeyMultibase": _multibase(key.public)}


def _jwk(key: VerificationKey) -> dict[str, str]:
    if key.suite is Suite.P256:
        x, y = key.public[1 : 1 + _P256_HALF], key.public[1 + _P256_HALF :]
        return {"kty": "EC", "crv": "P-256", "x": _base64(x), "y": _base64(y)}
    return {"kty": "OKP", "crv": "Ed25519", "x": _base64(key.public)}


def _public(method: Mapping[str, Any]) -> tuple[Suite, bytes] | None:
    """Give suite and public part of a method, None where it is of another suite."""
    if "publicKeyMultibase" in method:
        return _from_multibase(_text(method["publicKeyMultibase"]))
    jwk = method.get("publicKeyJwk")
    if not isinstance(jwk, Mapping) or "d" in jwk:
        return None
    if (jwk.get("kty"), jwk.get("crv")) == ("OKP", "Ed25519"):
        return Suite.ED25519, _coordinate(jwk["x"])
    if (jwk.get("kty"), jwk.get("crv")) == ("EC", "P-256"):
        return Suite.P256, _UNCOMPRESSED + _coordinate(jwk["x"]) + _coordinate(jwk["y"])
    return None


def _from_multibase(multibase: str) -> tuple[Suite, bytes] | None:
    if len(multibase) > _MULTIBASE_LENGTH_MAX:
        return None
    try:
        data: bytes = base58.b58decode(multibase.removeprefix(_BASE58_PREFIX))
    except ValueError:
        return None
    public = data.removeprefix(_ED25519_PREFIX)
    is_ed25519 = data.startswith(_ED25519_PREFIX) and multibase.startswith(_BASE58_PREFIX)
    return (Suite.ED25519, public) if is_ed25519 and len(public) == _ED25519_BYTES else None


def _coordinate(text: object) -> bytes:
    data = urlsafe_b64decode(_text(text) + "==")
    if len(data) != _P256_HALF:
        message = "a coordinate has 32 bytes"
        raise ValueError(message)
    return data


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = "this is not text"
        raise TypeError(message)
    return value


def _absolute(did: str, name: str) -> str:
    """Give a method's whole name; it may be written as a fragment (DID Core, section 3.2.2)."""
    return did + name if name.startswith("#") else name


def _multibase(public: bytes) -> str:
    return _BASE58_PREFIX + base58.b58encode(_ED25519_PREFIX + public).decode()


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _key(suite: Suite, public: bytes) -> VerificationKey:
    return VerificationKey(kid=key_id(public), suite=suite, public=public)
