"""What a spreadsheet does to codes and dates, recognised cell by cell; refused, never repaired."""

import re
from collections.abc import Mapping

from creditbank.errors import FieldProblem
from creditbank.outcomes.batches.rows import Cells
from creditbank.outcomes.posting import CODE_FIELDS

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_CODE_DAMAGE = re.compile(
    rf"""(?P<date>(?:{_MONTHS})-\d\d|\d{{1,2}}-(?:{_MONTHS})|\d{{1,2}}月\d{{1,2}}日)
    |(?P<exponent>\d(?:\.\d+)?e\+\d+)
    |(?P<point>\d{{4,}}\.0+)
    |(?P<separators>\d{{1,3}}(?:,\d{{3}})+)
    |(?P<apostrophe>['’][0-9a-z].*)
    |(?P<error>\#+|\#(?:n/a|div/0!|ref!|value!|name\?|num!|null!|spill!|calc!).*)""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_DATE_DAMAGE = re.compile(r"(?P<serial>[1-5]\d{4}(?:\.\d+)?)|(?P<error>#.*)", re.ASCII)

_CODES = {
    "date": "code-turned-into-date",
    "exponent": "number-exponent-form",
    "point": "number-decimal-form",
    "separators": "number-thousands-separators",
    "apostrophe": "code-apostrophe",
    "serial": "date-serial-number",
    "error": "cell-error",
}


def damage_problem(field: str, cell: str) -> FieldProblem | None:
    """Say what a spreadsheet did to the cell of a code or of the day of award, if anything.

    Codes: `code-turned-into-date` (Jan-24), `number-exponent-form` (3.10105E+17),
    `number-decimal-form` (20230001.0), `number-thousands-separators`, `code-apostrophe`,
    `date-serial-number` (45473), `cell-error` (#N/A, ####).
    """
    pattern = _CODE_DAMAGE if field in CODE_FIELDS else _DATE_DAMAGE
    found = pattern.fullmatch(cell)
    if found is None or found.lastgroup is None:
        return None
    return FieldProblem(field=field, code=_CODES[found.lastgroup])


def damage_problems(cells: Cells, places: Mapping[str, int]) -> list[FieldProblem]:
    """Give what was done to the cells at these places by field; plain digits are passed over."""
    return [
        problem
        for field, place in places.items()
        if not (cells[place].isdigit() and field != "awarded_on")
        and (problem := damage_problem(field, cells[place])) is not None
    ]
