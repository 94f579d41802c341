"""The types of a rule's fields: every scalar is text, read strictly into an exact value.

Each type says its form once, as the pattern that the reader checks and the JSON Schema prints.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, LiteralString, TypeVar

from pydantic import (
    AfterValidator,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from creditbank.conversion.amounts import Credits, Grade, parse_scaled, print_scaled

CLOSED = ConfigDict(extra="forbid", strict=True)
"""Unknown fields and other types are refused; nothing is coerced."""

HOURS_PATTERN = r"(0|[1-9][0-9]{0,4})(\.[0-9]{1,3})?"

_ValueT = TypeVar("_ValueT")


def _reader(
    pattern: str, parse: Callable[[str], _ValueT], code: LiteralString, **facts: int
) -> PlainValidator:
    """Read text of a form; what is none has the code, with the facts that its words name."""
    form = re.compile(pattern)

    def read(value: object) -> _ValueT:
        if not isinstance(value, str):
            raise PydanticCustomError("rule-not-text", "is no text")
        try:
            if form.fullmatch(value) is not None:
                return parse(value)
        except ValueError:
            pass  # It has the form of what it is none of, as 2026-02-30.
        said = {"pattern": pattern, **facts}
        raise PydanticCustomError(code, "is not text of the form {pattern}", said)

    return PlainValidator(read)


def _schema(pattern: str, **more: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", **more})


_AMOUNT = HOURS_PATTERN
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MARK = r"(0|[1-9][0-9]{0,4})(\.[0-9]{1,2})?"
_ORDINAL = r"0|[1-9][0-9]?"
_MONTHS = r"[1-9][0-9]{0,3}"
_COUNT = r"[1-9][0-9]{0,2}"
_PERCENT = r"(100|[1-9]?[0-9])(\.[0-9]{1,2})?"
_DAY_OF_YEAR = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


def _read_percent(text: str) -> int:
    return parse_scaled(text, 2)


def _read_factor(text: str) -> int:
    return parse_scaled(text, 3)


def _read_day_of_year(text: str) -> tuple[int, int]:
    day = date.fromisoformat(f"2001-{text}")
    return day.month, day.day


def _print_percent(share: int) -> str:
    return print_scaled(share, 2)


def _print_day_of_year(day: tuple[int, int]) -> str:
    return f"{day[0]:02d}-{day[1]:02d}"


def _refuse_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("rule-null", "what is not stated is left out, never null")
    return value


Optionally = Annotated[_ValueT | None, AfterValidator(_refuse_null)]
"""A field that may be left out; None stands for its absence and is no value that can be given."""

Amount = Annotated[
    Credits,
    _reader(_AMOUNT, Credits.parse, "rule-decimal-wrong", places=3),
    PlainSerializer(str),
    _schema(_AMOUNT),
]
"""Credits as a decimal string with at most three places."""

Mark = Annotated[Grade, _reader(_MARK, Grade.parse, "rule-decimal-wrong", places=2), _schema(_MARK)]
"""A grade of a numeric scale as a decimal string with at most two places."""

Ordinal = Annotated[
    int, _reader(_ORDINAL, int, "rule-number-wrong", least=0, most=99), _schema(_ORDINAL)
]
"""The place of a level in its framework, from 0 to 99, as text."""

Day = Annotated[
    date, _reader(_DAY, date.fromisoformat, "rule-day-wrong"), _schema(_DAY, format="date")
]
"""A day YYYY-MM-DD."""

Months = Annotated[
    int, _reader(_MONTHS, int, "rule-number-wrong", least=1, most=9999), _schema(_MONTHS)
]
"""A number of whole months from 1 to 9999."""

Count = Annotated[
    int,
    _reader(_COUNT, int, "rule-number-wrong", least=1, most=999),
    PlainSerializer(str),
    _schema(_COUNT),
]
"""A number of things from 1 to 999, as text."""

Percent = Annotated[
    int,
    _reader(_PERCENT, _read_percent, "rule-percent-wrong"),
    PlainSerializer(_print_percent),
    _schema(_PERCENT),
]
"""A share in 1/10000, written as percent with at most two places."""

Factor = Annotated[
    int, _reader(_AMOUNT, _read_factor, "rule-decimal-wrong", places=3), _schema(_AMOUNT)
]
"""A factor in 1/1000, as a decimal string with at most three places."""

DayOfYear = Annotated[
    tuple[int, int],
    _reader(_DAY_OF_YEAR, _read_day_of_year, "rule-day-of-year-wrong"),
    PlainSerializer(_print_day_of_year),
    _schema(_DAY_OF_YEAR),
]
"""A day MM-DD of every year; 29 February is none."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
HOURS_FORM = f"^{HOURS_PATTERN}$"
USED_HOURS_FORM = f"^(all|{HOURS_PATTERN})$"
RULE_ID_FORM = "^[a-z0-9]+(-[a-z0-9]+)*$"
VERSION_FORM = "^[0-9A-Za-z][0-9A-Za-z.]*$"
Hours = Annotated[str, StringConstraints(pattern=HOURS_FORM)]
"""Hours of the unit that the rule names, as a decimal string."""

UsedHours = Annotated[str, StringConstraints(pattern=USED_HOURS_FORM)]
"""As many hours, or all."""

RuleId = Annotated[str, StringConstraints(pattern=RULE_ID_FORM, max_length=64)]
Version = Annotated[str, StringConstraints(pattern=VERSION_FORM, max_length=20)]

LearningClass = Literal["formal", "vocational", "non_degree", "venue"]
"""The four classes of learning outcomes."""
