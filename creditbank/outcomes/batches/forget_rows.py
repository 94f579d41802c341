"""Forget what refused rows of a batch say: they stay as rows that could not be read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import orjson
from sqlalchemy import Connection, select, update
from sqlmodel import col

from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.outcomes.batches.find import rejected_rows
from creditbank.outcomes.batches.settle import refused_row_place
from creditbank.outcomes.tables import BatchRow, RejectedRow
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetRows:
    """Ask that the cells of these refused rows of a batch be blanked; counts and reasons stay."""

    batch_id: str
    batch_key: AccountKey
    row_numbers: Sequence[int]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing: a blanked row is blanked again."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Blank them."""
        return Decision(
            answer=None,
            state=state,
            changes=[
                update(RejectedRow)
                .where(
                    col(RejectedRow.batch_id) == self.batch_id, col(RejectedRow.row_number) == row
                )
                .values(sealed_row=self._blank(row, moment.entropy))
                for row in self.row_numbers
            ],
        )

    def _blank(self, row_number: int, entropy: Callable[[int], bytes]) -> bytes:
        place = refused_row_place(self.batch_id, row_number)
        return self.batch_key.seal(place, orjson.dumps([]), entropy)


def batches_with_refused_rows(connection: Connection) -> list[tuple[str, str]]:
    """Give the id and the institution of every batch of which rows were refused."""
    wanted = select(col(BatchRow.id), col(BatchRow.institution_id)).where(
        col(BatchRow.rejected) != 0
    )
    return [(row.id, row.institution_id) for row in connection.execute(wanted)]


def refused_cells(
    connection: Connection, batch_id: str, key: AccountKey
) -> Iterator[tuple[int, list[str]]]:
    """Give number and cells of each refused row of a batch; what does not open the audit names."""
    after = 0
    while rows := rejected_rows(connection, batch_id, after):
        for row in rows:
            try:
                cells = key.open(refused_row_place(batch_id, row.row_number), row.sealed_row)
            except SealBroken:
                continue
            yield row.row_number, orjson.loads(cells)
        after = rows[-1].row_number
