"""The golden passes that have a place in a status list: sound, revoked, altered, and more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from certificates.issue import issue_pass
from certificates.pass_claims import PassClaims, PassOutcome
from certificates.pass_text import from_text, to_text
from certificates.status_list import BITS
from tests.vectors.issuer import (
    FORMER,
    FORMER_LIST,
    GOOD,
    LATER,
    LOG,
    MADE_AT,
    NOW,
    REVOKED,
    SUSPENDED,
    Texts,
)
from tests.vectors.passes import ISSUER, KEY

CLAIMS = PassClaims(
    issuer=ISSUER,
    log=LOG,
    pass_id=bytes(range(10)),
    issued_at=MADE_AT,
    expires_at=MADE_AT + timedelta(days=30),
    holder="持证人（示例）",
    purpose="求职",
    status_place=BITS + GOOD,
    outcomes=(
        PassOutcome(
            index=1,
            title="高等数学",
            title_en="Calculus",
            provider="开放大学",
            outcome_class="formal",
            awarded_on="2013-09",
            result="合格",
            credits=3_500,
            minutes=5_401,
        ),
        PassOutcome(
            index=7,
            title="书法（隶书）",
            provider="开放大学",
            outcome_class="non_degree",
            awarded_on="2015",
            result="合格",
            class_hours=32_000,
        ),
    ),
)


def listed_passes() -> Texts:
    """Give every pass."""

    def text(**changes: Any) -> str:
        return to_text(issue_pass(replace(CLAIMS, **changes), KEY))

    altered = bytearray(from_text(text()))
    altered[-1] ^= 1
    return {
        "pass": (text(), NOW),
        "pass, revoked": (text(status_place=BITS + REVOKED), NOW),
        "pass, suspended": (text(status_place=BITS + SUSPENDED), NOW),
        "pass, revoked and run out": (text(status_place=BITS + REVOKED, expires_at=NOW), NOW),
        "pass, lists have run out": (text(), LATER),
        "pass, lists are not made yet": (
            text(issued_at=MADE_AT - timedelta(days=9)),
            MADE_AT - timedelta(days=1),
        ),
        "pass, revoked by a list that has run out": (text(status_place=BITS + REVOKED), LATER),
        "pass, suspended by a list that has run out": (text(status_place=BITS + SUSPENDED), LATER),
        "pass, its list is not at hand": (text(status_place=2 * BITS + GOOD), NOW),
        "pass, altered": (to_text(bytes(altered)), NOW),
        "pass, spaces around": (f"\n {text()} \n", NOW),
        "pass, under a former name": (
            text(issuer=FORMER, status_place=FORMER_LIST * BITS + GOOD),
            NOW,
        ),
        "pass, under a former name, revoked": (
            text(issuer=FORMER, status_place=FORMER_LIST * BITS + REVOKED),
            NOW,
        ),
        "pass, under another name": (text(issuer="did:web:other.example"), NOW),
        "pass, its log elsewhere": (text(log="log.example/two"), NOW),
    }
