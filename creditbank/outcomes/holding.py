"""Whether somebody held something on a day, by validity, extension, renewal and status. Pure.

Dates may be years or months: where that changes the answer it is unknown, and a person looks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.status import OutcomeStatus


class Answer(StrEnum):
    """Held, not held, or for a person to look at."""

    YES = "yes"
    UNKNOWN = "unknown"
    NO = "no"


class Why(StrEnum):
    """What decided the answer."""

    VALID_THEN = "valid-then"
    DATE_IMPRECISE = "date-imprecise"
    SUSPENDED_THEN = "suspended-then"
    REVOKED_LATER = "revoked-later"
    EXPIRED_THEN = "expired-then"
    NOT_YET_VALID = "not-yet-valid"
    TAKEN_BACK = "taken-back"
    NEVER_HELD = "never-held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One outcome with its validity and what befell it; days are those on which it was recorded.

    `ends` are the last days that were ever stated: its own and those of its extensions, each of
    which goes on where the earlier ended; without one it does not run out. Without `valid_from` it
    is valid from its award.
    """

    outcome_id: str
    awarded: PartialDate
    valid_from: PartialDate | None
    ends: Sequence[PartialDate]
    status: OutcomeStatus
    taken_back_on: date | None
    suspensions: Sequence[tuple[date, date | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The answer, why, and the outcome that decided it."""

    answer: Answer
    why: Why
    outcome_id: str | None


def held_on(outcomes: Sequence[Held], day: date) -> Holding:
    """Say whether any of these was valid on a day; a renewal is one more of them."""
    found = [_one(outcome, day) for outcome in outcomes]
    if not found:
        return Holding(answer=Answer.NO, why=Why.NEVER_HELD, outcome_id=None)
    return min(found, key=lambda one: list(Answer).index(one.answer))


def _one(outcome: Held, day: date) -> Holding:
    answer, why = _by_dates(outcome, day)
    if answer is not Answer.NO:
        # What weakens the answer more stands: no before unknown before yes.
        doubts = [*_by_status(outcome, day), (answer, why)]
        answer, why = max(doubts, key=lambda one: list(Answer).index(one[0]))
    return Holding(answer=answer, why=why, outcome_id=outcome.outcome_id)


def _by_dates(outcome: Held, day: date) -> tuple[Answer, Why]:
    start = outcome.valid_from or outcome.awarded
    if day < start.first_day:
        return Answer.NO, Why.NOT_YET_VALID
    last = max((end.last_day for end in outcome.ends), default=date.max)
    if day > last:
        return Answer.NO, Why.EXPIRED_THEN
    surely = max((end.first_day for end in outcome.ends), default=date.max)
    if start.last_day <= day <= surely:
        return Answer.YES, Why.VALID_THEN
    return Answer.UNKNOWN, Why.DATE_IMPRECISE


def _by_status(outcome: Held, day: date) -> Iterator[tuple[Answer, Why]]:
    """Give what its status takes from the answer.

    What was replaced or void never was so. What was revoked is not held since; for the days before,
    a person looks whether it was void from the start. What the holder gave up was held until then.
    """
    match outcome.status:
        case OutcomeStatus.SUPERSEDED | OutcomeStatus.VOID:
            yield Answer.NO, Why.TAKEN_BACK
        case OutcomeStatus.REVOKED | OutcomeStatus.CANCELLED:
            if outcome.taken_back_on is not None and day >= outcome.taken_back_on:
                yield Answer.NO, Why.TAKEN_BACK
            elif outcome.status is OutcomeStatus.REVOKED:
                yield Answer.UNKNOWN, Why.REVOKED_LATER
        case _:
            pass
    for since, until in outcome.suspensions:
        if since <= day and (until is None or day < until):
            yield Answer.UNKNOWN, Why.SUSPENDED_THEN
