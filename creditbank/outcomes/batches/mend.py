"""Link a file that mends refused rows to the first batch, and follow a family's open rows.

A report of refused rows names its batch and rows in columns of its own; they come back with it, as
CSV or as a workbook. An object of NDJSON names them by members of the same names.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.find import Batch, family_of, find_batches, rejected_rows
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.batches.upload import Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """The first batch of the family, and for each row of the file its row there, if known."""

    first_id: str
    first_rows: Sequence[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """A refused row that no later file mended: `row` of `batch_id`, which refused it last.

    `first_row` is its number in the first file, None for a row that was not there.
    """

    first_row: int | None
    batch_id: str
    row: int
    problems: Sequence[dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The batches that belong together, the first one first, and the rows still open."""

    batches: Sequence[Batch]
    open_rows: Sequence[OpenRow]


def find_mended(
    readers: Readers, upload: Upload, institution_id: str, stated: str | None
) -> Mended | None:
    """Give what a file mends: the stated batch, or the one that its own columns name.

    Raises `InvalidInput`: "batch-unknown" for a batch that this institution does not have.
    """
    remarks = list(upload.remarks())
    named = stated or next((batch_id for batch_id, _ in remarks if batch_id), None)
    if named is None:
        return None
    with readers.reading() as connection:
        batch = find_batches(connection, [named]).get(named)
        if batch is None or batch.institution_id != institution_id:
            raise InvalidInput([FieldProblem(field="mends", code="batch-unknown")])
        first_id = batch.follows_id or batch.id
        family = {one.id: one for one in family_of(connection, first_id)}
    # The rows of one file may come from the reports of several batches of a family.
    return Mended(
        first_id=first_id,
        first_rows=[
            _first_row(family[of], _row_number(row)) if (of := own or named) in family else None
            for own, row in remarks
        ],
    )


def find_family(connection: Connection, batch: Batch) -> Family:
    """Give the family of a batch; what was not recorded mends nothing."""
    batches = family_of(connection, batch.follows_id or batch.id)
    recorded = [one for one in batches if one.state == BatchState.RECORDED]
    # In the order of the log: several may start within one second.
    ordered = sorted(recorded, key=lambda one: one.entry_index or 0)
    return Family(batches=batches, open_rows=_open_rows(connection, ordered))


def _open_rows(connection: Connection, ordered: Iterable[Batch]) -> list[OpenRow]:
    still: dict[Hashable, OpenRow] = {}
    for batch in ordered:
        for first_row in batch.options.get("first_rows", ()):
            still.pop(first_row, None)
        for row in _refused(connection, batch):
            still[(batch.id, row.row) if row.first_row is None else row.first_row] = row
    return list(still.values())


def _refused(connection: Connection, batch: Batch) -> Iterator[OpenRow]:
    after = 0
    while rows := rejected_rows(connection, batch.id, after):
        for row in rows:
            yield OpenRow(
                first_row=_first_row(batch, row.row_number),
                batch_id=batch.id,
                row=row.row_number,
                problems=row.problems,
            )
        after = rows[-1].row_number


def _first_row(batch: Batch, row: int | None) -> int | None:
    """Give the number that a row of a batch has in the first file of its family."""
    if batch.follows_id is None or row is None:
        return row
    first_rows: Sequence[int | None] = batch.options.get("first_rows", ())
    return first_rows[row - 1] if 0 < row <= len(first_rows) else None


def _row_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None  # noqa: PLR2004 - digits of any row number
