"""What could be learned to fill what is missing: by each rule, the outcomes it still asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from creditbank.conversion.amounts import Credits
from creditbank.conversion.bundle import Matching, windows
from creditbank.conversion.eligibility import in_order
from creditbank.conversion.filing import HoursUnit, Outcome
from creditbank.conversion.rule import Rule
from creditbank.conversion.scope import scope_of
from creditbank.conversion.shapes import Bundle, Courses, CourseTarget, HoursPool, SourceAmount
from creditbank.conversion.sources import LevelNeeded, Sources
from creditbank.conversion.versions import VersionInForce
from creditbank.planning.imagined import Wanted
from creditbank.planning.lacking import Search
from creditbank.planning.question import NOTHING, Step
from creditbank.planning.relevant import each_eligible
from creditbank.planning.valued import Valued

NEW_MAX = 5
"""An opportunity that asks for more new outcomes is none worth naming."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """New outcomes and the conversion that they would make possible.

    `most` bounds what it can add: without the conversion the rest could be asked for as well.
    """

    step: Step
    wanted: tuple[Wanted, ...]
    most: Credits

    @property
    def partners(self) -> tuple[str, ...]:
        """The outcomes held that it uses, too."""
        new = {one.outcome.id for one in self.wanted}
        return tuple(one for one in self.step.outcomes if one not in new)


def candidates(search: Search, version: VersionInForce) -> Iterator[Candidate]:
    """Give what a version of a rule could make of new outcomes, with those held already."""
    shape = version.document.rule.shape
    if isinstance(shape, HoursPool):
        found = _of_pool(search, version, shape)
    elif isinstance(shape, Bundle):
        found = _of_bundle(search, version, shape)
    else:
        found = _of_courses(search, version, shape)
    seen: list[Candidate] = []
    for one in found:
        if one not in seen:
            seen.append(one)
            yield one


def _of_courses(search: Search, version: VersionInForce, shape: Courses) -> Iterator[Candidate]:
    """Give the least outcome that the rule takes, and the least that each course asks for."""
    rule = version.document.rule
    own = [target.sources for target in shape.targets if target.sources is not None]
    for asks in ((rule.sources,), *((rule.sources, one) for one in own)):
        for each in _with_levels(asks, shape.targets):
            outcome = search.imagining.outcome("new-1", each)
            if outcome is not None:
                wanted = [Wanted(outcome=outcome, asks=each)]
                yield from _completed(search, version, shape.targets, wanted, [])


def _with_levels(
    asks: tuple[Sources, ...], targets: Sequence[CourseTarget]
) -> Iterator[tuple[Sources, ...]]:
    """Give the sources as they are, and with each level that an amount is stated for."""
    yield asks
    for target in targets:
        for one in target.gives.by_level if isinstance(target.gives, SourceAmount) else ():
            level = LevelNeeded(framework=one.framework, at_least=one.level)
            yield (*asks, Sources(levels=(level,)))


def _of_bundle(search: Search, version: VersionInForce, shape: Bundle) -> Iterator[Candidate]:
    """Complete the bundle with what is held, and with what the best proposal leaves."""
    codes = [target.code for target in shape.targets]
    for question in (search.question, search.followed):
        held = each_eligible(question, version, codes)
        matched = _closest(shape, held, search)
        wanted = _lacking(search, version.document.rule, shape, matched)
        if wanted:
            partners = [one for part in shape.parts for one in matched.of_part(part)]
            yield from _completed(search, version, shape.targets, wanted, partners)


def _closest(shape: Bundle, held: Sequence[Outcome], search: Search) -> Matching:
    """Match what lies close enough to an award of today, as much as can be."""
    today = search.question.filed_on
    probe = Outcome(
        id="",
        group="",
        is_active=True,
        outcome_class="",
        provider="",
        course="",
        awarded_first=today,
        awarded_last=today,
    )
    close = [
        [one for one in window if one is not probe]
        for window in windows(shape, in_order([*held, probe]))
        if probe in window
    ]
    found = [Matching.of(shape.parts, one) for one in close]
    return max(found, key=lambda one: len(one.outcomes))


def _lacking(search: Search, rule: Rule, shape: Bundle, matched: Matching) -> list[Wanted]:
    """Imagine an outcome for each place that is free; none where one cannot be filled."""
    wanted: list[Wanted] = []
    for part in shape.parts:
        asks = (rule.sources, part.sources)
        for _ in range(part.at_least - len(matched.of_part(part))):
            courses = {one.outcome.course for one in wanted}
            name = f"new-{len(wanted) + 1}"
            outcome = search.imagining.outcome(name, asks, but_not=courses)
            if outcome is None or len(wanted) == NEW_MAX:
                return []
            wanted.append(Wanted(outcome=outcome, asks=asks, part=part.name))
    return wanted


def _completed(
    search: Search,
    version: VersionInForce,
    targets: Sequence[CourseTarget],
    wanted: Sequence[Wanted],
    partners: Sequence[Outcome],
) -> Iterator[Candidate]:
    """Give the conversion for all targets that it gives credit for."""
    rule = version.document.rule
    valued = Valued(search, rule, targets, tuple(wanted), tuple(partners)).found()
    given = [
        (target.code, min(asked, room))
        for target, asked, room in valued.priced()
        if NOTHING not in {asked, room}
    ]
    names = [*(one.id for one in partners), *(one.outcome.id for one in valued.wanted)]
    yield Candidate(
        step=Step(
            document=version.document,
            outcomes=tuple(names),
            targets=tuple(code for code, _ in given),
        ),
        wanted=valued.wanted,
        most=Credits(milli=sum(one.milli for _, one in given)),
    )


def _of_pool(search: Search, version: VersionInForce, pool: HoursPool) -> Iterator[Candidate]:
    """Give the hours that lack to the next quantum, and those that lack to fill the target."""
    rule, code = version.document.rule, pool.target.code
    scope = scope_of(rule, search.question.filing(rule, (), ()))
    eligible = each_eligible(search.followed, version, [code])
    free = {one: sum(end - start for start, end in one.free(pool.unit, scope)) for one in eligible}
    each, quantum = pool.units_of(pool.quantum), pool.quantum.milli
    lacks = search.lacks(code, pool.target.category).milli
    for quanta in dict.fromkeys((1, -(-lacks // quantum))) if lacks else ():
        needed: dict[HoursUnit, int] = {pool.unit: max(1, quanta * each - sum(free.values()))}
        outcome = search.imagining.outcome("new-1", (rule.sources,), hours=needed)
        if outcome is None:
            continue
        names = (*(one.id for one, hours in free.items() if hours), outcome.id)
        gained = -(-(outcome.stated(pool.unit) or 0) // each) * quantum
        yield Candidate(
            step=Step(document=version.document, outcomes=names, targets=(code,)),
            wanted=(Wanted(outcome=outcome, asks=(rule.sources,)),),
            most=Credits(milli=min(gained, search.room(code, pool.target.category).milli)),
        )
