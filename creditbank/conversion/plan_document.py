"""A programme plan read strictly from plain JSON, as rule files are."""

from collections.abc import Mapping

import orjson
from pydantic import TypeAdapter, ValidationError

from creditbank.conversion.form_problems import form_problem
from creditbank.conversion.plan_coherence import plan_problems
from creditbank.conversion.plan_file import StatedPlan
from creditbank.errors import FieldProblem, InvalidInput

_PLANS = TypeAdapter(StatedPlan)


def read_plan(content: Mapping[str, object]) -> StatedPlan:
    """Read a plan whose scalars are text; raises `InvalidInput` that names every wrong place."""
    try:
        plan = _PLANS.validate_json(orjson.dumps(content))
    except ValidationError as error:
        raise InvalidInput([form_problem(one) for one in error.errors()]) from None
    problems = [
        FieldProblem(field=one.field.removeprefix("."), code=one.code, facts=one.facts)
        for one in plan_problems(plan, "")
    ]
    if problems:
        raise InvalidInput(problems)
    return plan
