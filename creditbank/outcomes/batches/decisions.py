"""What persons decide about whole batches, as it is stored and read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import rfc8785
from sqlalchemy import Connection, func, select
from sqlmodel import col

from creditbank.database import stream, table_of
from creditbank.errors import Refusal
from creditbank.institutions.tree import Tree
from creditbank.keystore.account_key import AccountKey, place
from creditbank.outcomes.batches.find import Batch
from creditbank.outcomes.status import STANDING
from creditbank.outcomes.tables import BatchDecisionRow, OutcomeRow
from creditbank.writer.command import Moment


class BatchAct(StrEnum):
    """What may be decided about a batch, once each."""

    COUNTERSIGNED = "countersigned"  # 复核通过
    DISCARDED = "discarded"  # 复核未通过
    WITHDRAWN = "withdrawn"  # 撤回


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """One decision; `entry_index` is the leaf of a completed withdrawal."""

    batch_id: str
    act: str
    decided_by: str
    decided_at: int
    reason_class: str | None
    sealed_reason: bytes | None
    entry_index: int | None

    def reason(self, key: AccountKey) -> str:
        """Open the reason; raises `SealBroken`."""
        sealed = self.sealed_reason or b""
        return key.open(_place(self.batch_id, self.act), sealed).decode()


def decision_row(
    batch_id: str,
    act: BatchAct,
    by: str,
    moment: Moment,
    *,
    reason: tuple[str | None, bytes | None] = (None, None),
) -> dict[str, object]:
    """Give the stored form of a decision; `reason` is its class and its sealed text."""
    return {
        "batch_id": batch_id,
        "act": act.value,
        "decided_by": by,
        "decided_at": int(moment.now.timestamp()),
        "reason_class": reason[0],
        "sealed_reason": reason[1],
        "entry_index": None,
    }


def sealed_reason(
    key: AccountKey, batch_id: str, act: BatchAct, reason: str, entropy: Callable[[int], bytes]
) -> bytes:
    """Seal a reason under the batch's key."""
    return key.seal(_place(batch_id, act.value), reason.encode(), entropy)


def find_decisions(connection: Connection, batch_id: str) -> dict[str, StoredDecision]:
    """Give what was decided about a batch, by act."""
    columns = [table_of(BatchDecisionRow).c[name] for name in StoredDecision.__slots__]
    wanted = select(*columns).where(col(BatchDecisionRow.batch_id) == batch_id)
    rows = connection.execute(wanted).mappings()
    return {row["act"]: StoredDecision(**row) for row in rows}


def withdrawal_entries(connection: Connection) -> Iterator[tuple[int, str]]:
    """Give ledger index and batch of every completed withdrawal, by ascending index."""
    wanted = select(col(BatchDecisionRow.entry_index), col(BatchDecisionRow.batch_id)).where(
        col(BatchDecisionRow.entry_index).is_not(None)
    )
    for row in stream(connection, wanted.order_by(col(BatchDecisionRow.entry_index))):
        yield row[0], row[1]


def outcomes_by_status(connection: Connection, batch_id: str) -> dict[str, int]:
    """Count the outcomes that a batch recorded, by their status today."""
    wanted = select(col(OutcomeRow.status), func.count()).where(
        col(OutcomeRow.batch_id) == batch_id
    )
    rows = connection.execute(wanted.group_by(col(OutcomeRow.status)))
    return {row[0]: row[1] for row in rows}


def left_standing(outcomes: Mapping[str, int]) -> int:
    """Count those that stand among outcomes by status."""
    return sum(outcomes.get(one.value, 0) for one in STANDING)


def withdrawal_document(
    batch: Batch, decision: StoredDecision, outcomes: Mapping[str, int], commitment: bytes
) -> bytes:
    """Give a withdrawal's public document (JCS); `commitment` is to who, when and why.

    `outcomes` counts the batch's outcomes by status; `left` are those of erased learners.
    """
    return rfc8785.dumps(
        {
            "batch": batch.id,
            "institution": batch.institution_id,
            "status": decision.reason_class,
            "taken_back": outcomes.get(decision.reason_class or "", 0),
            "left": left_standing(outcomes),
            "withdrawal": commitment.hex(),
        }
    )


def withdrawal_facts(decision: StoredDecision, reason: str) -> bytes:
    """Give who withdrew a batch, when and why (JCS)."""
    return rfc8785.dumps({"at": decision.decided_at, "by": decision.decided_by, "reason": reason})


def require_covered(tree: Tree, batch: Batch | None, institution_id: str) -> Batch:
    """Give a batch of the subtree of an institution; any other is alike unknown to it."""
    if batch is None or not tree.covers(institution_id, batch.institution_id):
        raise Refusal("not-found")
    return batch


def _place(batch_id: str, act: str) -> bytes:
    return place(str(BatchDecisionRow.__tablename__), f"{batch_id}/{act}", "sealed_reason")
