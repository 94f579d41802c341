"""What credit that is recognised for an enrolment is applied from."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from creditbank.catalogue.enrolled_plans import EnrolledPlan
from creditbank.conversion.application import ApplicationInputs, inputs_for
from creditbank.conversion.apply import Applying
from creditbank.conversion.plan import CountedCredit
from creditbank.conversion.rule import Rule
from creditbank.credits.request import stated_plan_of


def inputs_of(
    enrolled: EnrolledPlan,
    rule: Rule,
    granted: Iterable[Applying],
    applied: Sequence[CountedCredit],
) -> ApplicationInputs:
    """Give what credit of one rule is applied from in an enrolment.

    Raises `Refusal("plan-not-stated")` where the programme is known without its plan.
    """
    stated = stated_plan_of(enrolled)
    plan = replace(stated.plan, institution=enrolled.institution_id)
    return inputs_for(plan, stated.caps, rule, granted, applied)
