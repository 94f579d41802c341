"""What a batch became, for people and programs: counts, the refused rows as CSV, row receipts."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import orjson

from api.problems import Problems
from creditbank.bank import Bank
from creditbank.errors import FieldProblem
from creditbank.outcomes.batches.finish import counts_of
from creditbank.outcomes.batches.rows import REMARK
from creditbank.outcomes.batches.settle import RefusedRow, Settlement, refused_row_place
from creditbank.outcomes.queries import Batch, batch_outcomes, rejected_rows

REMARK_COLUMNS = (f"{REMARK}row", f"{REMARK}field", f"{REMARK}problem")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def batch_counts(batch: Batch) -> dict[str, int]:
    """Give a batch's counts: rows = accepted + duplicate + not_awarded + rejected."""
    return counts_of(batch)


def settlement_counts(settlement: Settlement) -> dict[str, int]:
    """Give the counts of a rehearsal, which add up as those of a batch."""
    counted = {
        "accepted": settlement.accepted,
        "held": 0,
        "duplicate": settlement.duplicate,
        "not_awarded": settlement.not_awarded,
        "rejected": settlement.rejected,
        "conflict": settlement.conflict,
    }
    rows = sum(counted[name] for name in ("accepted", "duplicate", "not_awarded", "rejected"))
    return {"rows": rows, **counted}


def refused_rows(bank: Bank, batch: Batch) -> list[RefusedRow]:
    """Open the refused rows of a batch; none when its key is gone."""
    key = bank.keystore.get([batch.id]).get(batch.id)
    if key is None:
        return []
    with bank.readers.reading() as connection:
        stored = list(rejected_rows(connection, batch.id))
    return [
        RefusedRow(
            row_number=row.row_number,
            cells=orjson.loads(
                key.open(refused_row_place(batch.id, row.row_number), row.sealed_row)
            ),
            problems=[_problem(problem) for problem in row.problems],
        )
        for row in stored
    ]


def refused_csv(
    rows: Iterable[RefusedRow], columns: Sequence[str], problems: Problems, language: str
) -> Iterator[str]:
    """Write refused rows as CSV that can be mended and uploaded again; the last columns tell why.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    yield _line([*columns, *REMARK_COLUMNS])
    for row in rows:
        told = [problems.field(problem, language) for problem in row.problems]
        fields = "; ".join(str(one["field"]) for one in told)
        words = "; ".join(f"{one['field']}: {one['detail']}".removeprefix(": ") for one in told)
        yield _line([*row.cells, str(row.row_number), fields, words])


def receipt_lines(bank: Bank, batch: Batch) -> Iterator[bytes]:
    """Write one JSON object for each outcome of a batch: id, index, leaf hash and receipt."""
    with bank.readers.reading() as connection:
        outcomes = batch_outcomes(connection, batch.id)
    for outcome_id, index in outcomes:
        receipt = bank.receipt(index)
        line = {
            "id": outcome_id,
            "entry": {"index": index, "leaf_hash": receipt.leaf_hash.hex()},
            "receipt": receipt.text,
        }
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _problem(stored: dict[str, object]) -> FieldProblem:
    facts = stored["facts"]
    return FieldProblem(
        field=str(stored["field"]),
        code=str(stored["code"]),
        facts=facts if isinstance(facts, dict) else {},
    )


def _line(cells: Sequence[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow([harmless(cell) for cell in cells])
    return stream.getvalue()


def harmless(cell: str) -> str:
    """Give a cell that no spreadsheet runs as a formula: an apostrophe before one that it would."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
