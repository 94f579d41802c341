"""What a batch became, for people and programs: counts, the refused rows as CSV, row receipts."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson

from api.counts import in_thousands
from api.problems import Problems
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME, civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.queries import get_institution
from creditbank.outcomes.batches.find import Batch, batch_outcomes, rejected_rows
from creditbank.outcomes.batches.finish import counts_of
from creditbank.outcomes.batches.rows import REMARK, REMARK_BATCH, REMARK_ROW, guard_cell
from creditbank.outcomes.batches.settle import RefusedRow, Settlement, refused_row_place
from ledger.receipt import parse_receipt

REMARK_COLUMNS = (REMARK_BATCH, REMARK_ROW, f"{REMARK}field", f"{REMARK}problem")
BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheet programs know UTF-8."""

_STATES = MappingProxyType(
    {
        "awaiting_countersign": ("待复核", "awaiting countersignature"),
        "recording": ("入账中", "being recorded"),
        "recorded": ("已入账", "recorded"),
        "refused": ("已退回", "refused"),
        "discarded": ("复核未通过", "discarded"),
        "withdrawing": ("撤回中", "being withdrawn"),
        "withdrawn": ("已撤回", "withdrawn"),
    }
)
_COUNT_WORDS = MappingProxyType(
    {
        "rows": ("行数", "Rows"),
        "accepted": ("入账", "Accepted"),
        "held": ("待核", "Held"),
        "duplicate": ("重复", "Duplicate"),
        "not_awarded": ("不计入", "Not awarded"),
        "rejected": ("退回", "Rejected"),
        "conflict": ("冲突", "Conflict"),
    }
)

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
        return InvalidInput([row_problem(problem) for problem in stored["errors"]])
    return Refusal(stored["code"], **stored["facts"])


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line of a slip: what it is called in 中文 and English, and what stands there."""

    zh: str
    en: str
    text: str


def batch_slip(bank: Bank, batch: Batch) -> list[SlipLine]:
    """Give the slip of a batch, line by line; once it is recorded, with its place in the log."""
    with bank.readers.reading() as connection:
        institution = get_institution(connection, batch.institution_id)
    closed_on = civil_day(datetime.fromtimestamp(batch.finished_at or batch.started_at, CIVIL_TIME))
    zh, en = _STATES[batch.state]
    lines = [
        SlipLine("批次", "Batch", batch.id),
        SlipLine("机构", "Institution", f"{institution.on(closed_on).name} ({institution.id})"),
        SlipLine("状态", "State", f"{zh} {en}"),
        SlipLine("提交时间", "Uploaded at", _instant(batch.started_at)),
        SlipLine("办结时间", "Closed at", _instant(batch.finished_at)),
        SlipLine("文件 SHA-256", "SHA-256 of the file", batch.file_sha256.hex()),
    ]
    counts = batch_counts(batch)
    lines += [SlipLine(*words, in_thousands(counts[name])) for name, words in _COUNT_WORDS.items()]
    return [*lines, *_place_in_log(bank, batch)]


def _place_in_log(bank: Bank, batch: Batch) -> list[SlipLine]:
    if batch.entry_index is None:
        return []
    receipt = bank.receipt(batch.entry_index)
    checkpoint = " ".join(parse_receipt(receipt.text).note.split("\n")[:3])
    return [
        SlipLine("日志序号", "Index in the log", str(receipt.index)),
        SlipLine("叶哈希", "Leaf hash", receipt.leaf_hash.hex()),
        SlipLine("检查点", "Checkpoint (log, size, root)", checkpoint),
    ]


def _instant(seconds: int | None) -> str:
    return "—" if seconds is None else datetime.fromtimestamp(seconds, CIVIL_TIME).isoformat(" ")


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
                problems=[row_problem(problem) for problem in row.problems],
            )
        after = stored[-1].row_number


def refused_csv(
    rows: Iterable[RefusedRow],
    columns: Sequence[str],
    problems: Problems,
    language: str,
    batch_id: str = "",
) -> Iterator[str]:
    """Write refused rows as CSV that can be mended and uploaded again; the last columns tell why.

    `batch_id` stands in a column of its own, by which the mended file is linked to its batch.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it, which is taken
    away again when the file comes back. A row that could not be read has empty cells.
    """
    yield BYTE_ORDER_MARK + _line([*columns, *REMARK_COLUMNS])
    for row in rows:
        told = [problems.field(problem, language) for problem in row.problems]
        fields = "; ".join(str(one["field"]) for one in told)
        words = "; ".join(f"{one['field']}: {one['detail']}".removeprefix(": ") for one in told)
        cells = map(guard_cell, row.cells or [""] * len(columns))
        yield _line([*cells, batch_id, str(row.row_number), fields, words])


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


def row_problem(stored: Mapping[str, object]) -> FieldProblem:
    """Give a stored problem of a row."""
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
