"""The issuer of the golden vectors: fixed keys, times, and the folder of trust."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.cli.trust_folder import write_trust
from certificates.data_integrity import secure
from certificates.did import did_document, method_id
from certificates.keys import Purpose, SigningKey
from certificates.signer import SecretSigner
from certificates.status_list import StatusPurpose, encode_bits, list_document
from ledger.checkpoint import verifier_key
from tests.vectors.passes import ISSUER, KEY

ORIGIN, LOG = "https://bank.example", "bank.example/ledger"
FORMER, FORMER_ORIGIN = "did:web:former.example", "https://former.example"
"""The name that the issuer had before it moved, and where it stood."""
FORMER_LIST = 7
"""The number of the lists that bear it."""
MADE_AT = datetime(2026, 6, 10, tzinfo=UTC)
NOW, LATER = MADE_AT + timedelta(hours=12), MADE_AT + timedelta(days=3)
GOOD, REVOKED, SUSPENDED = 10, 11, 12
"""The places of the status bits of what is sound, revoked and suspended."""


def _key(purpose: Purpose, first: int) -> SigningKey:
    secret = bytes(range(first, first + 32))
    signer = SecretSigner(secret, purpose.suite)
    return SigningKey(purpose=purpose, created_at=MADE_AT, signer=signer)


CREDENTIAL = _key(Purpose.CREDENTIAL, 32)
CREDENTIAL_JWT = _key(Purpose.CREDENTIAL_JWT, 64)
STATUS_LIST = _key(Purpose.STATUS_LIST, 96)
CHECKPOINT = _key(Purpose.CHECKPOINT, 128)
STRANGER, STRANGER_JWT = _key(Purpose.CREDENTIAL, 160), _key(Purpose.CREDENTIAL_JWT, 192)


@dataclass(frozen=True)
class LogSigner:
    """Signs checkpoints of the log."""

    key: SigningKey
    name: str = LOG

    @property
    def public(self) -> bytes:
        """The Ed25519 public key."""
        return self.key.public

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return self.key.sign(data)


Texts = dict[str, tuple[str, datetime]]
"""What is verified by its name, and when."""


def write_golden_trust(folder: Path) -> None:
    """Write the folder, each list with one bit set."""
    asserting = (CREDENTIAL, CREDENTIAL_JWT, STATUS_LIST)
    document = did_document(
        ISSUER,
        presenting=[KEY.verification_key],
        asserting=[one.verification_key for one in asserting],
        other_names=[FORMER],
    )
    lists = {
        f"{family}{purpose.value}-{number}": _list(
            f"{origin}/status/{family}{purpose.value}-{number}", issuer, purpose
        )
        for number, issuer, origin in ((1, ISSUER, ORIGIN), (FORMER_LIST, FORMER, FORMER_ORIGIN))
        for family in ("", "pass-")
        for purpose in StatusPurpose
    }
    log_keys = [verifier_key(LOG, CHECKPOINT.public)]
    log_url = f"{ORIGIN}/ledger"
    write_trust(folder, document, log_keys, status_lists=lists, log_url=log_url, now=NOW)


def _list(url: str, issuer: str, purpose: StatusPurpose) -> bytes:
    place = REVOKED if purpose is StatusPurpose.REVOCATION else SUSPENDED
    document = list_document(
        url,
        issuer=issuer,
        purpose=purpose,
        encoded=encode_bits([place]),
        made_at=MADE_AT,
    )
    method = method_id(issuer, STATUS_LIST.verification_key)
    return json.dumps(secure(document, STATUS_LIST, method=method, created=MADE_AT)).encode()
