"""A learner says that a record of hers is wrong: its institution answers within its days."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_by_account, own_key
from api.v1.own_matters import MissingResultRequest, file_matter
from api.v1.standing_views import OwnOutcome
from api.web.citizen.outcomes import own_outcome
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.catalogue_view import own_outcomes

router = APIRouter(include_in_schema=False)

ABOUT = "记录异议（账本第 {entry} 条）："
"""What stands before her words, for the institution that reads them."""
UNSTATED = "—"


@router.get("/me/outcomes/{outcome_id}/dispute")
def ask_dispute(page: CitizenPage, outcome_id: str) -> Response:
    """Ask what is wrong with the record."""
    return _form(page, outcome_id, page.form())


@router.post("/me/outcomes/{outcome_id}/dispute")
async def dispute(
    page: CitizenPage, outcome_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Ask the institution that posted it for the right result: it is one that is missing."""
    try:
        body = await run_in_threadpool(_request, page, outcome_id, form)
        attempt = form.attempt(page.request)
        made = await file_matter("me", body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_form, page, outcome_id, refused, 422)
    return page.go(f"/me/matters/{made.id}", "matter-filed")


def _request(page: Page, outcome_id: str, form: Form) -> MissingResultRequest:
    outcome, text = own_outcome(page, outcome_id), form.text("text")
    if text is None:
        raise InvalidInput([FieldProblem(field="text", code="field-missing")])
    return form.read(
        MissingResultRequest,
        kind="missing_result",
        institution=_institution(page, outcome),
        course=str(outcome.stated["title"]),
        term=str(outcome.stated.get("term") or UNSTATED),
        text=f"{ABOUT.format(entry=outcome.entry_index)}{text}",
    )


def _institution(page: Page, outcome: OwnOutcome) -> str:
    keys = keys_by_account(own_key("me", page.actor, page.bank), page.bank)
    with page.bank.readers.reading() as connection:
        stored = own_outcomes(connection, keys).outcomes
    return next(one.institution_id for one in stored if one.id == outcome.id)


def _form(page: Page, outcome_id: str, form: Form, status: int = 200) -> Response:
    outcome = own_outcome(page, outcome_id)
    return page.show("matters/dispute.html", status=status, form=form, outcome=outcome)
