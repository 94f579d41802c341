"""The issuer's keys as everybody may have them: one DID document for each name that it has or had.

All keys stand in all of them, so that what was signed under a former name still verifies, and a
status list of that name is still signed by a key in its document. Each names the others.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from certificates.did import ASSERTION, did_document, methods_of
from certificates.keys import KeyRing, Purpose, VerificationKey
from creditbank.installation.found import Installation
from creditbank.settings import Settings
from creditbank.verification.compose import Trust

ASSERTING = (
    Purpose.CREDENTIAL, Purpose.CREDENTIAL_JWT, Purpose.STATUS_LIST, Purpose.VERIFICATION,
)  # fmt: skip
"""What signs credentials, status lists, and receipts of verifications."""


def asserting_keys(ring: KeyRing) -> list[VerificationKey]:
    """Give the keys that assert, retired ones too."""
    return [key for one in ASSERTING for key in ring.verification_keys(one).values()]


def did_document_of(
    installation: Installation, ring: KeyRing, did: str | None = None
) -> dict[str, object]:
    """Give the DID document of one of the issuer's names, that of today unless said otherwise."""
    named = did or installation.issuer_did
    names = (installation.issuer_did, *(one.issuer_did for one in installation.formers))
    return did_document(
        named,
        presenting=ring.verification_keys(Purpose.PASS).values(),
        asserting=asserting_keys(ring),
        other_names=[one for one in dict.fromkeys(names) if one != named],
    )


def name_at(host: str, installation: Installation, settings: Settings) -> tuple[str, str]:
    """Give the DID and the origin under which a host is answered: those that stood there."""
    served = [one for one in settings.former_origin_list if urlsplit(one).netloc == host]
    names = {one.origin: one.issuer_did for one in installation.formers}
    former = next(((names[one], one) for one in served if one in names), None)
    return former or (installation.issuer_did, settings.origin)


def trust_of(installation: Installation, ring: KeyRing, log_keys: Collection[str]) -> Trust:
    """Give what a verifier of this bank's documents knows beforehand."""
    return Trust(
        pass_keys=ring.verification_keys(Purpose.PASS),
        issuer=installation.issuer_did,
        log_keys=log_keys,
        assertion_keys=methods_of(did_document_of(installation, ring), ASSERTION),
        other_names=[one.issuer_did for one in installation.formers],
    )
