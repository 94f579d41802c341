"""Issue and verify whatever a conformance suite sends, under a key that is nobody's but its own.

The key follows from a signature of the bank's credential key, so that it is the same after a
restart; what it signs bears the name of a did:key, never that of the bank.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from certificates.credential_form import require_form
from certificates.data_integrity import (
    ASSERTION,
    AUTHENTICATION,
    JCS,
    RDFC,
    is_supported,
    proofs_of,
    secure,
    verifies,
)
from certificates.did import DID_KEY, did_of_key, key_of_did
from certificates.errors import DocumentRefused
from certificates.keys import Purpose, SigningKey
from certificates.linked_data import canonical
from certificates.signer import SecretSigner

_LABEL = b"creditbank/conformance/v1"
_SUITES = (RDFC, JCS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformanceIssuer:
    """Signs and verifies for a suite."""

    key: SigningKey

    @classmethod
    def of(cls, bank_key: SigningKey) -> "ConformanceIssuer":
        """Derive the suite's key."""
        signer = SecretSigner(sha256(bank_key.sign(_LABEL)).digest())
        key = SigningKey(purpose=Purpose.CREDENTIAL, created_at=bank_key.created_at, signer=signer)
        return cls(key=key)

    @property
    def did(self) -> str:
        """The name under which it signs."""
        return did_of_key(self.key.verification_key)

    def issue(
        self, credential: Mapping[str, Any], cryptosuite: str, now: datetime
    ) -> dict[str, Any]:
        """Sign a credential of this issuer; raises `DocumentRefused`."""
        if cryptosuite not in _SUITES:
            raise DocumentRefused(f"the suites are {', '.join(_SUITES)}")
        require_form(credential)
        issuer = credential["issuer"]
        if (issuer if isinstance(issuer, str) else issuer["id"]) != self.did:
            raise DocumentRefused(f"this issuer is {self.did}")
        canonical({name: value for name, value in credential.items() if name != "proof"})
        method = f"{self.did}#{self.did.removeprefix(DID_KEY)}"
        return secure(credential, self.key, method=method, created=now, cryptosuite=cryptosuite)


def verify_document(document: Mapping[str, Any]) -> None:
    """Verify a credential signed by a did:key; raises `DocumentRefused` with the reason."""
    require_form(document)
    issuer = document["issuer"]
    _verify_proofs(document, ASSERTION, issuer if isinstance(issuer, str) else issuer["id"])


def verify_presentation(presentation: Mapping[str, Any]) -> None:
    """Verify a presentation, signed or not, and every credential in it."""
    require_form(presentation, "VerifiablePresentation")
    credentials = presentation.get("verifiableCredential", [])
    for one in credentials if isinstance(credentials, list) else [credentials]:
        if not isinstance(one, Mapping):
            raise DocumentRefused("a credential is an object")
        verify_document(one)
    if "proof" in presentation:
        _verify_proofs(presentation, AUTHENTICATION, presentation.get("holder"))


def _verify_proofs(document: Mapping[str, Any], purpose: str, controller: object) -> None:
    proofs = proofs_of(document)
    if not proofs:
        raise DocumentRefused("there is no proof")
    for proof in proofs:
        method = proof.get("verificationMethod")
        if not is_supported(proof) or not isinstance(method, str):
            raise DocumentRefused("a proof is of no suite that is verified here")
        did = method.partition("#")[0]
        if controller is not None and controller != did:
            raise DocumentRefused("the proof is by another key than its document names")
        key = key_of_did(did) if did.startswith(DID_KEY) else None
        if key is None or not verifies(document, proof, key, purpose=purpose):
            raise DocumentRefused("the signature does not belong to this document")
