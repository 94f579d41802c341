"""Row 5: verifying in the library, against the one signature that each form needs checked."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from measure import Row, interleaved, rate, ratios, repeated

from certificates.credential_jwt import OPEN_BADGES_JWT, write_token
from certificates.data_integrity import secure
from certificates.issue import issue_pass
from certificates.keys import KeyRing, Purpose, SigningKey
from certificates.open_badge import Badge, LedgerEvidence, Party, badge_document
from certificates.pass_claims import PASS_ID_BYTES, PassClaims, PassOutcome
from certificates.signer import SecretSigner
from certificates.verify import verify_pass
from certificates.verify_credential import parse_credential, verify_credential

VERIFICATIONS = 300
DATA_BYTES = 300
ISSUER, METHOD = "did:web:bank.example", "did:web:bank.example#key"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def measure() -> Iterator[Row]:
    """Verify one pass and one credential in two envelopes again and again."""
    ring = KeyRing(()).with_purposes(
        Purpose, now=NOW, make=lambda purpose: SecretSigner.make(purpose.suite, os.urandom)
    )
    document = badge_document(_badge())
    jwt_key = ring.current(Purpose.CREDENTIAL_JWT)
    key = ring.current(Purpose.CREDENTIAL)
    token = write_token(document, jwt_key, method=METHOD, form=OPEN_BADGES_JWT)
    signed = secure(document, key, method=METHOD, created=NOW)
    yield _row(
        "a pass of three outcomes, no network; its one Ed25519 verification",
        _verifying_pass(ring),
        _verification(ring.current(Purpose.PASS)),
        land=0.7,
        aim=0.9,
    )
    yield _row(
        "a credential as JWT; its one ES256 verification",
        _verifying(token, jwt_key),
        _verification(jwt_key),
    )
    yield _row(
        "a credential with eddsa-rdfc-2022; its one Ed25519 verification",
        _verifying(json.dumps(signed), key),
        _verification(key),
    )


def _row(
    what: str,
    ours: Callable[[], object],
    other: Callable[[], object],
    *,
    land: float | None = None,
    aim: float | None = None,
) -> Row:
    mine, theirs = interleaved(repeated(VERIFICATIONS, ours), repeated(VERIFICATIONS, other))
    return Row(
        number="5",
        what=f"verify in the library: {what}",
        engine="",
        ours=rate(mine, "verifications"),
        other=rate(theirs, "verifications"),
        ratio=ratios(mine, theirs),
        land=land,
        aim=aim,
    )


def _verifying_pass(ring: KeyRing) -> Callable[[], object]:
    document, keys = (
        issue_pass(_claims(), ring.current(Purpose.PASS)),
        ring.verification_keys(Purpose.PASS),
    )
    return lambda: verify_pass(document, keys=keys, issuers=[ISSUER], now=NOW)


def _verifying(text: str, key: SigningKey) -> Callable[[], object]:
    public = key.verification_key
    return lambda: verify_credential(
        parse_credential(text), key_of=lambda _issuer, _method: public, now=NOW
    )


def _verification(key: SigningKey) -> Callable[[], object]:
    data = os.urandom(DATA_BYTES)
    signature, public = key.sign(data), key.verification_key
    return lambda: public.verifies(signature, data)


def _claims() -> PassClaims:
    return PassClaims(
        issuer=ISSUER,
        log="bank.example/ledger",
        pass_id=bytes(PASS_ID_BYTES),
        issued_at=NOW,
        expires_at=NOW + timedelta(days=90),
        status_place=262_143,
        outcomes=tuple(
            PassOutcome(
                index=index,
                title="高等数学",
                provider="广州开大",
                outcome_class="formal",
                result="合格",
                credits=3_000,
            )
            for index in range(3)
        ),
    )


def _badge() -> Badge:
    provider = Party(id="https://bank.example/api/v1/institutions/a", name="开放大学")
    return Badge(
        id=f"https://bank.example/api/v1/credentials/{'A' * 26}",
        issuer=Party(id=ISSUER, name="学分银行", name_en="Credit Bank"),
        valid_from=NOW,
        valid_until=None,
        subject=UUID(int=0).urn,
        holder=None,
        achievement="https://bank.example/api/v1/definitions/a",
        title="高等数学",
        title_en="Calculus",
        code="MATH",
        outcome_class="formal",
        provider=provider,
        awarded_at=NOW,
        awarded_on="2026-06-01",
        result="合格",
        grade="92",
        grade_scale="百分制",
        credits=3_000,
        hours=None,
        assurance=None,
        licence_number=None,
        level=None,
        evidence=LedgerEvidence(log="bank.example/ledger", index=7, leaf_hash="0" * 64),
        status=(),
    )
