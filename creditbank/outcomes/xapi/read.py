"""Read statements: which of them are results, which are none, and which void another.

Moodle's plugin sends its own verb of completion, with neither result nor amounts; the course
catalogue supplies these. A statement as JSON is given as it was sent, so that any later one of
the same id can be compared with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from creditbank.conversion.days import civil_day
from creditbank.errors import Fact, FieldProblem, InvalidInput
from creditbank.outcomes.xapi.source import Source

COMPLETED = (
    "http://adlnet.gov/expapi/verbs/completed",
    "http://adlnet.gov/expapi/verbs/passed",
    "http://id.tincanapi.com/verb/completed",
)
FAILED = "http://adlnet.gov/expapi/verbs/failed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
VERBS = (*COMPLETED, FAILED, VOIDED)

_SET_BY_RECEIVER = frozenset({"stored", "authority", "version"})
_PERCENT_MAX = 100

Sources = Mapping[str, Source]
"""An institution's sources by home page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A statement that somebody completed a course: the fields of a posting but the amounts."""

    id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoResult:
    """A statement that is valid, but from which nothing was achieved."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiding:
    """A statement that another one of the same institution was an error."""

    id: str
    target: str


Reading = Completion | NoResult | Voiding


def compared(statement: Mapping[str, object]) -> dict[str, object]:
    """Give what two statements of one id must agree in (xAPI 1.0.3, data, 2.3.1)."""
    return {name: value for name, value in statement.items() if name not in _SET_BY_RECEIVER}


def read_statement(statement: Mapping[str, object], sources: Sources, now: datetime) -> Reading:
    """Read a statement; raises `InvalidInput` that names every wrong place.

    Codes: `field-missing`, `statement-id-wrong`, `verb-unknown`, `actor-account-missing`,
    `home-page-unknown`, `activity-unknown`, `timestamp-unreadable`, `term-undeclared`,
    `statement-target-wrong`.
    """
    return _Reader(statement, sources, now).read()


class _Reader:
    def __init__(self, statement: Mapping[str, object], sources: Sources, now: datetime) -> None:
        self._statement = statement
        self._sources = sources
        self._now = now
        self._problems: list[FieldProblem] = []

    def read(self) -> Reading:
        name = self._uuid("id", self._statement.get("id"), "statement-id-wrong")
        verb = _part(self._statement, "verb").get("id")
        if verb == VOIDED:
            return self._finished(Voiding(id=name, target=self._target()))
        if verb not in VERBS:
            self._refuse("verb.id", "verb-unknown", known=VERBS)
        if verb == FAILED or _is_negative(_part(self._statement, "result")):
            return self._finished(NoResult(id=name))
        return self._finished(Completion(id=name, fields=self._fields()))

    def _finished(self, reading: Reading) -> Reading:
        if self._problems:
            raise InvalidInput(self._problems)
        return reading

    def _fields(self) -> dict[str, str]:
        account = _part(_part(self._statement, "actor"), "account")
        home, learner = account.get("homePage"), account.get("name")
        if not isinstance(home, str) or not isinstance(learner, str):
            self._refuse("actor.account", "actor-account-missing")
            return {}
        source = self._sources.get(home)
        if source is None:
            self._refuse("actor.account.homePage", "home-page-unknown")
            return {}
        moment = self._moment()
        try:
            day = civil_day(moment)
        except OverflowError:  # The first or last day that there is, in another zone.
            self._refuse("timestamp", "timestamp-unreadable")
            return {}
        return {
            "learner": learner,
            "course": self._known("object.id", "activity-unknown", self._course(source)),
            "term": self._known("timestamp", "term-undeclared", source.term(day)),
            "result": source.result,
            "awarded_on": day.isoformat(),
            **self._grade(source),
        }

    def _course(self, source: Source) -> str | None:
        activity = _part(self._statement, "object").get("id")
        return source.course(activity) if isinstance(activity, str) else None

    def _known(self, place: str, code: str, text: str | None) -> str:
        if text is None:
            self._refuse(place, code)
        return text or ""

    def _grade(self, source: Source) -> dict[str, str]:
        score = _part(_part(self._statement, "result"), "score")
        raw = score.get("raw")
        is_percent = score.get("max") == _PERCENT_MAX and not score.get("min")
        if source.grade_scale is None or raw is None or not is_percent:
            return {}
        return {"grade": str(raw), "grade_scale": source.grade_scale}

    def _moment(self) -> datetime:
        text = self._statement.get("timestamp")
        if text is None:
            return self._now
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._refuse("timestamp", "timestamp-unreadable")
            return self._now
        return moment

    def _target(self) -> str:
        target = _part(self._statement, "object")
        if target.get("objectType") != "StatementRef":
            self._refuse("object", "statement-target-wrong")
            return ""
        return self._uuid("object.id", target.get("id"), "statement-target-wrong")

    def _uuid(self, place: str, given: object, code: str) -> str:
        try:
            return str(UUID(str(given)))
        except ValueError:
            self._refuse(place, code)
            return ""

    def _refuse(self, place: str, code: str, **facts: Fact) -> None:
        self._problems.append(FieldProblem(field=place, code=code, facts=facts))


def _part(whole: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}


def _is_negative(result: Mapping[str, object]) -> bool:
    return result.get("success") is False or result.get("completion") is False
