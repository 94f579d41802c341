"""Sources: what an institution declares once of a learning system that sends statements.

A statement names neither course, term nor learner number as the bank knows them. The source says
which home page the learning system's accounts have (their names are the institution's own learner
numbers), which activity is which course, and which days are which term.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, with_config

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.plain_yaml import load_plain_yaml

_STRICT = ConfigDict(extra="forbid", frozen=True)

Text = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,200}$")]
Address = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20]{1,2000}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
TERMS_MAX = 200
ACTIVITIES_MAX = 5_000


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term and its days, both inclusive."""

    term: Annotated[Text, Field(description="The term as the bank knows it.")]
    first_day: Annotated[Day, Field(description="The first day, YYYY-MM-DD.")]
    last_day: Annotated[Day, Field(description="The last day, YYYY-MM-DD.")]


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One learning system of an institution; what it calls completed is recorded as `result`."""

    format: Annotated[
        Literal["creditbank/xapi-source/v1"], Field(description="The form of this declaration.")
    ]
    home_page: Annotated[
        Address, Field(description="Home page of the accounts that the learning system has.")
    ]
    terms: Annotated[Sequence[Term], Field(description="Which days are which term.")]
    result: Annotated[Text, Field(description="What a completed course is recorded as.")]
    activities: Annotated[
        Mapping[Address, Text] | None, Field(description="Codes of courses, by activity.")
    ] = None
    activity_prefix: Annotated[
        Address | None,
        Field(description="What comes before the course's code in an activity that is not listed."),
    ] = None
    grade_scale: Annotated[
        Text | None,
        Field(description="The scale of raw scores from 0 to 100; without it they are left out."),
    ] = None

    def course(self, activity: str) -> str | None:
        """Give the code of the course that an activity is."""
        listed = (self.activities or {}).get(activity)
        prefix = self.activity_prefix
        if listed is None and prefix is not None and activity.startswith(prefix):
            return activity.removeprefix(prefix) or None
        return listed

    def term(self, day: date) -> str | None:
        """Give the term that a day is in."""
        return next(
            (one.term for one in self.terms if one.first_day <= day.isoformat() <= one.last_day),
            None,
        )


_SCHEMA = TypeAdapter(Source)


def load_source(text: str) -> Source:
    """Read a source (YAML); raises `InvalidInput` as `read_source` does."""
    return read_source(load_plain_yaml(text))


def read_source(content: object) -> Source:
    """Read a source; raises `InvalidInput` naming every wrong place by its path.

    Codes: `source-wrong`, `date-impossible`, `source-terms-overlap`, `source-activities-missing`,
    `source-too-long`.
    """
    try:
        source = _SCHEMA.validate_python(content)
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldProblem(
                    field=".".join(map(str, one["loc"])),
                    code="source-wrong",
                    facts={"reason": one["msg"]},
                )
                for one in error.errors(include_url=False, include_input=False)
            ]
        ) from None
    require_fit(source)
    return source


def source_content(source: Source) -> dict[str, object]:
    """Give the stored form of a source."""
    content = _SCHEMA.dump_python(source, mode="json")
    return {name: value for name, value in content.items() if value is not None}


def require_fit(source: Source) -> None:
    """Refuse what does not fit together; raises `InvalidInput` as `read_source` does."""
    if len(source.terms) > TERMS_MAX or len(source.activities or {}) > ACTIVITIES_MAX:
        raise _problem("", "source-too-long", terms=TERMS_MAX, activities=ACTIVITIES_MAX)
    try:
        spans = sorted(map(_span, source.terms))
    except ValueError:
        raise _problem("terms", "date-impossible") from None
    reversed_ones = any(first > last for first, last in spans)
    if reversed_ones or any(one[1] >= after[0] for one, after in pairwise(spans)):
        raise _problem("terms", "source-terms-overlap")
    if not source.activities and source.activity_prefix is None:
        raise _problem("activities", "source-activities-missing")


def _span(term: Term) -> tuple[date, date]:
    return date.fromisoformat(term.first_day), date.fromisoformat(term.last_day)


def _problem(field: str, code: str, **facts: int) -> InvalidInput:
    return InvalidInput([FieldProblem(field=field, code=code, facts=facts)])
