"""Who helps a learner: helpers given and ended, and everything that they did for her."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.delegations import (
    ActView,
    DelegationRequest,
    DelegationView,
    end_delegation,
    give_delegation,
    read_acts,
    read_delegations,
)
from api.v1.printed_names import printed_name
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.delegations import DelegationKind

router = APIRouter(include_in_schema=False)

ACTS_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account: its number, and the name where she stated one."""

    number: str
    name: str | None


@router.get("/me/helpers")
def show_helpers(page: CitizenPage, bank: CurrentBank) -> Response:
    """Show who helps her, whom she helps, and what was done for her, the newest first."""
    listed = read_delegations("me", page.actor, bank)
    held = [one for one in listed.held if one.stands]
    helpers = _numbers(page, [one.delegate for one in listed.given])
    return page.show(
        "own/delegates.html",
        given=listed.given,
        held=held,
        helpers=helpers,
        by={one.id: helpers.get(one.delegate) for one in listed.given},
        helped=_persons(page, held),
        acts=_acts(page),
        form=page.form(),
    )


@router.get("/me/helpers/new")
def ask_helper(page: CitizenPage) -> Response:
    """Ask who may help, with what, and until when."""
    return page.show("own/new_delegate.html", form=page.form(acts=["read"]))


@router.post("/me/helpers/new")
async def let_help(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Let the helper act for her."""
    try:
        attempt = form.attempt(page.request)
        await give_delegation("me", _read(form), page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "delegate")
        return await run_in_threadpool(_refused, page, refused)
    return page.go("/me/helpers", "helper-given")


@router.post("/me/helpers/{delegation_id}/end")
async def end_help(
    page: CitizenPage, delegation_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """End it at once."""
    del form  # Asked for, so that no other site ends one.
    await end_delegation("me", delegation_id, page.actor, bank)
    return page.go("/me/helpers", "helper-ended")


def _read(form: Form) -> DelegationRequest:
    """Read what was chosen; raises `InvalidInput` with every field that is missing or wrong."""
    number = "".join(form.typed("delegate").split()) or None
    acts = form.texts("acts")
    missing = [name for name, value in (("delegate", number), ("acts", acts)) if not value]
    if missing:
        raise InvalidInput([FieldProblem(field=name, code="field-missing") for name in missing])
    return form.read(
        DelegationRequest,
        kind=DelegationKind.HELPER.value,
        delegate=number,
        acts=acts,
        until=form.text("until"),
    )


def _refused(page: Page, form: Form) -> Response:
    return page.show("own/new_delegate.html", status=422, form=form)


def _numbers(page: Page, accounts: list[str]) -> dict[str, str]:
    """Give the account numbers of helpers, by account; clerks and guardians on paper have none."""
    return {id_: key.number for id_, key in page.bank.keystore.get(set(accounts)).items()}


def person_of(key: AccountKey, bank: Bank) -> Person:
    """Name somebody with an account."""
    try:
        name = printed_name(key, bank)
    except InvalidInput:  # She opened it without one.
        name = None
    return Person(number=key.number, name=name)


def _persons(page: Page, held: list[DelegationView]) -> dict[str, Person]:
    keys = page.bank.keystore.get({one.account for one in held})
    return {id_: person_of(key, page.bank) for id_, key in keys.items()}


def _acts(page: Page) -> list[ActView]:
    """Give the newest acts; they are listed from the oldest on."""
    acts: list[ActView] = []
    after: str | None = ""
    while after is not None:
        listed = read_acts("me", page.actor, page.bank, page.request, Response(), after)
        acts = [*acts, *listed.acts][-ACTS_SHOWN:]
        after = listed.acts[-1].id if listed.next is not None else None
    return acts[::-1]
