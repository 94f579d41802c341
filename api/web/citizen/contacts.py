"""How a learner is reached: contacts added, checked by a code, forgotten."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.contacts import (
    ContactCode,
    ContactRequest,
    add_contact,
    confirm_contact,
    read_contacts,
    remove_contact,
    send_code,
)
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

CONTACT = "/me/contacts/{contact_id}"


@router.get("/me/contacts")
def show_contacts(page: CitizenPage) -> Response:
    """List them, and ask for another."""
    return _show(page, page.form(kind="phone"))


@router.post("/me/contacts")
async def add(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Add a phone number or an address of e-mail."""
    try:
        body = form.read(ContactRequest, kind=form.text("kind"), contact=form.text("contact"))
        await add_contact("me", body, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "contact")
        return await run_in_threadpool(_show, page, refused, 422)
    return page.go("/me/contacts", "contact-added")


@router.post(f"{CONTACT}/removal")
async def remove(
    page: CitizenPage, contact_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Let the bank forget one."""
    del form  # Asked for, so that no other site removes one.
    await remove_contact("me", contact_id, page.actor, bank)
    return page.go("/me/contacts", "contact-removed")


@router.get(f"{CONTACT}/code")
def ask_code(page: CitizenPage, contact_id: str) -> Response:
    """Ask for the code that reached her."""
    return _code(page, contact_id, page.form())


@router.post(f"{CONTACT}/code")
async def ask_for_code(
    page: CitizenPage, contact_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Have a code sent to the contact."""
    del form  # Asked for, so that no other site sends codes.
    await send_code("me", contact_id, page.actor, bank)
    return page.go(f"/me/contacts/{contact_id}/code", "code-sent")


@router.post(f"{CONTACT}/confirmation")
async def confirm(
    page: CitizenPage, contact_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take the code: the contact is checked."""
    try:
        body = form.read(ContactCode, code=form.text("code"))
        await confirm_contact("me", contact_id, body, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "code")
        return await run_in_threadpool(_code, page, contact_id, refused, 422)
    return page.go("/me/contacts", "contact-checked")


def _show(page: Page, form: Form, status: int = 200) -> Response:
    contacts = read_contacts("me", page.actor, page.bank).contacts
    return page.show("own/contacts.html", status=status, form=form, contacts=contacts)


def _code(page: Page, contact_id: str, form: Form, status: int = 200) -> Response:
    contacts = read_contacts("me", page.actor, page.bank).contacts
    one = next((each for each in contacts if each.id == contact_id), None)
    if one is None:
        raise Refusal("not-found")
    return page.show("own/code.html", status=status, form=form, one=one)
