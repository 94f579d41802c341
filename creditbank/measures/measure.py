"""A measure: its acts, its states, its public document. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import rfc8785

from creditbank.keystore.account_key import AccountKey, place
from creditbank.outcomes.status import STANDING, OutcomeStatus
from ledger.merkle import leaf_hash, root

DOCUMENT_TYPE = "application/vnd.creditbank.measure+json"


class Act(StrEnum):
    """What is done to each outcome of the list."""

    VOID = "void"  # 作废: clerical, no fault of the holders
    REVOKED = "revoked"  # 撤销: misconduct or unlawful
    SUSPENDED = "suspended"  # 冻结
    LIFTED = "lifted"  # 解除冻结


ENDING = (Act.VOID, Act.REVOKED)
"""The acts by which outcomes are taken back."""

OPEN_TO: Mapping[Act, Collection[OutcomeStatus]] = {
    Act.VOID: STANDING,
    Act.REVOKED: STANDING,
    Act.SUSPENDED: (OutcomeStatus.ACTIVE,),
    Act.LIFTED: (OutcomeStatus.SUSPENDED,),
}
"""The status of the outcomes to which each act can still be done."""


class MeasureState(StrEnum):
    """How far a measure is."""

    RUNNING = "running"  # 处置中
    DONE = "done"  # 处置完毕


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A stored measure; its reason is under its own key. The document commits to it and to who."""

    id: str
    institution_id: str
    act: str
    follows_id: str | None
    posted_with: str
    state: str
    entry_index: int
    sealed_reason: bytes

    def reason(self, key: AccountKey) -> str:
        """Open the reason; raises `SealBroken`."""
        return key.open(reason_place(self.id), self.sealed_reason).decode()

    def document(self, outcome_ids: Collection[str], key: AccountKey) -> bytes:
        """Give its public document (JCS): no word of a person; raises `SealBroken`."""
        why = rfc8785.dumps({"by": self.posted_with, "reason": self.reason(key)})
        return rfc8785.dumps(
            {
                "measure": self.id,
                "institution": self.institution_id,
                "act": self.act,
                "follows": self.follows_id,
                "count": len(outcome_ids),
                "entries": entries_root(outcome_ids).hex(),
                "commitment": key.upload_tag(why).hex(),
            }
        )


def reason_place(measure_id: str) -> bytes:
    """Name the place of a sealed reason."""
    return place("measure", measure_id, "sealed_reason")


def entries_root(outcome_ids: Iterable[str]) -> bytes:
    """Give the RFC 6962 root over the ids of the outcomes' leaves (16 bytes each), in order."""
    return root(leaf_hash(bytes.fromhex(one)) for one in sorted(outcome_ids))
