"""What an application 计入 is decided from; it is stored, so that it can be computed again.

A change of what `apply_credit` gives gets a new engine version and keeps the old one beside it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pydantic import ConfigDict, TypeAdapter, with_config

from creditbank.conversion.amounts import Credits
from creditbank.conversion.apply import Application, Applying, apply_credit, by_slot
from creditbank.conversion.caps import ScopedCap
from creditbank.conversion.plan import CountedCredit, Plan
from creditbank.conversion.plan_file import PlanCaps
from creditbank.conversion.rule import Rule

ENGINE = "1.0.0"
"""The engine that applies today."""


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationInputs:
    """What one conversion's credit is applied from: the plan, the caps, and what is applied so far.

    The plan has the slots alone that are wanted; `rule_caps` are those of the rule version that
    made the conversion. Both kinds of caps count what is applied.
    """

    plan: Plan
    plan_caps: tuple[PlanCaps, ...]
    rule_caps: tuple[PlanCaps, ...]
    wanted: tuple[Applying, ...]
    applied: tuple[CountedCredit, ...]


INPUTS = TypeAdapter(ApplicationInputs)
"""Inputs as plain JSON and back; what is not stated is left out."""

RESULTS = TypeAdapter(Application)
"""What was applied, and every test, as plain JSON and back."""


def inputs_for(
    plan: Plan,
    plan_caps: Iterable[ScopedCap],
    rule: Rule,
    granted: Iterable[Applying],
    applied: Sequence[CountedCredit],
) -> ApplicationInputs:
    """Give what credit of one rule is applied from, in the order of the plan's slots."""
    wanted = tuple(by_slot(plan, granted))
    return ApplicationInputs(
        plan=plan.of_targets({one.credit.target for one in wanted}),
        plan_caps=tuple(_on_applied(plan_caps)),
        rule_caps=tuple(_on_applied(cap for cap in rule.caps if isinstance(cap, ScopedCap))),
        wanted=wanted,
        applied=tuple(applied),
    )


def apply_inputs(inputs: ApplicationInputs) -> Application:
    """Apply what is wanted."""
    rules = {one.credit.rule for one in inputs.wanted}
    caps = dict.fromkeys(rules, inputs.rule_caps)
    return apply_credit(inputs.plan, inputs.plan_caps, caps, inputs.wanted, inputs.applied)


ENGINES: Mapping[str, Callable[[ApplicationInputs], Application]] = MappingProxyType(
    {ENGINE: apply_inputs}
)
"""Every engine that ever applied, by version."""


def left_of(granted: Iterable[Applying], applied: Iterable[CountedCredit]) -> Iterator[Applying]:
    """Give what is left to apply of one conversion's credit, of which this much is applied."""
    done: dict[str, int] = {}
    for credit in applied:
        done[credit.target] = done.get(credit.target, 0) + credit.credits.milli
    for one in granted:
        left = Credits(milli=one.credit.credits.milli - done.get(one.credit.target, 0))
        if left.milli > 0:
            yield replace(one, credit=replace(one.credit, credits=left))


def _on_applied(caps: Iterable[ScopedCap]) -> Iterator[ScopedCap]:
    return (one for one in caps if one.basis == "applied")
