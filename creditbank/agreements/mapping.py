"""How a table of agreements is read: which column is what, and what its rules say beside it.

A mapping is a YAML file; those of the usual forms are shipped, and found by the header.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Literal

import rfc8785
from pydantic import Field, TypeAdapter, ValidationError, with_config

from creditbank.agreements.notation import Words
from creditbank.agreements.words import fold
from creditbank.conversion.fields import (
    CLOSED,
    Amount,
    Day,
    LearningClass,
    Name,
    Optionally,
    RuleId,
    Text,
)
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.plain_yaml import load_plain_yaml

Form = Literal["transfer", "exam", "certificate"]
"""Courses to courses in the notation of guides; examinations to courses; certificates to credit."""

FIELDS: Mapping[Form, tuple[frozenset[str], frozenset[str]]] = {
    "transfer": (
        frozenset({"institution", "destination", "detail"}),
        frozenset({"subject", "number", "course", "starts", "ends"}),
    ),
    "exam": (
        frozenset({"exam", "score", "targets", "credits"}),
        frozenset({"destination", "provider", "starts", "ends"}),
    ),
    "certificate": (
        frozenset({"certificate", "level", "credits", "category"}),
        frozenset({"destination", "condition", "starts", "ends"}),
    ),
}
"""The fields that a form needs, and those that it may have; a transfer names its course by `course`
or by `subject` and `number`."""


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """What every rule of the table says; the fields are those of a rule.

    `effective_from` is needed where the rows have no day from which they hold. `period` says what
    the days of a row bound: the award of the outcomes, or the filing.
    """

    prefix: RuleId
    author: Name
    approver: Name
    reference: Text
    outcome_class: Annotated[LearningClass, Field(alias="class")]
    consumption: Literal["anywhere", "level", "programme"] = "anywhere"
    effective_from: Optionally[Day] = None
    period: Literal["awarded", "filed"] = "awarded"


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A scale of grades: its grades, the best first, or none where it is numeric."""

    scale: Name
    best_first: tuple[Name, ...] = ()


@with_config(CLOSED)
@dataclass(frozen=True, kw_only=True)
class TableMapping:
    """One mapping. `columns` name the header of each field, `constants` what no column says.

    `institutions` give the bank's id of a code; `labels` are names that credit may carry;
    `open_ended` are the words for an agreement without a last day.
    """

    format: Literal["creditbank/agreement-table/v1"]
    form: Form
    columns: Mapping[Name, Name]
    constants: Mapping[Name, Name] = field(default_factory=dict)
    rules: RuleTerms
    institutions: Mapping[Name, Name] = field(default_factory=dict)
    open_ended: tuple[str, ...] = ()
    two_digit_years_from: Annotated[str, Field(pattern=r"^[12][0-9]{3}$")] = "1990"
    labels: tuple[Name, ...] = ()
    scales: tuple[Scale, ...] = ()
    frameworks: Mapping[Name, tuple[Name, ...]] = field(default_factory=dict)
    course_credits: Mapping[Name, Amount] = field(default_factory=dict)

    @cached_property
    def labels_by_words(self) -> Mapping[Words, str]:
        """The labels by how they fold."""
        return {fold(one): one for one in self.labels}

    def problems(self) -> list[FieldProblem]:
        """Name every field that the form does not know, or that nothing gives."""
        needed, allowed = FIELDS[self.form]
        known = {*self.columns, *self.constants}
        return [
            *(_problem(f"columns.{one}", "field-unknown") for one in known - needed - allowed),
            *(_problem(f"columns.{one}", "field-missing") for one in sorted(needed - known)),
            *([_problem("columns.course", "field-missing")] if self._lacks_course(known) else []),
        ]

    def _lacks_course(self, known: Collection[str]) -> bool:
        is_named = "course" in known or {"subject", "number"} <= set(known)
        return self.form == "transfer" and not is_named

    def fits(self, header: Sequence[str]) -> bool:
        """Say whether a table has every column that is named."""
        return set(self.columns.values()) <= set(header)

    def institution(self, code: str) -> str:
        """Give the bank's id of an institution, or its code where none is stated."""
        return self.institutions.get(code, code)


_MAPPINGS = TypeAdapter(TableMapping)


def read_mapping(text: str) -> TableMapping:
    """Read a mapping; raises `InvalidInput` that names every wrong field."""
    try:
        mapping = _MAPPINGS.validate_json(rfc8785.dumps(load_plain_yaml(text)))
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldProblem(
                    field=".".join(map(str, one["loc"])),
                    code="field-wrong",
                    facts={"reason": one["msg"]},
                )
                for one in error.errors()
            ]
        ) from None
    problems = mapping.problems()
    if problems:
        raise InvalidInput(problems)
    return mapping


@cache
def shipped_mappings() -> tuple[TableMapping, ...]:
    """Give the mappings of the usual forms."""
    folder = files("creditbank.agreements").joinpath("forms")
    named = sorted(one.name for one in folder.iterdir() if one.name.endswith(".yaml"))
    return tuple(read_mapping(folder.joinpath(name).read_text("utf-8")) for name in named)


def mapping_for(header: Sequence[str], form: str | None = None) -> TableMapping:
    """Give the shipped mapping that fits a header; raises `InvalidInput`."""
    for mapping in shipped_mappings():
        if mapping.fits(header) and form in {None, mapping.form}:
            return mapping
    raise InvalidInput([FieldProblem(field="file", code="agreement-table-unknown")])


def _problem(name: str, code: str) -> FieldProblem:
    return FieldProblem(field=name, code=code)
