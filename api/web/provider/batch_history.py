"""Who decided what about a file, when, and why, as far as its key still opens it."""

from dataclasses import dataclass

from creditbank.access.staff import find_staff
from creditbank.bank import Bank
from creditbank.outcomes.batches.decisions import StoredDecision, find_decisions
from creditbank.outcomes.batches.find import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision; `by` is None for what no login of today decided."""

    act: str
    by: str | None
    at: int
    reason: str | None


def batch_history(bank: Bank, batch: Batch) -> list[Decided]:
    """Give what was decided about a file, the first decision first."""
    with bank.readers.reading() as connection:
        found = sorted(
            find_decisions(connection, batch.id).values(), key=lambda one: one.decided_at
        )
        staff = find_staff(connection, {one.decided_by for one in found})
    names = {one.id: one.name for one in staff.values()}
    return [
        Decided(
            act=one.act,
            by=names.get(one.decided_by),
            at=one.decided_at,
            reason=_reason(bank, one),
        )
        for one in found
    ]


def _reason(bank: Bank, one: StoredDecision) -> str | None:
    if one.sealed_reason is None:
        return None
    key = bank.keystore.get([one.batch_id]).get(one.batch_id)
    return None if key is None else one.reason(key)
