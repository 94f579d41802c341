"""A draft on history and on what is held: what it would have given, and what it gives today."""

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from api.code_words import code_word
from api.dependencies import CurrentBank
from api.v1.rule_simulations import question
from api.web.staff.pages import RulePage
from creditbank.conversion.simulation import Amounts, Effect
from creditbank.statistics.simulate import History, simulate

router = APIRouter(include_in_schema=False)

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


@router.get("/desk/rules/{rule_id}/{version}/simulation")
def show_simulation(page: RulePage, rule_id: str, version: str, bank: CurrentBank) -> Response:
    """Show counts, exact sums and reasons, and the ledger that they stand on; nobody is named."""
    asked = question(page.actor, bank, rule_id, version)
    with bank.readers.snapshot() as connection:
        found = simulate(connection, bank.keystore, asked)
    return page.show(
        "staff/rule_simulation.html",
        one=asked.version,
        rule=asked.version.document.rule,
        day=asked.today,
        found=found,
        conversions=ShownHistory.of(found.conversions),
        refusals=ShownHistory.of(found.refusals),
        holders=ShownHistory.of(found.holders),
        reason=partial(code_word, "reason", language=page.language),
    )
