"""Which outcome that is not held yet would complete which slot, the most credit first.

Each is told by the engine: what the best choice of conversions applies with the new outcomes, less
what it applies without them. What promises most is looked at more closely first, so that the order
holds over all rules though few are looked at.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import heappop, heappush

from creditbank.conversion.amounts import Credits
from creditbank.conversion.apply import Application
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import FOR_A_PERSON, Decision, Line
from creditbank.conversion.decision import Step as Test
from creditbank.conversion.plan import CountedCredit
from creditbank.conversion.versions import VersionInForce
from creditbank.planning.candidates import Candidate, candidates
from creditbank.planning.follow import follow, followed
from creditbank.planning.imagined import Wanted
from creditbank.planning.integer_programme import NotSolved
from creditbank.planning.lacking import Search
from creditbank.planning.near_misses import NearMiss, near_misses
from creditbank.planning.propose import best_with, propose
from creditbank.planning.question import NOTHING, Proposal, Question, Step
from creditbank.planning.relevant import may_be_filed

MOST = 20
"""How many opportunities are named, unless asked otherwise."""

SOLVED_MAX = 6
"""How often the solver weighs anew what is held; after that only what adds to the proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """New outcomes, the conversion they make possible, and what more is applied by it.

    `fills` is what that conversion applies; `partners` are outcomes held that it uses; `limits` are
    the caps that keep it from more. `is_proved` says that no other use by this rule gives more.
    """

    step: Step
    wanted: tuple[Wanted, ...]
    partners: tuple[str, ...]
    fills: tuple[CountedCredit, ...]
    credits: Credits
    limits: tuple[Line, ...]
    is_proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a rule cannot say of itself: a person decides 人工审核 whether it would give credit."""

    rule: str
    targets: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunities:
    """The best proposal for what is held, and what could be added to it, the most credit first.

    `is_whole` is False where the solver was not asked about all that promised as much.
    """

    proposal: Proposal
    found: tuple[Opportunity, ...]
    near_misses: tuple[NearMiss, ...]
    reviews: tuple[Review, ...]
    is_whole: bool


def find_opportunities(question: Question, *, most: int = MOST) -> Opportunities:
    """Give up to so many opportunities.

    Raises `NotSolved` where the solver does not prove the best choice for what is held.
    """
    proposal = propose(question, most=1)[0]
    after = followed(question, proposal.steps)[0]
    search = Search(question, after)
    finder = _Finder(search, proposal)
    found = finder.found(most)
    return Opportunities(
        proposal=proposal,
        found=tuple(found),
        near_misses=tuple(near_misses(search, most=most)),
        reviews=tuple(finder.reviews[:most]),
        is_whole=finder.is_whole,
    )


_Key = tuple[int, int, int, str]
"""Credit (negative), new outcomes, place of the first slot, and rule: what the order is by."""


@dataclass(order=True, slots=True)
class _Entry:
    """An opportunity, or what leads to some when it is looked at, none of them before its key."""

    key: _Key
    number: int
    what: Callable[[], None] | Opportunity = field(compare=False)


@dataclass(slots=True)
class _Finder:
    search: Search
    proposal: Proposal
    entries: list[_Entry] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    pushed: int = 0
    solved: int = 0
    is_whole: bool = True

    def found(self, most: int) -> list[Opportunity]:
        """Look at what promises most until so many are known to be the best."""
        for version in self.search.question.in_force():
            self._consider(version)
        found: list[Opportunity] = []
        while self.entries and len(found) < most:
            what = heappop(self.entries).what
            if not isinstance(what, Opportunity):
                what()
            elif not any(_is_same(what, one) for one in found):
                found.append(what)
        return found

    def _push(self, key: _Key, what: Callable[[], None] | Opportunity) -> None:
        self.pushed += 1
        heappush(self.entries, _Entry(key, self.pushed, what))

    def _key(self, rule: str, targets: Iterable[str], credit: int, new: int) -> _Key:
        return -credit, new, min(map(self.search.place, targets), default=0), rule

    def _consider(self, version: VersionInForce) -> None:
        """Bound what a rule may add by what its targets and the plan still take."""
        rule = version.document.rule
        rooms = self.search.rooms(rule.shape)
        most = self._bound(sum(one.milli for one in rooms.values()))
        # Nothing that is new falls under a version that is kept for old awards.
        if most and version.awarded_before is None and may_be_filed(self.search.question, rule):
            look = partial(self._find, version, list(rooms))
            self._push(self._key(rule.id, rooms, most, 1), look)

    def _bound(self, milli: int) -> int:
        return min(milli, self.search.plan_room)

    def _find(self, version: VersionInForce, targets: Sequence[str]) -> None:
        for one in candidates(self.search, version):
            self._review(one, targets)
            most = self._bound(one.most.milli)
            if most:
                self._push(self._promise(one, most), partial(self._add, one, most))

    def _promise(self, candidate: Candidate, most: int) -> _Key:
        step = candidate.step
        return self._key(step.document.rule.id, step.targets, most, len(candidate.wanted))

    def _review(self, candidate: Candidate, targets: Sequence[str]) -> None:
        """Keep what a person would have to decide of it."""
        decision = _decided(_with(self.search.question, candidate), candidate.step, targets)
        lines = tuple(one for one in decision.failures if one.code in FOR_A_PERSON)
        rule = candidate.step.document.rule.id
        if decision.needs_a_person and all(one.rule != rule for one in self.reviews):
            self.reviews.append(Review(rule=rule, targets=tuple(targets), lines=lines))

    def _add(self, candidate: Candidate, most: int) -> None:
        """Ask for it after the proposal; where that is not all that it promises, weigh it anew."""
        with_new, step = _with(self.search.followed, candidate), candidate.step
        found = _opportunity(candidate, step, follow(with_new, [step])[1])
        decision = _decided(with_new, step, step.targets)
        found = replace(found, limits=(*_limits(decision.failures, step), *found.limits))
        if found.credits.milli >= most:
            self._name(found)
        else:
            self._push(self._promise(candidate, most), partial(self._weigh, candidate, found))

    def _weigh(self, candidate: Candidate, simple: Opportunity) -> None:
        """Let the solver choose anew among all that is held, with what is new for this rule."""
        best = self._best_with(candidate)
        if best is None:
            self.is_whole = False
            self._name(replace(simple, is_proved=False))
            return
        new = {one.outcome.id for one in candidate.wanted}
        more = best.application.credits.milli - self.proposal.application.credits.milli
        steps = [one for one in best.steps if not new.isdisjoint(one.outcomes)]
        if more > simple.credits.milli and steps:
            anew = _opportunity(candidate, steps[0], best.application)
            simple = replace(anew, credits=Credits(milli=more))
        self._name(replace(simple, is_proved=best.is_proved))

    def _best_with(self, candidate: Candidate) -> Proposal | None:
        if self.solved == SOLVED_MAX:
            return None
        self.solved += 1
        rule = candidate.step.document.rule.id
        reserved = {one.outcome.id: rule for one in candidate.wanted}
        with suppress(NotSolved):
            return best_with(replace(_with(self.search.question, candidate), reserved=reserved))
        return None

    def _name(self, found: Opportunity) -> None:
        if found.credits != NOTHING:
            rule, targets = found.step.document.rule.id, (one.target for one in found.fills)
            self._push(self._key(rule, targets, found.credits.milli, len(found.wanted)), found)


def _with(question: Question, candidate: Candidate) -> Question:
    new = [one.outcome for one in candidate.wanted]
    return replace(question, outcomes=[*question.outcomes, *new])


def _decided(question: Question, step: Step, targets: Sequence[str]) -> Decision:
    offered = [one for one in question.outcomes if one.id in step.outcomes]
    return decide(step.document, question.filing(step.document.rule, offered, targets))


def _opportunity(candidate: Candidate, step: Step, application: Application) -> Opportunity:
    new = {one.outcome.id for one in candidate.wanted}
    rule = step.document.rule.id
    return Opportunity(
        step=step,
        wanted=candidate.wanted,
        partners=tuple(one for one in step.outcomes if one not in new),
        fills=tuple(
            one for one in application.applied if one.rule == rule and one.target in step.targets
        ),
        credits=application.credits,
        limits=_limits(application.trace, step),
        is_proved=True,
    )


def _limits(lines: Iterable[Line], step: Step) -> tuple[Line, ...]:
    """Give the caps that left less than was asked for."""
    return tuple(
        one
        for one in lines
        if one.step is Test.CAP and not one.has_passed and one.subject in step.targets
    )


def _is_same(one: Opportunity, other: Opportunity) -> bool:
    """Say whether two fill the same by the same rule: the one that asks for less came first."""
    return (
        one.step.document.rule.id == other.step.document.rule.id
        and one.fills == other.fills
        and [each.asks for each in one.wanted] == [each.asks for each in other.wanted]
    )
