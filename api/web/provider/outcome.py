"""One outcome of the institution: how it stands, and the ways to take it back."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.matter_views import MatterView, matter_views
from api.v1.outcome_changes import RevocationRequest, revoke_outcome
from api.v1.outcomes import TLOG_PROOF, read_outcome, read_receipt
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.provider.who import ReaderPage, WriterPage
from creditbank.access.actor import Scope
from creditbank.errors import Refusal
from creditbank.matters.matter import UNDECIDED
from creditbank.matters.queries import matters_about

router = APIRouter(include_in_schema=False)

OUTCOME = "/desk/outcomes/{outcome_id}"


@router.get(OUTCOME)
def show_outcome(page: ReaderPage, outcome_id: str, bank: CurrentBank) -> Response:
    """Show what was stated of an outcome, and how it stands."""
    one = read_outcome(outcome_id, page.actor, bank)
    return page.show("provider/outcome.html", one=one, dispute=_dispute(page, outcome_id))


def _dispute(page: Page, outcome_id: str) -> MatterView | None:
    """Give the dispute that waits for an answer, to whoever may correct or answer."""
    if not (page.may(Scope.OUTCOMES_WRITE) or page.may(Scope.MATTERS_DECIDE)):
        return None
    with page.bank.readers.reading() as connection:
        about = matters_about(connection, outcomes=[outcome_id])
    undecided = [one for one in about if one.state in UNDECIDED]
    keys = page.bank.keystore.get({one.account_id for one in undecided})
    return next(iter(matter_views(undecided, keys, page.bank)), None)


@router.get(OUTCOME + "/receipt.txt")
def give_receipt(page: ReaderPage, outcome_id: str, bank: CurrentBank) -> Response:
    """Give the receipt of an outcome as a file."""
    answer = read_receipt(outcome_id, page.actor, bank)
    name = f"receipt-{outcome_id[:8]}.txt"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(answer.body, media_type=TLOG_PROOF, headers=headers)


@router.get(OUTCOME + "/revocation")
def ask_revocation(page: WriterPage, outcome_id: str) -> Response:
    """Ask why an outcome is taken back."""
    return _ask(page, outcome_id, page.form(status="void"))


@router.post(OUTCOME + "/revocation")
async def take_back(
    page: WriterPage, outcome_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take an outcome back, and the credit that was recognised from it."""
    try:
        body = form.read(RevocationRequest, status=form.text("status"), reason=form.text("reason"))
        attempt = form.attempt(page.request)
        await revoke_outcome(outcome_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "status")
        return await run_in_threadpool(_ask, page, outcome_id, refused, 422)
    return page.go(OUTCOME.format(outcome_id=outcome_id), "outcome-taken-back")


def _ask(page: Page, outcome_id: str, form: Form, status: int = 200) -> Response:
    one = read_outcome(outcome_id, page.actor, page.bank)
    return page.show("provider/revocation.html", status=status, form=form, one=one)
