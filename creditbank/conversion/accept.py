"""Whether a rule takes an outcome: every predicate of its sources, each failing one by its code.

What is not known, or stands on another scale or framework than the rule's, is never guessed: a
person decides (`creditbank.conversion.decision.FOR_A_PERSON`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import get_args

from creditbank.conversion.days import as_number
from creditbank.conversion.decision import FINDABLE, Line, Note, Reason
from creditbank.conversion.filing import Finding, Outcome
from creditbank.conversion.sources import AssuranceLevel, HoursNeeded, Sources

Failure = tuple[Reason, dict[str, int]]
"""The code of a failing predicate, and the integers behind it."""

_ASSURANCES = get_args(AssuranceLevel)


def failing(sources: Sources, outcome: Outcome) -> Iterator[Failure]:
    """Give every predicate that an outcome fails, in the order of the sources."""
    if sources.classes and outcome.outcome_class not in sources.classes:
        yield Reason.CLASS_NOT_ACCEPTED, {}
    if not _is_of_provider(sources, outcome):
        yield Reason.PROVIDER_NOT_ACCEPTED, {}
    if outcome.home_bank is not None and outcome.home_bank not in sources.banks:
        yield Reason.BANK_NOT_ACCEPTED, {}
    if not is_of_course(sources, outcome.course):
        yield Reason.COURSE_NOT_ACCEPTED, {}
    series = sources.certificate_series
    if series and outcome.certificate_series not in series:
        yield Reason.SERIES_NOT_ACCEPTED, {}
    yield from _level(sources, outcome)
    yield from _grade(sources, outcome)
    if sources.hours is not None:
        yield from _hours(sources.hours, outcome)
    yield from _assurance(sources, outcome)
    yield from _awarded(sources, outcome)


def as_found(line: Line, findings: Sequence[Finding]) -> Line:
    """Give a failed test of an outcome as a person found it; any other line stays as it is."""
    if line.code not in FINDABLE:
        return line
    for one in findings:
        if (one.outcome, one.code) == (line.subject, line.code):
            code = Note.FOUND_MET if one.is_met else Reason.FOUND_NOT_MET
            return replace(line, code=code, facts={})
    return line


def _is_of_provider(sources: Sources, outcome: Outcome) -> bool:
    if not (sources.providers or sources.provider_subtrees):
        return True
    under = {outcome.provider, *outcome.provider_above}
    return outcome.provider in sources.providers or not under.isdisjoint(sources.provider_subtrees)


def is_of_course(sources: Sources, course: str) -> bool:
    """Say whether sources take a course by its code, or ask for none."""
    if not (sources.courses or sources.course_patterns):
        return True
    return course in sources.courses or any(is_like(one, course) for one in sources.course_patterns)


def is_like(pattern: str, course: str) -> bool:
    """Say whether a code is of a pattern."""
    return _pattern(pattern).fullmatch(course) is not None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(one, re.escape(one)) for one in text), re.DOTALL)


def _level(sources: Sources, outcome: Outcome) -> Iterator[Failure]:
    if not sources.levels:
        return
    needed = {one.framework: one.at_least for one in sources.levels}
    if outcome.level is None or outcome.level_framework is None:
        yield Reason.LEVEL_NOT_STATED, {}
    elif outcome.level_framework not in needed:
        yield Reason.LEVEL_FRAMEWORK_UNKNOWN, {}
    elif outcome.level < (least := needed[outcome.level_framework]):
        yield Reason.LEVEL_TOO_LOW, {"level": outcome.level, "least": least}


def _grade(sources: Sources, outcome: Outcome) -> Iterator[Failure]:
    if not sources.grades:
        return
    needed = {one.scale: one for one in sources.grades}
    if outcome.grade is None or outcome.grade_scale is None:
        yield Reason.GRADE_NOT_STATED, {}
    elif outcome.grade_scale not in needed:
        yield Reason.GRADE_SCALE_UNKNOWN, {}
    elif (is_met := needed[outcome.grade_scale].is_met_by(outcome.grade)) is None:
        yield Reason.GRADE_UNREADABLE, {}
    elif not is_met:
        yield Reason.GRADE_TOO_LOW, {}


def _hours(needed: HoursNeeded, outcome: Outcome) -> Iterator[Failure]:
    stated, least = outcome.stated(needed.unit), needed.units
    if stated is None:
        yield Reason.HOURS_NOT_STATED, {}
    elif stated < least:
        unit = "milli" if needed.unit == "class_hours" else "minutes"
        yield Reason.HOURS_TOO_FEW, {f"stated_{unit}": stated, f"least_{unit}": least}


def _assurance(sources: Sources, outcome: Outcome) -> Iterator[Failure]:
    needed = sources.assurance_at_least
    if needed is None:
        return
    if outcome.assurance not in _ASSURANCES:
        yield Reason.ASSURANCE_NOT_STATED, {}
    elif _ASSURANCES.index(outcome.assurance) < _ASSURANCES.index(needed):
        yield Reason.ASSURANCE_TOO_LOW, {}


def _awarded(sources: Sources, outcome: Outcome) -> Iterator[Failure]:
    """Test the window; an award known to the month passes only where each day of it would."""
    first, last = outcome.awarded_first, outcome.awarded_last
    begins, ends = sources.awarded_from, sources.awarded_until
    if begins is not None and last < begins:
        yield Reason.AWARDED_TOO_EARLY, {"first_day": as_number(begins)}
    elif ends is not None and first > ends:
        yield Reason.AWARDED_TOO_LATE, {"last_day": as_number(ends)}
    elif (begins is not None and first < begins) or (ends is not None and last > ends):
        yield Reason.AWARD_DAY_IMPRECISE, {}
