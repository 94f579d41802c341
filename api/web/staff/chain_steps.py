"""The chain of a filing as steps 受理→初审→复审→终审→公示→认定, each done, current or to come."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.v1.filing_views import FilingStepView, FilingView
from creditbank.conversion.rule import Rule
from creditbank.filings.chain import Act, FilingState, chain_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A step of the chain; `state` is `done`, `current`, `stopped` or `coming`.

    `by` is the institution that acts, `act` what was done last at this step.
    """

    step: str
    by: str
    role: str | None
    working_days: int | None
    state: str
    act: FilingStepView | None


def chain_steps(rule: Rule, filing: FilingView) -> list[ShownStep]:
    """Give the steps of a filing's chain, as far as it has come."""
    chain = chain_of(rule)
    at = _place([one.step for one in chain], filing)
    acts = {one.step: one for one in filing.steps if one.act != Act.FILED}
    return [
        ShownStep(
            step=one.step,
            by=one.by,
            role=one.role,
            working_days=one.working_days,
            state=_state(place, at, filing.state),
            act=acts.get(one.step),
        )
        for place, one in enumerate(chain)
    ]


def _place(names: Sequence[str], filing: FilingView) -> int:
    """Give at which place it is; beyond the last once it is recognised."""
    if filing.state == FilingState.RECOGNISED:
        return len(names)
    step = filing.step or (filing.steps[-1].step if filing.steps else names[0])
    return names.index(step) if step in names else 0


def _state(place: int, at: int, state: str) -> str:
    if place < at:
        return "done"
    if place > at:
        return "coming"
    return "current" if state in {FilingState.OPEN, FilingState.RETURNED} else "stopped"
