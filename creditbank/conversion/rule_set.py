"""What must hold between rules: versions that follow each other, and no circle of courses."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from creditbank.conversion.circles import Takers, circles
from creditbank.conversion.course_links import LinkedRule, course_links
from creditbank.conversion.rule import Rule
from creditbank.errors import FieldProblem


@dataclass(frozen=True, kw_only=True)
class OwnedRule:
    """A rule and the institution whose courses its targets are, where that is known."""

    rule: Rule
    institution_id: str | None = None

    @cached_property
    def linked(self) -> LinkedRule:
        """The courses that it takes and gives."""
        return LinkedRule(
            rule_id=self.rule.id,
            version=self.rule.version,
            institution_id=self.institution_id,
            links=course_links(self.rule),
        )


class RuleSet:
    """Rules that stand beside each other, indexed once for all questions about them."""

    def __init__(self, rules: Iterable[OwnedRule]) -> None:
        self._versions: dict[str, list[OwnedRule]] = defaultdict(list)
        for one in rules:
            self._versions[one.rule.id].append(one)
        linked = [one.linked for versions in self._versions.values() for one in versions]
        self._takers, self._circles = Takers(linked), circles(linked)

    def problems(self, new: OwnedRule) -> Iterator[FieldProblem]:
        """Name every place where one of these rules contradicts the others."""
        own = [one.rule for one in self._versions[new.rule.id] if one is not new]
        yield from _overlaps(new.rule, [one for one in own if one.version != new.rule.version])
        yield from _circle_of_versions(new.rule, own)
        if new.rule.id in self._circles:
            yield from self._circle_of_rules(new)

    def _circle_of_rules(self, new: OwnedRule) -> Iterator[FieldProblem]:
        """Follow what each rule gives to those that take it, until one gives what `new` takes."""
        paths: list[tuple[str, ...]] = [(new.rule.id,)]
        seen: set[str] = set()
        for path in paths:
            for name in self._taken_by(path[-1], new):
                if name == new.rule.id and len(path) > 1:
                    facts = {"path": (*path, name)}
                    yield FieldProblem(field="shape", code="rule-circle", facts=facts)
                    return
                if name not in seen and name != new.rule.id:
                    seen.add(name)
                    paths.append((*path, name))

    def _taken_by(self, giver: str, new: OwnedRule) -> Iterator[str]:
        """Name the rules that take what a rule gives, while `new` holds."""
        for one in self._beside(giver, new):
            for code in sorted(one.linked.given):
                for taker in self._takers.of(code, one.institution_id):
                    if any(taker is other.linked for other in self._beside(taker.rule_id, new)):
                        yield taker.rule_id

    def _beside(self, name: str, new: OwnedRule) -> list[OwnedRule]:
        """Give the versions of a rule of its circle that hold on a day on which `new` does."""
        if name == new.rule.id:
            return [new]
        if name not in self._circles[new.rule.id]:
            return []
        versions = self._versions[name]
        begins = [one.rule.effective_from for one in versions]
        return [
            one
            for one in versions
            if _hold_together(new.rule, one.rule)
            and not any(one.rule.effective_from < day <= new.rule.effective_from for day in begins)
        ]


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
