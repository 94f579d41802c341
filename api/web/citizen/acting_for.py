"""Acting for somebody by a delegation: on every page stands for whom, and all of it is recorded."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_keys import account_key
from api.v1.contacts import ContactRequest, add_contact, read_contacts, remove_contact
from api.v1.own_outcomes import read_outcomes
from api.web.citizen.delegates import Person, person_of
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

FOR = "/for/{account_id}"


@router.get(FOR)
def show_record(page: CitizenPage, account_id: str, bank: CurrentBank, after: int = -1) -> Response:
    """Show what somebody learned to who may read it for her."""
    if account_id == page.actor.account_id:
        return page.go("/me")
    answer = Response()
    listed = read_outcomes(account_id, page.actor, bank, page.request, answer, after)
    return page.show("own/for_record.html", person=_person(page, account_id), listed=listed)


@router.get(f"{FOR}/contacts")
def show_contacts(page: CitizenPage, account_id: str) -> Response:
    """Show how she is reached to who may see to it for her."""
    return _contacts(page, account_id, page.form(kind="phone"))


@router.post(f"{FOR}/contacts")
async def add(page: CitizenPage, account_id: str, form: PostedForm, bank: CurrentBank) -> Response:
    """Add a contact for her."""
    try:
        body = form.read(ContactRequest, kind=form.text("kind"), contact=form.text("contact"))
        await add_contact(account_id, body, page.actor, bank)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        refused = page.refused(form, refusal, "contact")
        return await run_in_threadpool(_contacts, page, account_id, refused, 422)
    return page.go(f"/for/{account_id}/contacts", "contact-added")


@router.post(f"{FOR}/contacts/{{contact_id}}/removal")
async def remove(
    page: CitizenPage, account_id: str, contact_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Let the bank forget a contact of hers."""
    del form  # Asked for, so that no other site removes one.
    await remove_contact(account_id, contact_id, page.actor, bank)
    return page.go(f"/for/{account_id}/contacts", "contact-removed")


def _contacts(page: Page, account_id: str, form: Form, status: int = 200) -> Response:
    contacts = read_contacts(account_id, page.actor, page.bank).contacts
    return page.show(
        "own/for_contacts.html",
        status=status,
        form=form,
        person=_person(page, account_id),
        account_id=account_id,
        contacts=contacts,
    )


def _person(page: Page, account_id: str) -> Person:
    """Name who is helped; asked for after it was allowed, and recorded, to read about her."""
    return person_of(account_key(account_id, page.bank), page.bank)
