"""What came of a simulation as pages say it: what is said first, then each effect and reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.web.page import Page
from creditbank.conversion.simulation import Amounts, Effect
from creditbank.rules.queries import StoredRule
from creditbank.rules.simulations import KeptSimulation, newest_of, simulations_of
from creditbank.statistics.kept import KeptResult
from creditbank.statistics.simulate import History

_SAID_FIRST = (Effect.SAME, Effect.MORE, Effect.LESS, Effect.NO_LONGER, Effect.OTHERWISE)
_GIVEN = (Effect.NEWLY, Effect.SAME, Effect.MORE, Effect.LESS, Effect.OTHERWISE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHistory:
    """Decisions or accounts of one kind, with the counts that are said first, by effect.

    `rest` are the conversions that cannot be decided again; `given` are the accounts that get
    something, and `after` what they get together.
    """

    history: History
    counts: dict[str, int]
    rest: int
    given: int
    after: Amounts

    @classmethod
    def of(cls, history: History) -> "ShownHistory":
        """Count what is said first."""
        counts = {effect.value: history.tally.count_of(effect) for effect in Effect}
        said = history.tally.count_of(*_SAID_FIRST)
        return cls(
            history=history,
            counts=counts,
            rest=history.tally.count - said,
            given=history.tally.count_of(*_GIVEN),
            after=history.tally.decided_again[1],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSimulation:
    """A kept simulation of a version as it stands: by whom, when, and what came of it."""

    by: str
    at: datetime
    digest: str
    result: KeptResult
    conversions: ShownHistory
    refusals: ShownHistory
    holders: ShownHistory

    @classmethod
    def of(cls, kept: KeptSimulation) -> "ShownSimulation":
        """Read it."""
        result = KeptResult.read(kept.result)
        return cls(
            by=kept.by,
            at=kept.at,
            digest=kept.digest.hex(),
            result=result,
            conversions=ShownHistory.of(result.conversions),
            refusals=ShownHistory.of(result.refusals),
            holders=ShownHistory.of(result.holders),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulations:
    """The kept simulation of a version as it stands, and whether others were of other bytes."""

    kept: KeptSimulation | None
    is_changed_since: bool

    @classmethod
    def of(cls, page: Page, stored: StoredRule) -> "Simulations":
        """Find them."""
        with page.bank.readers.reading() as connection:
            found = simulations_of(connection, [stored.id])
        every: Sequence[KeptSimulation] = found.get((stored.id, stored.version), ())
        kept = newest_of(every, stored.sha256)
        return cls(kept=kept, is_changed_since=kept is None and bool(every))

    @property
    def shown(self) -> ShownSimulation | None:
        """The kept one as it is shown."""
        return None if self.kept is None else ShownSimulation.of(self.kept)
