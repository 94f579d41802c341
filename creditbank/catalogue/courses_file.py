"""The course catalogue file (YAML): schemes and definitions, read strictly."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from creditbank.catalogue.definition import Counting, Definition, OutcomeClass, definition_id
from creditbank.catalogue.scheme import GradeScale, Scheme
from creditbank.codes.lists import find_code, list_year
from creditbank.conversion.amounts import AmountError, Credits, Grade, StudyTime
from creditbank.conversion.days import read_day
from creditbank.errors import Fact, FieldProblem, InvalidInput
from creditbank.plain_yaml import SAFE_LOADER

Text = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
ValueT = TypeVar("ValueT")

_OCCUPATION = re.compile(r"\d-\d{2}-\d{2}-\d{2}", re.ASCII)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Title(_Strict):
    zh: Text
    en: Text | None = None


class _Scale(_Strict):
    id: Code
    kind: Literal["numeric", "ordered"]
    min: str | None = None
    max: str | None = None
    values: list[Text] = []


class _Scheme(_Strict):
    id: Code
    title: _Title
    quantum: str
    hours_per_credit: Annotated[int, Field(ge=1, le=100)]
    minutes_per_class_hour: Annotated[int, Field(ge=1, le=120)]
    grade_scales: list[_Scale] = []


class _Level(_Strict):
    framework: Code
    ordinal: Annotated[int, Field(ge=0, le=99)]


class _Course(_Strict):
    code: Code
    version: Code
    title: _Title
    outcome_class: Annotated[
        Literal["formal", "vocational", "non_degree", "venue"], Field(alias="class")
    ]
    scheme: Code
    credits: str | None = None
    hours: str | None = None
    valid_from: str
    valid_until: str | None = None
    counting: Literal["best", "last", "first", "each"] = "best"
    category: Code | None = None
    level: _Level | None = None
    isced_field: Code | None = None
    occupation: Code | None = None


class _CoursesFile(_Strict):
    format: Literal["creditbank/courses/v1"]
    schemes: list[_Scheme]
    courses: Annotated[list[_Course], Field(max_length=50_000)]


def read_courses(text: str, institution_id: str) -> tuple[list[Scheme], list[Definition]]:
    """Read the catalogue file of an institution; raises `InvalidInput` naming every wrong place."""
    file = _read(text)
    problems: list[FieldProblem] = []
    schemes = [
        _scheme(scheme, _Place(f"schemes.{place}", problems))
        for place, scheme in enumerate(file.schemes)
    ]
    known = {scheme.id for scheme in file.schemes}
    definitions = [
        _definition(course, institution_id, known, _Place(f"courses.{place}", problems))
        for place, course in enumerate(file.courses)
    ]
    if problems:
        raise InvalidInput(problems)
    return schemes, definitions


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file a value stands, and the list that its problems go to."""

    path: str
    problems: list[FieldProblem]

    def parse(
        self, field: str, text: str, parse: Callable[[str], ValueT], fallback: ValueT
    ) -> ValueT:
        """Parse a text, or note what is wrong with it and go on with the fallback."""
        try:
            return parse(text)
        except AmountError as error:
            self.refuse(field, error.code)
            return fallback
        except ValueError as error:
            facts = {"reason": str(error)}
            self.problems.append(
                FieldProblem(field=f"{self.path}.{field}", code="field-wrong", facts=facts)
            )
            return fallback

    def day(self, field: str, text: str, fallback: date) -> date:
        """Read a day, or note that it is none and go on with the fallback."""
        try:
            return read_day(text)
        except ValueError:
            self.refuse(field, "day-unreadable")
            return fallback

    def refuse(self, field: str, code: str, **facts: Fact) -> None:
        """Note what is wrong with a field."""
        self.problems.append(FieldProblem(field=f"{self.path}.{field}", code=code, facts=facts))


def _read(text: str) -> _CoursesFile:
    try:
        return _CoursesFile.model_validate(yaml.load(text, Loader=SAFE_LOADER))  # noqa: S506 - safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        facts = {"line": 1 if mark is None else mark.line + 1}
        raise InvalidInput(
            [FieldProblem(field="file", code="yaml-unreadable", facts=facts)]
        ) from None
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


def _scheme(scheme: _Scheme, place: _Place) -> Scheme:
    return Scheme(
        id=scheme.id,
        title=scheme.title.zh,
        title_en=scheme.title.en,
        quantum=place.parse("quantum", scheme.quantum, _quantum, Credits(milli=1)),
        hours_per_credit=scheme.hours_per_credit,
        minutes_per_class_hour=scheme.minutes_per_class_hour,
        grade_scales=tuple(_scale(scale, place) for scale in scheme.grade_scales),
    )


def _quantum(text: str) -> Credits:
    quantum = Credits.parse(text)
    if quantum.milli == 0:
        raise ValueError("a quantum is above zero")
    return quantum


def _scale(scale: _Scale, place: _Place) -> GradeScale:
    def bound(field: str, text: str | None) -> Grade | None:
        name = f"grade_scales.{scale.id}.{field}"
        return None if text is None else place.parse(name, text, Grade.parse, Grade(centi=0))

    return GradeScale(
        id=scale.id,
        minimum=bound("min", scale.min),
        maximum=bound("max", scale.max),
        values=tuple(scale.values),
    )


def _check_codes(course: _Course, place: _Place) -> None:
    """Refuse a field of education that the closed list of 2013 has not, and no occupation's code.

    The list of occupations grows, so that a well-formed code which it has not is let through.
    """
    field, occupation = course.isced_field, course.occupation
    if field is not None and find_code("fields", field) is None:
        place.refuse("isced_field", "isced-field-unknown", list_year=list_year("fields"))
    if occupation is not None and _OCCUPATION.fullmatch(occupation) is None:
        place.refuse("occupation", "occupation-unreadable")


def _definition(
    course: _Course, institution_id: str, schemes: set[str], place: _Place
) -> Definition:
    if course.scheme not in schemes:
        place.refuse("scheme", "scheme-unknown")
    first = place.day("valid_from", course.valid_from, date.min)
    if course.valid_until is not None:
        last = place.day("valid_until", course.valid_until, date.max)
        if last < first:
            place.refuse("valid_until", "days-reversed")
    _check_codes(course, place)
    return Definition(
        id=definition_id(institution_id, course.code, course.version),
        institution_id=institution_id,
        code=course.code,
        version=course.version,
        title=course.title.zh,
        title_en=course.title.en,
        outcome_class=OutcomeClass(course.outcome_class),
        scheme_id=course.scheme,
        credits=None
        if course.credits is None
        else place.parse("credits", course.credits, Credits.parse, Credits(milli=0)),
        hours=None
        if course.hours is None
        else place.parse("hours", course.hours, StudyTime.parse, StudyTime(minutes=0)),
        valid_from=course.valid_from,
        valid_until=course.valid_until,
        counting=Counting(course.counting),
        category=course.category,
        level_framework=None if course.level is None else course.level.framework,
        level=None if course.level is None else course.level.ordinal,
        isced_field=course.isced_field,
        occupation=course.occupation,
    )
