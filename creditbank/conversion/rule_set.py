"""What must hold between rules: versions that follow each other, and no circle of courses."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from creditbank.conversion.accept import is_of_course
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import Bundle, target_codes
from creditbank.conversion.sources import Sources
from creditbank.errors import FieldProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRule:
    """A rule and the institution whose courses its targets are, where that is known."""

    rule: Rule
    institution_id: str | None = None


def set_problems(new: OwnedRule, others: Sequence[OwnedRule]) -> Iterator[FieldProblem]:
    """Name every place where a rule contradicts others that stand beside it."""
    own = [one.rule for one in others if one.rule.id == new.rule.id]
    yield from _overlaps(new.rule, [one for one in own if one.version != new.rule.version])
    yield from _circle_of_versions(new.rule, own)
    yield from _circle_of_rules(new, [one for one in others if one.rule.id != new.rule.id])


def _overlaps(rule: Rule, others: Sequence[Rule]) -> Iterator[FieldProblem]:
    """Ask of two versions that hold on one day that the later one supersedes the earlier."""
    follows = {one.version: one.supersedes for one in (rule, *others)}
    for one, other in combinations((rule, *others), 2):
        if rule not in (one, other) or not _hold_together(one, other):
            continue
        if not (_leads(follows, one, other) or _leads(follows, other, one)):
            facts = {"version": (other if one is rule else one).version}
            yield FieldProblem(field="effective_from", code="rule-dates-overlap", facts=facts)


def _hold_together(one: Rule, other: Rule) -> bool:
    first, second = sorted((one, other), key=lambda rule: rule.effective_from)
    until = first.effective_until
    return until is None or second.effective_from < until


def _leads(follows: Mapping[str, str | None], later: Rule, earlier: Rule) -> bool:
    """Say whether a version supersedes another, at once or by those between, and begins later."""
    name, seen = follows.get(later.version), set[str]()
    while name is not None and name not in seen and name != earlier.version:
        seen.add(name)
        name = follows.get(name)
    return name == earlier.version and earlier.effective_from < later.effective_from


def _circle_of_versions(rule: Rule, others: Sequence[Rule]) -> Iterator[FieldProblem]:
    """Follow what a version supersedes, and to what it leaves earlier awards, until it comes up."""
    known = {one.version: one for one in (*others, rule)}
    supersedes = {name: one.supersedes for name, one in known.items()}
    kept = {name: one.transition.version for name, one in known.items() if one.transition}
    for field, names in ("supersedes", supersedes), ("transition.version", kept):
        path = [rule.version]
        while (following := names.get(path[-1])) is not None and following not in path:
            path.append(following)
        if following == rule.version and len(path) > 1:
            facts = {"path": (*path, following)}
            yield FieldProblem(field=field, code="rule-circle", facts=facts)


def _circle_of_rules(new: OwnedRule, others: Sequence[OwnedRule]) -> Iterator[FieldProblem]:
    """Follow what each rule gives to the rules that take it, until one gives what `new` takes."""
    known = {one.rule.id: one for one in others}
    takers = _takers([new, *others])
    paths: list[tuple[str, ...]] = [(new.rule.id,)]
    seen: set[str] = set()
    for path in paths:
        giver = new if path[-1] == new.rule.id else known[path[-1]]
        for taker in takers.of(giver):
            name = taker.rule.id
            if name == new.rule.id and len(path) > 1:
                facts = {"path": (*path, name)}
                yield FieldProblem(field="shape", code="rule-circle", facts=facts)
                return
            if name not in seen and name != new.rule.id:
                seen.add(name)
                paths.append((*path, name))


@dataclass(frozen=True, slots=True)
class _Takers:
    """Rules by the codes of courses that they take."""

    by_code: Mapping[str, Sequence[OwnedRule]]
    by_pattern: Sequence[tuple[OwnedRule, Sources]]

    def of(self, giver: OwnedRule) -> Iterator[OwnedRule]:
        """Give the rules that take a course that another gives."""
        for code in sorted(_same(giver.rule, target_codes(giver.rule.shape))):
            for taker in self.by_code.get(code, ()):
                if _may_be_of(taker.rule.sources, giver.institution_id):
                    yield taker
            for taker, sources in self.by_pattern:
                if is_of_course(sources, code) and _may_be_of(sources, giver.institution_id):
                    yield taker


def _takers(rules: Sequence[OwnedRule]) -> _Takers:
    by_code: dict[str, list[OwnedRule]] = defaultdict(list)
    by_pattern: list[tuple[OwnedRule, Sources]] = []
    for one in rules:
        shape = one.rule.shape
        parts = [part.sources for part in shape.parts] if isinstance(shape, Bundle) else []
        for sources in (one.rule.sources, *parts):
            for code in _same(one.rule, sources.courses):
                by_code[code].append(one)
            if sources.course_patterns:
                by_pattern.append((one, sources))
    return _Takers(by_code, by_pattern)


def _same(rule: Rule, codes: Collection[str]) -> set[str]:
    """Give codes with those that the rule calls one and the same."""
    groups = (group for group in rule.equivalents if not set(group).isdisjoint(codes))
    return set(codes).union(*groups)


def _may_be_of(sources: Sources, institution_id: str | None) -> bool:
    """Say whether sources take a course of an institution, as far as they name institutions.

    Codes are each institution's own: who takes another's course of this code takes another course.
    """
    if sources.banks or not (sources.providers or sources.provider_subtrees):
        return not sources.banks
    return institution_id in (*sources.providers, *sources.provider_subtrees)
