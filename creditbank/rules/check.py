"""Whether rules fit what a bank knows: the published rules, and the plans that they name."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.catalogue.programmes import plans_of
from creditbank.conversion.circles import circles
from creditbank.conversion.plan_file import StatedPlan
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.rule_set import OwnedRule, RuleSet
from creditbank.conversion.shapes import HoursPool
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.rules.courses import rules_reached
from creditbank.rules.queries import published_versions, readable_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What some rules must fit: the published rules that they could contradict, and the plans.

    `circles` names for a rule all that may stand in a circle with it, whether they are published
    or not; `published` are their versions and its own, and `plans` those of an institution's
    programme.
    """

    circles: Mapping[str, frozenset[str]]
    published: Mapping[str, Sequence[OwnedRule]]
    plans: Mapping[tuple[str, str], Sequence[StatedPlan]]

    @classmethod
    def load(cls, connection: Connection, rules: Sequence[OwnedRule]) -> Self:
        """Load what these rules must fit; only what could be a circle is read in full."""
        linked = [one.linked for one in rules]
        mutual = circles([*linked, *rules_reached(connection, linked)])
        found = {one.rule.id: mutual.get(one.rule.id, frozenset()) for one in rules}
        stored = published_versions(connection, set(found).union(*found.values()))
        documents = readable_documents(stored)
        published: dict[str, list[OwnedRule]] = defaultdict(list)
        for one in stored:
            if one.sha256 in documents:
                rule = documents[one.sha256].rule
                published[one.id].append(OwnedRule(rule=rule, institution_id=one.institution_id))
        return cls(circles=found, published=published, plans=_plans(connection, rules))

    def require_fitting(self, document: RuleDocument, institution_id: str) -> None:
        """Raise `InvalidInput` that names each place, with its line, where a rule does not fit."""
        new = OwnedRule(rule=document.rule, institution_id=institution_id)
        names = {document.rule.id, *self.circles.get(document.rule.id, ())}
        others = [one for name in sorted(names) for one in self.published.get(name, ())]
        problems = [*RuleSet([new, *others]).problems(new), *self._slot_problems(new)]
        if problems:
            raise InvalidInput(document.located(problems))

    def with_published(self, rule: Rule, institution_id: str) -> Self:
        """Give what the next rules must fit, once this one is published."""
        new = OwnedRule(rule=rule, institution_id=institution_id)
        versions = [*self.published.get(rule.id, ()), new]
        return replace(self, published={**self.published, rule.id: versions})

    def _slot_problems(self, new: OwnedRule) -> Iterator[FieldProblem]:
        """Name each target that no plan of the rule's programme has a place for."""
        wanted = new.rule.programme
        if wanted is None:
            return
        for stated in self.plans.get((new.institution_id or "", wanted.code), ()):
            if not wanted.plan_versions or stated.plan.version in wanted.plan_versions:
                yield from unknown_slots(new.rule, stated)


def _plans(
    connection: Connection, rules: Sequence[OwnedRule]
) -> dict[tuple[str, str], list[StatedPlan]]:
    named = {(one.institution_id, one.rule.programme.code) for one in rules if one.rule.programme}
    return plans_of(connection, {(owner, code) for owner, code in named if owner is not None})


def unknown_slots(rule: Rule, stated: StatedPlan) -> Iterator[FieldProblem]:
    """Name each target that is neither a slot of a plan nor goes to one of its categories."""
    shape, plan = rule.shape, stated.plan
    if isinstance(shape, HoursPool):
        targets = [("shape.target", shape.target.code, shape.target.category)]
    else:
        targets = [
            (f"shape.targets.{place}", one.code, one.category)
            for place, one in enumerate(shape.targets)
        ]
    for place, code, category in targets:
        has_category = category is not None and plan.category(category) is not None
        if plan.slot(code) is None and not has_category:
            facts = {"name": code, "plan": f"{plan.programme} {plan.version}"}
            yield FieldProblem(field=f"{place}.code", code="slot-unknown", facts=facts)
