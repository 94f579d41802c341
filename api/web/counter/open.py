"""Open an account at the counter: no phone, no identity number; the code on paper is shown once."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.accounts import AccountRequest, open_account
from api.web.forms import PostedForm
from api.web.page import Page
from api.web.staff.pages import OpenerPage
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

_NUMBER_BYTES = 3


@router.get("/desk/counter/open")
def ask_newcomer(page: OpenerPage) -> Response:
    """Ask for name and year of birth; the number of the form is proposed."""
    form = page.form(learner_number=_proposed(page))
    return page.show("counter/open.html", form=form)


@router.post("/desk/counter/open")
async def open_at_counter(page: OpenerPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Open the account, and show its card to be printed and handed over."""
    try:
        body = form.read(
            AccountRequest,
            learner_number=form.text("learner_number"),
            name=form.text("name"),
            birth_year=form.number("birth_year"),
        )
        opened = await open_account(body, page.actor, bank, form.attempt(page.request), Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "learner_number")
        return page.show("counter/open.html", status=422, form=refused)
    return page.show("counter/opened.html", opened=opened, name=body.name)


def _proposed(page: Page) -> str:
    """Propose a number for the form on paper, which the account is found again by here."""
    day = civil_day(page.bank.clock()).strftime("%Y%m%d")
    return f"G-{day}-{page.bank.entropy(_NUMBER_BYTES).hex().upper()}"
