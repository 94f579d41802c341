"""In what scope a rule uses outcomes up, and whether the plan of a request is one of the rule's."""

from creditbank.conversion.decision import Reason, Step, Trace
from creditbank.conversion.filing import ANYWHERE, Filing
from creditbank.conversion.rule import Rule


def scope_of(rule: Rule, filing: Filing) -> str:
    """Give the name of the scope; what cannot be told apart is used up anywhere."""
    plan = filing.plan
    if rule.consumption == "programme" and plan is not None:
        return f"programme {plan.institution} {plan.programme}"
    if rule.consumption == "level" and plan is not None and plan.level is not None:
        return f"level {plan.level}"
    return ANYWHERE


def fits_programme(rule: Rule, filing: Filing, trace: Trace) -> bool:
    """Say whether the rule is for the plan of the request."""
    failed = _misfit(rule, filing)
    if failed is not None:
        trace.add(Step.SHAPE, None, failed)
    return failed is None


def _misfit(rule: Rule, filing: Filing) -> Reason | None:
    plan, wanted = filing.plan, rule.programme
    if plan is None:
        needs_one = wanted is not None or rule.consumption != ANYWHERE
        return Reason.PROGRAMME_NOT_STATED if needs_one else None
    if rule.consumption == "level" and plan.level is None:
        return Reason.PROGRAMME_LEVEL_NOT_STATED
    if wanted is None:
        return None
    if plan.programme != wanted.code:
        return Reason.PROGRAMME_NOT_ACCEPTED
    if wanted.plan_versions and plan.version not in wanted.plan_versions:
        return Reason.PLAN_VERSION_NOT_ACCEPTED
    return None
