"""A draft on history and on what is held: what it would have given, and what it gives today."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from api.code_words import code_word
from api.dependencies import CurrentBank
from api.v1.rule_simulations import keep_simulation, question, simulated
from api.web.forms import PostedForm
from api.web.staff.pages import RulePage
from api.web.staff.shown_simulations import ShownHistory

router = APIRouter(include_in_schema=False)


@router.get("/desk/rules/{rule_id}/{version}/simulation")
def show_simulation(page: RulePage, rule_id: str, version: str, bank: CurrentBank) -> Response:
    """Show counts, exact sums and reasons, and the ledger that they stand on; nobody is named."""
    asked = question(page.actor, bank, rule_id, version)
    found = simulated(asked, bank)
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


@router.post("/desk/rule-drafts/{rule_id}/{version}/simulation")
async def keep(
    page: RulePage, rule_id: str, version: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Simulate a draft and keep what came of it, for who approves it."""
    attempt = form.attempt(page.request)
    await keep_simulation(rule_id, version, page.actor, bank, attempt, Response())
    return page.go(f"/desk/rules/{rule_id}/{version}", "rule-simulated")
