"""Whether a rule fits what a bank knows: the published rules, and the plans that it names."""

from collections.abc import Iterator

from sqlalchemy import Connection

from creditbank.catalogue.programmes import programmes_of
from creditbank.conversion.plan_file import StatedPlan
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.rule_set import OwnedRule, set_problems
from creditbank.conversion.shapes import HoursPool
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.rules.queries import published_rules, readable_documents, versions_of


def require_fitting(
    connection: Connection, document: RuleDocument, institution_id: str | None = None
) -> None:
    """Raise `InvalidInput` that names each place, with its line, where it does not fit.

    Without an institution it is that of whoever drafted it; a rule of nobody is not looked at.
    """
    institution_id = institution_id or _drafted_by(connection, document)
    if institution_id is None:
        return
    new = OwnedRule(rule=document.rule, institution_id=institution_id)
    published = published_rules(connection)
    documents = readable_documents(published)
    others = [
        OwnedRule(rule=documents[one.sha256].rule, institution_id=one.institution_id)
        for one in published
        if one.sha256 in documents and one.sha256 != document.sha256
    ]
    problems = [
        *set_problems(new, others),
        *_slot_problems(connection, document.rule, institution_id),
    ]
    if problems:
        raise InvalidInput(document.located(problems))


def _drafted_by(connection: Connection, document: RuleDocument) -> str | None:
    versions = versions_of(connection, [document.rule.id]).get(document.rule.id, ())
    return next((one.institution_id for one in versions), None)


def _slot_problems(
    connection: Connection, rule: Rule, institution_id: str
) -> Iterator[FieldProblem]:
    """Name each target that no plan of the rule's programme has a place for."""
    wanted = rule.programme
    if wanted is None:
        return
    for programme in programmes_of(connection, institution_id):
        is_meant = not wanted.plan_versions or programme.version in wanted.plan_versions
        if programme.code == wanted.code and is_meant and (stated := programme.stated_plan):
            yield from unknown_slots(rule, stated)


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
