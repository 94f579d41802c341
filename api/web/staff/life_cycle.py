"""The life of a version of a rule, step by step: what is done, what is next, what is to come."""

from collections.abc import Sequence
from dataclasses import dataclass

from creditbank.rules.queries import StoredRule
from creditbank.rules.simulations import KeptSimulation


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeStep:
    """A step; `state` is `done`, `current`, `coming`, `stopped` or `left_out`."""

    name: str
    state: str

    @property
    def css(self) -> str:
        """The class of its state: what was left out looks like what is to come."""
        return "coming" if self.state == "left_out" else self.state


def life_of(
    stored: StoredRule, kept: KeptSimulation | None, *, failed: int, counts: bool
) -> Sequence[LifeStep]:
    """Give the steps in their order; `failed` counts its own cases, `counts` that it has begun.

    What an operator published from a signed file need not have been simulated.
    """
    is_published = stored.entry_index is not None
    tested = "stopped" if failed else "done"
    if kept is not None:
        simulated = "done"
    elif is_published:
        simulated = "left_out"
    else:
        simulated = "coming" if failed else "current"
    is_next = kept is not None and not failed
    approved = "done" if is_published else "current" if is_next else "coming"
    return (
        LifeStep(name="drafted", state="done"),
        LifeStep(name="tested", state=tested),
        LifeStep(name="simulated", state=simulated),
        LifeStep(name="approved", state=approved),
        LifeStep(name="counts", state="done" if counts else "coming"),
    )
