"""Data Integrity proofs of Ed25519 (VC Data Integrity 1.0; Data Integrity EdDSA Cryptosuites 1.0).

`eddsa-rdfc-2022` (section 3.2) signs the canonical RDF of a document, `eddsa-jcs-2022`
(section 3.3) its canonical JSON (RFC 8785). `proof` is always an array, as Open Badges 3.0 asks.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import base58
import rfc8785

from certificates.errors import DocumentRefused
from certificates.keys import SigningKey, VerificationKey
from certificates.suites import SIGNATURE_BYTES, Suite
from certificates.times import parse_time, write_time
from certificates.vocabularies import JSONObject

PROOF_TYPE = "DataIntegrityProof"
RDFC, JCS = "eddsa-rdfc-2022", "eddsa-jcs-2022"
ASSERTION, AUTHENTICATION = "assertionMethod", "authentication"
_BASE58 = "z"
_VALUE_LENGTH_MAX = 100
"""Reading base58 costs the square of its length."""
PROOFS_MAX = 4
"""How many proofs one document may have: each costs a canonical form."""


def _rdfc(document: JSONObject) -> bytes:
    from certificates.linked_data import canonical  # noqa: PLC0415 - who signs nothing starts faster

    return canonical(document)


def _jcs(document: JSONObject) -> bytes:
    try:
        return rfc8785.dumps(dict(document))
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise DocumentRefused("this has no canonical JSON") from error


_CANONICAL: Mapping[str, Callable[[JSONObject], bytes]] = MappingProxyType({RDFC: _rdfc, JCS: _jcs})


def secure(
    document: JSONObject,
    key: SigningKey,
    *,
    method: str,
    created: datetime,
    cryptosuite: str = RDFC,
) -> dict[str, Any]:
    """Give the document with a proof by this key, whose verification method is `method`.

    A document with proofs already gets a further one beside them (a proof set, VC Data Integrity,
    section 2.1.1). Raises `DocumentRefused` where it has no canonical form.
    """
    options: dict[str, Any] = {
        "type": PROOF_TYPE,
        "cryptosuite": cryptosuite,
        "created": write_time(created),
        "verificationMethod": method,
        "proofPurpose": ASSERTION,
    }
    if cryptosuite == JCS and "@context" in document:
        options["@context"] = document["@context"]
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    signature = key.sign(_to_be_signed(unsecured, options))
    proof = options | {"proofValue": _BASE58 + base58.b58encode(signature).decode()}
    return {**unsecured, "proof": [*document.get("proof", []), proof]}


def proofs_of(document: JSONObject) -> list[JSONObject]:
    """Give the proofs of a document as a list; raises `DocumentRefused` where they are none."""
    proofs = document.get("proof", [])
    listed = proofs if isinstance(proofs, list) else [proofs]
    if not all(isinstance(one, Mapping) for one in listed):
        raise DocumentRefused("a proof is an object")
    if len(listed) > PROOFS_MAX:
        raise DocumentRefused(f"a document has at most {PROOFS_MAX} proofs")
    return listed


def is_supported(proof: JSONObject) -> bool:
    """Say whether a proof is of a suite that is verified here."""
    return proof.get("type") == PROOF_TYPE and proof.get("cryptosuite") in _CANONICAL


def verifies(
    document: JSONObject, proof: JSONObject, key: VerificationKey, *, purpose: str = ASSERTION
) -> bool:
    """Say whether `proof` is by this key over this document; raises `DocumentRefused`.

    Whose the key is, and whether it may assert, is for the caller to say.
    """
    _require_form(proof, purpose)
    signature = _signature(proof["proofValue"])
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if "@context" in options and not _begins_with(document.get("@context"), options["@context"]):
        return False
    data = _to_be_signed(unsecured, options)
    return key.suite is Suite.ED25519 and key.verifies(signature, data)


def _to_be_signed(document: JSONObject, options: JSONObject) -> bytes:
    """Give the proof options' hash and then the document's (sections 3.2.4 and 3.3.4)."""
    form = _CANONICAL[options["cryptosuite"]]
    if options["cryptosuite"] == RDFC:
        options = {**options, "@context": document.get("@context")}
    elif "@context" in options:
        document = {**document, "@context": options["@context"]}
    return b"".join(hashlib.sha256(form(one)).digest() for one in (options, document))


def _require_form(proof: JSONObject, purpose: str) -> None:
    if not is_supported(proof):
        raise DocumentRefused("the proof is of no suite that is verified here")
    for name in ("verificationMethod", "proofPurpose", "proofValue"):
        if not isinstance(proof.get(name), str):
            raise DocumentRefused(f"the proof's {name} is text")
    if proof["proofPurpose"] != purpose:
        raise DocumentRefused(f"the proof is not made for {purpose}")
    for name in ("created", "expires"):
        if name in proof:
            parse_time(proof[name])


def _signature(value: str) -> bytes:
    if not value.startswith(_BASE58) or len(value) > _VALUE_LENGTH_MAX:
        raise DocumentRefused("the proof value is multibase of base58")
    try:
        signature: bytes = base58.b58decode(value.removeprefix(_BASE58))
    except ValueError as error:
        raise DocumentRefused("the proof value is no base58") from error
    if len(signature) != SIGNATURE_BYTES:
        raise DocumentRefused(f"a signature has {SIGNATURE_BYTES} bytes")
    return signature


def _begins_with(contexts: object, those: object) -> bool:
    """Say whether the document's contexts begin with those of the proof (section 3.3.2)."""
    every, first = (one if isinstance(one, list) else [one] for one in (contexts, those))
    return every[: len(first)] == first
