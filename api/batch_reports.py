"""What a batch became, for people and programs: counts, the refused rows as CSV, row receipts."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from api.problems import Problems
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.batches.find import Batch, batch_outcomes, rejected_rows
from creditbank.outcomes.batches.finish import counts_of
from creditbank.outcomes.batches.rows import REMARK, guard_cell
from creditbank.outcomes.batches.settle import RefusedRow, Settlement, refused_row_place

REMARK_COLUMNS = (f"{REMARK}row", f"{REMARK}field", f"{REMARK}problem")
BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheet programs know UTF-8."""

_ADDENDS = ("accepted", "duplicate", "not_awarded", "rejected")
_COUNTED = (*_ADDENDS, "held", "conflict")
_COUNTS = ("rows", "accepted", "held", "duplicate", "not_awarded", "rejected", "conflict")


def batch_counts(batch: Batch) -> dict[str, int]:
    """Give a batch's counts: rows = accepted + duplicate + not_awarded + rejected."""
    return counts_of(batch)


def batch_refusal(batch: Batch) -> Refusal | None:
    """Give the reason for which a batch was refused."""
    stored: Mapping[str, Any] | None = batch.problem
    if stored is None:
        return None
    if stored["errors"]:
        return InvalidInput([_problem(problem) for problem in stored["errors"]])
    return Refusal(stored["code"], **stored["facts"])


class Tally:
    """The counts of a rehearsal, complete once its refused rows have passed by."""

    def __init__(self, parts: Iterable[Settlement]) -> None:
        self._parts = parts
        self.counts = dict.fromkeys(_COUNTS, 0)

    def refusals(self) -> Iterator[RefusedRow]:
        """Give the refused rows, and count all of them; to be called once."""
        for part in self._parts:
            for name in _COUNTED:
                self.counts[name] += getattr(part, name)
            self.counts["rows"] = sum(self.counts[name] for name in _ADDENDS)
            yield from part.refusals


def refused_rows(bank: Bank, batch: Batch) -> Iterator[RefusedRow]:
    """Open the refused rows of a batch; none when its key is gone."""
    key, after = bank.keystore.get([batch.id]).get(batch.id), 0
    while key is not None:
        with bank.readers.reading() as connection:
            stored = rejected_rows(connection, batch.id, after)
        if not stored:
            return
        for row in stored:
            place = refused_row_place(batch.id, row.row_number)
            yield RefusedRow(
                row_number=row.row_number,
                cells=orjson.loads(key.open(place, row.sealed_row)),
                problems=[_problem(problem) for problem in row.problems],
            )
        after = stored[-1].row_number


def refused_csv(
    rows: Iterable[RefusedRow], columns: Sequence[str], problems: Problems, language: str
) -> Iterator[str]:
    """Write refused rows as CSV that can be mended and uploaded again; the last columns tell why.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it, which is taken
    away again when the file comes back. A row that could not be read has empty cells.
    """
    yield BYTE_ORDER_MARK + _line([*columns, *REMARK_COLUMNS])
    for row in rows:
        told = [problems.field(problem, language) for problem in row.problems]
        fields = "; ".join(str(one["field"]) for one in told)
        words = "; ".join(f"{one['field']}: {one['detail']}".removeprefix(": ") for one in told)
        cells = map(guard_cell, row.cells or [""] * len(columns))
        yield _line([*cells, str(row.row_number), fields, words])


def receipt_lines(bank: Bank, batch: Batch) -> Iterator[bytes]:
    """Write one JSON object for each outcome of a batch: id, index, leaf hash and receipt."""
    with bank.readers.reading() as connection:
        for outcomes in batch_outcomes(connection, batch.id):
            receipts = bank.receipts([index for _, index in outcomes])
            for (outcome_id, index), receipt in zip(outcomes, receipts, strict=True):
                line = {
                    "id": outcome_id,
                    "entry": {"index": index, "leaf_hash": receipt.leaf_hash.hex()},
                    "receipt": receipt.text,
                }
                yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _problem(stored: Mapping[str, object]) -> FieldProblem:
    facts = stored["facts"]
    return FieldProblem(
        field=str(stored["field"]),
        code=str(stored["code"]),
        facts=facts if isinstance(facts, dict) else {},
    )


def _line(cells: Sequence[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()
