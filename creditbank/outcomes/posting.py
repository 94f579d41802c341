"""The one place where a posted result is read: flat text fields in, a value or every problem out.

The JSON door, the CSV and NDJSON files and the mappings all end here, so a rule stands once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from creditbank.conversion.amounts import AmountError, ClassHours, Credits, StudyTime
from creditbank.errors import Fact, FieldProblem, InvalidInput
from creditbank.learners.documents import Document, read_document
from creditbank.learners.match import LearnerKind
from creditbank.outcomes.dates import YEAR_MIN, DateError, PartialDate
from creditbank.outcomes.texts import LENGTHS, text_problem

ATTEMPT_MAX = 99

REQUIRED = ("course", "term", "result", "awarded_on")
"""Fields that every posting states, beside its learner."""

NAMING = ("learner", "account_number", "document_number")
"""Fields of which a posting states at most one: the number that says who learned."""

IDENTIFYING = (
    *NAMING,
    "document_type",
    "document_country",
    "learner_name",
    "course",
    "term",
)
"""Fields that say whose result it is, and of which course and term."""

CODE_FIELDS = ("learner", "account_number", "course", "certificate_number")
"""Fields that are codes: written with digits, and no numbers, dates or amounts for all that."""

AMOUNTS = ("credits", "class_hours", "hours")
"""Fields of which a posting without a certificate states at least one."""

ValueT = TypeVar("ValueT")


class AttemptKind(StrEnum):
    """How an attempt came about."""

    FIRST = "first"  # 正考
    RESIT = "resit"  # 补考
    RETAKE = "retake"  # 重修
    DEFERRED = "deferred"  # 缓考
    RECOGNISED = "recognised"  # 认定


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerReference:
    """Who learned, by one number: the provider's own, the account's, or that of a document.

    A name beside a number only checks it; a name alone leads to nobody until a person decides.
    Name and year of birth are kept where the result opens an account, to be claimed by later.
    """

    kind: LearnerKind
    value: str
    name: str | None
    birth_year: int | None
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate as printed."""

    series: str
    number: str
    level: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedOutcome:
    """A well-formed result, and the `fields` it was read from; it may still be refused or held."""

    learner: LearnerReference
    course: str
    course_version: str | None
    offering: str | None
    term: str
    attempt: int
    attempt_kind: AttemptKind
    result: str
    grade: str | None
    grade_scale: str | None
    credits: Credits | None
    class_hours: ClassHours | None
    hours: StudyTime | None
    awarded_on: PartialDate
    certificate: Certificate | None
    fields: Mapping[str, str]


def parse_posting(fields: Mapping[str, str | None], *, today: date) -> PostedOutcome:
    """Read a posting whose fields are named as in `LENGTHS`; an empty field is not stated.

    Amounts are decimal strings, `hours` are hours, dates are as precise as they are known. Nothing
    is normalised. Raises `InvalidInput` that names every wrong field, each once.
    """
    form = _Form(fields, today.year)
    form.require(*REQUIRED)
    learner, certificate = form.learner(), form.certificate()
    awarded_on = form.read("awarded_on", lambda text: PartialDate.parse(text, today=today))
    posted_credits = form.read("credits", Credits.parse)
    class_hours = form.read("class_hours", ClassHours.parse)
    hours = form.read("hours", StudyTime.parse)
    attempt, attempt_kind = form.attempt(), form.attempt_kind()
    form.require_something_earned()
    given = form.given
    if form.problems or learner is None or awarded_on is None:
        raise InvalidInput(form.problems)
    return PostedOutcome(
        learner=learner,
        course=given["course"],
        course_version=given.get("course_version"),
        offering=given.get("offering"),
        term=given["term"],
        attempt=attempt,
        attempt_kind=attempt_kind,
        result=given["result"],
        grade=given.get("grade"),
        grade_scale=given.get("grade_scale"),
        credits=posted_credits,
        class_hours=class_hours,
        hours=hours,
        awarded_on=awarded_on,
        certificate=certificate,
        fields=given,
    )


def identity_problems(fields: Mapping[str, str | None], *, today: date) -> list[FieldProblem]:
    """Name what is wrong with the fields that say whose result of which course and term it is."""
    form = _Form({name: fields.get(name) for name in IDENTIFYING}, today.year)
    form.require("course", "term")
    form.learner()
    return form.problems


