"""Search the rows that name a learner beside her account, and forget them before her key goes.

Rows that are held for a decision are refused, and what was refused of files is blanked. Both lie
under keys of batches or of their own, which outlive hers; without her tags nobody would find them.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.store import KeyStore
from creditbank.learners.checked_documents import documents_of
from creditbank.outcomes.batches.forget_rows import (
    ForgetRows,
    batches_with_refused_rows,
    refused_cells,
)
from creditbank.outcomes.decide_hold import HoldRefusal
from creditbank.outcomes.held_keys import forget_row, refusal
from creditbank.outcomes.held_rows import StoredHold, waiting_holds
from creditbank.outcomes.her_numbers import HerNumbers
from creditbank.writer.writer import Writer

BY = "erasure"
"""Who decides on the rows that were held: nobody of the staff."""


class RowParts(Protocol):
    """Where rows and keys are."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def writer(self) -> Writer:
        """The one writer."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """The learners' keys."""
        ...


def forget_rows_naming(parts: RowParts, key: AccountKey) -> None:
    """Forget every row that names the learner of this key; whoever broke off does it again."""
    numbers = _her_numbers(parts, key)
    reason = HoldRefusal.NOT_IDENTIFIABLE.value
    for hold in list(_held(parts, numbers)):
        with suppress(Refusal):  # Somebody decided on it at this moment: it is blanked by that.
            parts.writer.write(refusal(hold, reason, by=BY, keystore=parts.keystore))
        forget_row(hold, parts.keystore)
    for command in list(_refused(parts, numbers)):
        parts.writer.write(command)


def _her_numbers(parts: RowParts, key: AccountKey) -> HerNumbers:
    with parts.readers.reading() as connection:
        documents = [one.open(key) for one in documents_of(connection, [key.account_id])]
    return HerNumbers(
        secrets=parts.keystore.secrets,
        tags=parts.keystore.tags_of(key.account_id),
        documents=frozenset(one["number"] for one in documents if "number" in one),
    )


def _held(parts: RowParts, numbers: HerNumbers) -> Iterator[StoredHold]:
    with parts.readers.reading() as connection:
        waiting = list(waiting_holds(connection))
    keys = parts.keystore.get({one.key_id for one in waiting})
    for hold in waiting:
        with suppress(SealBroken, KeyError):  # What does not open the audit names.
            fields = hold.fields(keys[hold.key_id])
            if numbers.are_in(fields.values(), hold.institution_id):
                yield hold


def _refused(parts: RowParts, numbers: HerNumbers) -> Iterator[ForgetRows]:
    with parts.readers.reading() as connection:
        batches = batches_with_refused_rows(connection)
    keys = parts.keystore.get([batch_id for batch_id, _ in batches])
    for batch_id, institution_id in batches:
        if batch_id not in keys:
            continue
        with parts.readers.reading() as connection:
            hers = [
                number
                for number, cells in refused_cells(connection, batch_id, keys[batch_id])
                if numbers.are_in(cells, institution_id)
            ]
        if hers:
            yield ForgetRows(batch_id=batch_id, batch_key=keys[batch_id], row_numbers=hers)
