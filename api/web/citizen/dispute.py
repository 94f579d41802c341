"""A learner says that a record of hers is wrong 记录异议: who posted it answers within its days."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_by_account, own_key
from api.v1.matter_views import MatterView, matter_views
from api.v1.own_matters import DisputeRequest, file_matter
from api.v1.standing_views import OwnOutcome
from api.web.citizen.outcomes import own_outcome
from api.web.citizen.photos import EVIDENCE, keep_photo
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.errors import Refusal
from creditbank.matters.matter import UNDECIDED
from creditbank.matters.queries import matters_about
from creditbank.outcomes.dispute import DisputedField, recorded_of
from creditbank.outcomes.status import ENDED

router = APIRouter(include_in_schema=False)

DISPUTE = "/me/outcomes/{outcome_id}/dispute"
SAID = ("field", "should_be", "text")


@router.get(DISPUTE)
def ask_dispute(page: CitizenPage, outcome_id: str) -> Response:
    """Ask what is wrong with the record; one that is disputed already has its matter."""
    under_way = dispute_under_way(page, outcome_id)
    if under_way is not None:
        return page.go(f"/me/matters/{under_way.id}")
    return _form(page, outcome_id, page.form())


@router.post(DISPUTE)
async def dispute(
    page: CitizenPage, outcome_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Ask the institution that posted it to correct it."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    try:
        form = await keep_photo(page, form)
        body = read_dispute_form(form, outcome_id)
        made = await file_matter("me", body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_form, page, outcome_id, refused, 422)
    return page.go(f"/me/matters/{made.id}", "matter-filed")


def read_dispute_form(form: Form, outcome_id: str) -> DisputeRequest:
    """Read what is said to be wrong; raises `InvalidInput`."""
    said = {name: form.text(name) for name in SAID}
    evidence = [one for one in form.texts(EVIDENCE) if one]
    # Nothing chosen is told together with what else is missing.
    named = {**said, "field": said["field"] or ""}
    return form.read(DisputeRequest, kind="dispute", outcome=outcome_id, evidence=evidence, **named)


def disputable(outcome: OwnOutcome) -> list[tuple[str, str]]:
    """Give what of a record may be wrong, each with what is recorded; most records state not all.

    That it was taken back can be wrong only of one that was.
    """
    found = [(one, recorded_of(one, outcome.stated)) for one in DisputedField]
    always = {DisputedField.NOT_MINE, DisputedField.OTHER, DisputedField.TERM}
    if outcome.status in ENDED:
        always.add(DisputedField.STATUS)
    return [(one.value, recorded) for one, recorded in found if recorded or one in always]


def dispute_under_way(page: Page, outcome_id: str) -> MatterView | None:
    """Give the dispute of one of her outcomes that nobody has answered yet."""
    keys = keys_by_account(own_key("me", page.actor, page.bank), page.bank)
    with page.bank.readers.reading() as connection:
        about = matters_about(connection, outcomes=[outcome_id])
    undecided = [one for one in about if one.state in UNDECIDED]
    return next(iter(matter_views(undecided, keys, page.bank)), None)


def _form(page: Page, outcome_id: str, form: Form, status: int = 200) -> Response:
    outcome = own_outcome(page, outcome_id)
    return page.show(
        "matters/dispute.html",
        status=status,
        form=form,
        outcome=outcome,
        disputable=disputable(outcome),
    )
