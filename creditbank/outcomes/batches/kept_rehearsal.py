"""A rehearsal that is kept beside its file, so that it can be read page by page.

It is made once, behind the door; how far it has come can be asked meanwhile.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from creditbank.errors import FieldProblem
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.batches.settle import RefusedRow, Settlement, stored_problem
from creditbank.outcomes.batches.uploads import Uploads

PROGRESS, REFUSED = "rehearsal", "rehearsal-refused"
ADDENDS = ("accepted", "duplicate", "not_awarded", "rejected")
COUNTED = (*ADDENDS, "held", "conflict")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRehearsal:
    """How far a rehearsal is; the counts are those of the file once it is `whole`."""

    whole: bool
    rows: int
    counts: Mapping[str, int]
    columns: Sequence[str]
    field_columns: Mapping[str, str]
    remarks: Sequence[Mapping[str, Any]]

    @property
    def done(self) -> int:
        """How many rows were looked at."""
        return sum(self.counts[name] for name in ADDENDS)


def keep_rehearsal(checked: Import, uploads: Uploads, key: AccountKey) -> None:
    """Rehearse a file, and keep what would become of each row beside it."""
    counts: Counter[str] = Counter(dict.fromkeys(COUNTED, 0))
    _put(checked, uploads, key, counts, whole=False)
    with uploads.note_target(key, REFUSED) as target:
        for part in checked.rehearse():
            _add(part, counts, target)
            _put(checked, uploads, key, counts, whole=False)
    _put(checked, uploads, key, counts, whole=True)


def find_rehearsal(uploads: Uploads, key: AccountKey) -> KeptRehearsal | None:
    """Give how far the rehearsal of a file is, None where it was never begun."""
    note = uploads.open_note(key, PROGRESS)
    if note is None:
        return None
    with note:
        return KeptRehearsal(**orjson.loads(note.read()))


def rehearsed_refusals(uploads: Uploads, key: AccountKey) -> Iterator[RefusedRow]:
    """Give the rows that a whole rehearsal refused, in the order of the file."""
    note = uploads.open_note(key, REFUSED)
    if note is None:
        return
    with note:
        for line in note:
            number, cells, problems = orjson.loads(line)
            yield RefusedRow(
                row_number=number,
                cells=cells,
                problems=[FieldProblem(**problem) for problem in problems],
            )


def _add(part: Settlement, counts: Counter[str], target: BinaryIO) -> None:
    counts.update({name: getattr(part, name) for name in COUNTED})
    for row in part.refusals:
        problems = [stored_problem(problem) for problem in row.problems]
        line = [row.row_number, list(row.cells), problems]
        target.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _put(
    checked: Import, uploads: Uploads, key: AccountKey, counts: Counter[str], *, whole: bool
) -> None:
    state = {
        "whole": whole,
        "rows": checked.rows,
        "counts": dict(counts),
        "columns": list(checked.columns),
        "field_columns": dict(checked.field_columns),
        "remarks": [stored_problem(one) for one in checked.remarks],
    }
    uploads.put_note(key, PROGRESS, orjson.dumps(state))
