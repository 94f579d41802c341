"""Several outcomes together fill courses: each part of the bundle gets outcomes of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from creditbank.conversion.accept import as_found, failing
from creditbank.conversion.days import as_number, last_valid_day
from creditbank.conversion.decision import (
    FOR_A_PERSON,
    Granted,
    Line,
    Note,
    Part,
    Reason,
    Step,
    Trace,
)
from creditbank.conversion.filing import Filing, Finding, Outcome
from creditbank.conversion.grants import Granting, free_targets
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import Bundle, BundlePart


def grant_bundle(
    rule: Rule, bundle: Bundle, outcomes: Sequence[Outcome], filing: Filing, trace: Trace
) -> Granted:
    """Grant the wished courses if every part is met; the outcomes that meet it are used whole."""
    wished = list(free_targets(bundle.targets, filing, trace))
    if not outcomes:
        trace.add(Step.SHAPE, None, Reason.NO_OUTCOME_LEFT)
        return Granted()
    used = _chosen(bundle, outcomes, filing.findings, trace)
    if not used:
        return Granted()
    granting = Granting(rule, used, filing, trace)
    for target in wished:
        granting.grant(target)
    parts = tuple(Part(outcome=one.id) for one in used) if granting.grants else ()
    return Granted(tuple(granting.grants), parts)


def _chosen(
    bundle: Bundle, outcomes: Sequence[Outcome], findings: Sequence[Finding], trace: Trace
) -> list[Outcome]:
    """Give the outcomes that meet every part, oldest first; none where a part is not met.

    What is not known of an outcome that would be one of a missing part is for a person to find.
    """
    whole = Matching.of(bundle.parts, outcomes, findings)
    for part in bundle.parts:
        found = len(whole.of_part(part))
        is_met = found >= part.at_least
        code = Note.PART_MET if is_met else Reason.PART_MISSING
        trace.add(Step.SHAPE, part.name, code, found=found, needed=part.at_least)
        for one in () if is_met else outcomes:
            failed = _failed(part, one, findings)
            if {line.code for line in failed} <= FOR_A_PERSON | {Reason.FOUND_NOT_MET}:
                trace.lines += failed
    if not whole.is_complete:
        return []
    used = _close_together(bundle, outcomes, whole, findings, trace)
    for one in outcomes:
        if used and one not in used:
            trace.add(Step.SHAPE, one.id, Note.LEFT_UNUSED)
    return used


def _failed(part: BundlePart, outcome: Outcome, findings: Sequence[Finding]) -> list[Line]:
    """Give the tests of a part that an outcome fails, as far as nobody found them met."""
    lines = (
        Line(step=Step.SHAPE, subject=outcome.id, code=code, facts=facts)
        for code, facts in failing(part.sources, outcome)
    )
    found = (as_found(line, findings) for line in lines)
    return [line for line in found if not line.has_passed]


def _close_together(
    bundle: Bundle,
    outcomes: Sequence[Outcome],
    whole: "Matching",
    findings: Sequence[Finding],
    trace: Trace,
) -> list[Outcome]:
    """Give the first complete choice whose awards lie close enough."""
    if bundle.within_months is None and bundle.year_begins is None:
        return whole.outcomes
    for is_sure in (True, False):
        for window in _windows(bundle, outcomes, is_sure=is_sure):
            found = Matching.of(bundle.parts, window, findings)
            if not found.is_complete:
                continue
            code = Note.AWARDS_CLOSE if is_sure else Reason.AWARD_DAY_IMPRECISE
            trace.add(Step.SHAPE, None, code, **_days(found.outcomes))
            return found.outcomes if is_sure else []
    trace.add(Step.SHAPE, None, Reason.AWARDS_TOO_FAR_APART)
    return []


def windows(bundle: Bundle, outcomes: Sequence[Outcome]) -> Iterator[list[Outcome]]:
    """Give the sets of outcomes that certainly lie close enough to each other, or all of them."""
    if bundle.within_months is None and bundle.year_begins is None:
        yield list(outcomes)
    else:
        yield from _windows(bundle, outcomes, is_sure=True)


def _windows(
    bundle: Bundle, outcomes: Sequence[Outcome], *, is_sure: bool
) -> Iterator[list[Outcome]]:
    """Give, from each award on, the outcomes that certainly, or possibly, lie close to it."""
    for first in outcomes:
        begins = first.awarded_first
        ends = _ends(bundle, begins if is_sure else first.awarded_last)
        lies_in = _lies_within if is_sure else _may_lie_within
        yield [one for one in outcomes if lies_in(one, begins, ends)]


def _lies_within(one: Outcome, begins: date, ends: date) -> bool:
    return begins <= one.awarded_first and one.awarded_last <= ends


def _may_lie_within(one: Outcome, begins: date, ends: date) -> bool:
    return begins <= one.awarded_last and one.awarded_first <= ends


def _days(outcomes: Sequence[Outcome]) -> dict[str, int]:
    last = max(one.awarded_last for one in outcomes)
    return {"first_day": as_number(outcomes[0].awarded_first), "last_day": as_number(last)}


def _ends(bundle: Bundle, first: date) -> date:
    ends = date.max
    if bundle.within_months is not None:
        ends = last_valid_day(first, bundle.within_months)
    if bundle.year_begins is not None:
        ends = min(ends, _last_of_year(bundle.year_begins, first))
    return ends


def _last_of_year(begins: tuple[int, int], day: date) -> date:
    """Give the last day of the year that begins on this day of the year."""
    start = date(day.year, *begins)
    following = start if day < start else date(day.year + 1, *begins)
    return date.fromordinal(following.toordinal() - 1)


@dataclass(slots=True)
class Matching:
    """Outcomes matched to the places of parts: as many as can be, the oldest first (Kuhn 1955)."""

    parts: Sequence[BundlePart]
    fitting: Mapping[tuple[str, str], Outcome]
    taken: dict[str, tuple[str, int]]

    @classmethod
    def of(
        cls,
        parts: Sequence[BundlePart],
        outcomes: Sequence[Outcome],
        findings: Sequence[Finding] = (),
    ) -> Self:
        """Match the outcomes of each course; the oldest that fits a part stands for all."""
        fitting: dict[tuple[str, str], Outcome] = {}
        for part in parts:
            for one in outcomes:
                if not _failed(part, one, findings):
                    fitting.setdefault((part.name, one.course), one)
        found = cls(parts, fitting, {})
        for part in parts:
            for place in range(part.at_least):
                found._place((part.name, place), set())
        return found

    def _place(self, place: tuple[str, int], tried: set[str]) -> bool:
        """Give a place a course, if need be by moving others."""
        for name, course in self.fitting:
            if name != place[0] or course in tried:
                continue
            tried.add(course)
            holder = self.taken.get(course)
            if holder is None or self._place(holder, tried):
                self.taken[course] = place
                return True
        return False

    def of_part(self, part: BundlePart) -> list[Outcome]:
        """Give the outcomes that a part got."""
        held = [course for course, (name, _) in self.taken.items() if name == part.name]
        return [self.fitting[part.name, course] for course in held]

    @property
    def is_complete(self) -> bool:
        """True when every part got as many as it asks for."""
        return all(len(self.of_part(part)) >= part.at_least for part in self.parts)

    @property
    def outcomes(self) -> list[Outcome]:
        """All matched outcomes, oldest first."""
        found = [one for part in self.parts for one in self.of_part(part)]
        return sorted(found, key=lambda one: (one.awarded_first, one.awarded_last, one.id))
