"""Outcomes that are held and fail a rule by one thing alone: by how much, or what is not known."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from creditbank.conversion.accept import failing
from creditbank.conversion.decision import FOR_A_PERSON, Line, Reason, Step, Trace
from creditbank.conversion.eligibility import eligible
from creditbank.conversion.filing import Outcome
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import Bundle, HoursPool, Shape
from creditbank.conversion.sources import Sources
from creditbank.planning.lacking import Search
from creditbank.planning.relevant import may_be_filed, relevant_rules

_STATED = FOR_A_PERSON | {
    Reason.EXPIRED,
    Reason.LEVEL_TOO_LOW,
    Reason.GRADE_TOO_LOW,
    Reason.HOURS_TOO_FEW,
    Reason.ASSURANCE_TOO_LOW,
    Reason.AWARDED_TOO_EARLY,
    Reason.AWARDED_TOO_LATE,
    Reason.STATUS_NOT_ACTIVE,
    Reason.USED_AT_HOME,
}
"""What an outcome of the right kind can fail by; else it is another outcome that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """An outcome that one test keeps from serving a rule, for targets that are missing."""

    document: RuleDocument
    outcome: str
    targets: tuple[str, ...]
    line: Line

    @property
    def needs_a_person(self) -> bool:
        """True where something is not known, rather than not met."""
        return self.line.code in FOR_A_PERSON


def near_misses(search: Search, *, most: int) -> list[NearMiss]:
    """Give up to so many, by the first slot, the rule and the outcome."""
    question = search.question
    found = [
        one
        for version in relevant_rules(question.in_force(), question.outcomes)
        if (rooms := search.rooms(version.document.rule.shape))
        and may_be_filed(question, version.document.rule)
        for outcome in search.followed.outcomes
        if version.takes([outcome.awarded_last])
        for one in _of(search, version.document, outcome, rooms)
    ]
    found.sort(key=lambda one: (_place(search, one), one.document.rule.id, one.outcome))
    return found[:most]


def _place(search: Search, miss: NearMiss) -> int:
    return min(map(search.place, miss.targets))


def _of(
    search: Search, document: RuleDocument, outcome: Outcome, rooms: Collection[str]
) -> Iterator[NearMiss]:
    """Give each single test that an outcome fails, with the targets that it keeps it from."""
    rule = document.rule
    if len(list(failing(rule.sources, outcome))) > 1:
        return
    trace = Trace()
    eligible(rule, search.followed.filing(rule, [outcome], ()), trace)
    own = [one for one in trace.lines if not one.has_passed]
    demands = [(codes, [*own, *_lines(more, outcome)]) for codes, more in _demands(rule.shape)]
    if isinstance(rule.shape, Bundle) and not all(lines for _, lines in demands):
        return  # It serves one of the parts.
    seen: list[Line] = []
    for _, lines in demands:
        line = lines[0] if len(lines) == 1 else None
        if line is None or line.code not in _STATED or line in seen:
            continue
        seen.append(line)
        kept = [code for codes, each in demands if each == lines for code in codes]
        targets = tuple(dict.fromkeys(code for code in kept if code in rooms))
        if targets:
            yield NearMiss(document=document, outcome=outcome.id, targets=targets, line=line)


def _demands(shape: Shape) -> Iterator[tuple[Sequence[str], Sources]]:
    """Give what is asked of one outcome beside the rule's sources, and the targets it is for."""
    if isinstance(shape, HoursPool):
        yield [shape.target.code], Sources()
    elif isinstance(shape, Bundle):
        codes = [one.code for one in shape.targets]
        yield from ((codes, part.sources) for part in shape.parts)
    else:
        yield from (([one.code], one.sources or Sources()) for one in shape.targets)


def _lines(sources: Sources, outcome: Outcome) -> Iterator[Line]:
    for code, facts in failing(sources, outcome):
        yield Line(step=Step.SOURCES, subject=outcome.id, code=code, facts=facts)