@dataclass(slots=True)
class _Form:
    """One posting while it is read: what is stated, and what was found wrong so far."""

    fields: Mapping[str, str | None]
    this_year: int
    given: dict[str, str] = field(init=False)
    problems: list[FieldProblem] = field(init=False)

    def __post_init__(self) -> None:
        self.given = {name: text for name, text in self.fields.items() if text}
        self.problems = [
            FieldProblem(field=name, code="field-unknown")
            for name in self.fields
            if name not in LENGTHS
        ]
        for name, text in self.given.items():
            problem = text_problem(name, text) if name in LENGTHS else None
            if problem is not None:
                self.problems.append(problem)

    def is_flawed(self, name: str) -> bool:
        """Say whether something is wrong with the field already; one problem a field is enough."""
        return any(problem.field == name for problem in self.problems)

    def refuse(self, name: str, code: str, **facts: Fact) -> None:
        """Note what is wrong with a field."""
        if not self.is_flawed(name):
            self.problems.append(FieldProblem(field=name, code=code, facts=facts))

    def require(self, *names: str) -> None:
        """Refuse each of these that is not stated."""
        for name in names:
            if name not in self.given:
                self.refuse(name, "field-missing")

    def read(self, name: str, parse: Callable[[str], ValueT]) -> ValueT | None:
        """Parse a field if it is stated; a problem is noted and None given."""
        text = self.given.get(name)
        if text is None or (self.problems and self.is_flawed(name)):
            return None
        try:
            return parse(text)
        except (AmountError, DateError) as error:
            self.refuse(name, error.code)
            return None

    def learner(self) -> LearnerReference | None:
        """Read who learned: by exactly one number, or by the name alone."""
        numbers = [name for name in NAMING if name in self.given]
        name, birth_year = self.given.get("learner_name"), self.birth_year()
        if len(numbers) > 1:
            self.refuse("learner", "learner-ambiguous")
        elif not numbers and name is None:
            self.refuse("learner", "learner-missing")
            return None
        document = self.document() if "document_number" in numbers else None
        named_by = numbers[0] if numbers else "learner_name"
        return LearnerReference(
            kind=_KINDS[named_by],
            value=self.given[named_by],
            name=name,
            birth_year=birth_year,
            document=document,
        )

    def document(self) -> Document | None:
        """Read the document: its number is never enough without type and name."""
        self.require("document_type", "learner_name")
        stated = self.given
        if "document_type" not in stated or self.is_flawed("document_number"):
            return None
        document = read_document(
            stated["document_type"], stated.get("document_country"), stated["document_number"]
        )
        if isinstance(document, Document):
            return document
        for problem in document:
            self.refuse(f"document_{problem.field}", problem.code, **problem.facts)
        return None

    def birth_year(self) -> int | None:
        """Read the learner's year of birth, if it is stated."""
        text = self.given.get("learner_birth_year")
        if text is None or self.is_flawed("learner_birth_year"):
            return None
        is_year = text.isascii() and text.isdigit()
        if not is_year or not YEAR_MIN <= int(text) <= self.this_year:
            self.refuse("learner_birth_year", "birth-year-impossible")
            return None
        return int(text)

    def certificate(self) -> Certificate | None:
        """Read the certificate: series and number stand together."""
        series = self.given.get("certificate_series")
        number = self.given.get("certificate_number")
        level = self.given.get("certificate_level")
        if series is not None and number is not None:
            return Certificate(series=series, number=number, level=level)
        if series is not None or number is not None or level is not None:
            self.require("certificate_series", "certificate_number")
        return None

    def require_something_earned(self) -> None:
        """Refuse a result that states neither an amount nor a certificate."""
        has_certificate = self.given.keys() & {"certificate_series", "certificate_number"}
        if not has_certificate and not any(name in self.given for name in AMOUNTS):
            self.refuse("credits", "amount-missing")

    def attempt(self) -> int:
        """Read the number of the attempt, 1 unless stated."""
        text = self.given.get("attempt", "1")
        is_number = text.isascii() and text.isdigit() and text[0] != "0"
        if self.is_flawed("attempt") or not is_number or int(text) > ATTEMPT_MAX:
            self.refuse("attempt", "attempt-unreadable")
            return 0
        return int(text)

    def attempt_kind(self) -> AttemptKind:
        """Read the kind of the attempt, the first unless stated."""
        text = self.given.get("attempt_kind", AttemptKind.FIRST.value)
        if text not in _ATTEMPT_KINDS:
            self.refuse("attempt_kind", "attempt-kind-unknown", known=tuple(_ATTEMPT_KINDS))
            return AttemptKind.FIRST
        return _ATTEMPT_KINDS[text]


_KINDS: Mapping[str, LearnerKind] = {
    "learner": "learner_number",
    "account_number": "account_number",
    "document_number": "document",
    "learner_name": "name",
}
_ATTEMPT_KINDS = {kind.value: kind for kind in AttemptKind}
