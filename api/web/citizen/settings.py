"""What belongs to an account: notices, consents, contacts, password, copy, deletion."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank, counting_guesses
from api.v1.account_access import own_key
from api.v1.closures import call_off_erasure, read_erasure, request_erasure
from api.v1.consents import ConsentRequest, give_consent, read_consent_texts, read_consents
from api.v1.consents import withdraw_consent as take_back_consent
from api.v1.notices import mark_read, read_notices
from api.v1.own_copies import download_copy
from api.v1.passwords import PasswordChange, password_command
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.learners.change_password import ChangePassword

router = APIRouter(include_in_schema=False)

NOTICES_SHOWN = 100


@router.get("/me/settings")
def show_settings(page: CitizenPage) -> Response:
    """Show what can be done about the account."""
    return page.show("own/settings.html")


@router.get("/me/notices")
async def show_notices(page: CitizenPage, bank: CurrentBank, after: str = "") -> Response:
    """List what she was told; what is listed is delivered."""
    answer = Response()
    listed = await read_notices(
        "me", page.actor, bank, page.language, page.request, answer, after, NOTICES_SHOWN
    )
    return page.show("own/notices.html", notices=listed.notices, is_cut=listed.next is not None)


@router.post("/me/notices/{notice_id}/reading")
async def note_reading(
    page: CitizenPage, notice_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Note that she read a notice."""
    del form  # Asked for, so that no other site notes it.
    await mark_read("me", notice_id, page.actor, bank)
    return page.go("/me/notices")


@router.get("/me/consents")
def show_consents(page: CitizenPage, bank: CurrentBank) -> Response:
    """Show each item that can be consented to, and whether she does."""
    standing = {one.purpose: one for one in read_consents("me", page.actor, bank).standing}
    return page.show(
        "own/consents.html",
        texts=[one for one in read_consent_texts().texts if one.purpose != "child-record"],
        standing=standing,
        form=page.form(),
    )


@router.post("/me/consents")
async def consent(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Consent to one item, by the text that was shown."""
    body = form.read(
        ConsentRequest, purpose=form.text("purpose"), text_sha256=form.text("text_sha256")
    )
    await give_consent("me", body, page.actor, bank)
    return page.go("/me/consents", "consent-given")


@router.post("/me/consents/{consent_id}/withdrawal")
async def withdraw_consent(
    page: CitizenPage, consent_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Withdraw a consent."""
    del form  # Asked for, so that no other site withdraws one.
    await take_back_consent("me", consent_id, page.actor, bank)
    return page.go("/me/consents", "consent-withdrawn")


@router.get("/me/password")
def ask_password(page: CitizenPage) -> Response:
    """Ask for the password that she has, and another one."""
    return _password(page, page.form())


@router.post("/me/password")
async def change_password(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Change it; this browser stays signed in, every other does not."""
    try:
        with counting_guesses(page.request, bank):
            command = await run_in_threadpool(_command, page, form)
            await run_in_threadpool(bank.writer.write, command)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "old_password")
        return await run_in_threadpool(_password, page, refused, 422)
    return page.go("/me/settings", "password-changed")


@router.get("/me/copy")
def show_copy(page: CitizenPage) -> Response:
    """Say what is in the file that she takes along."""
    return page.show("own/copy.html")


@router.get("/me/copy/my-learning.zip")
def give_copy(page: CitizenPage, bank: CurrentBank) -> Response:
    """Give everything of hers as one file, while it is made."""
    return download_copy("me", page.actor, bank)


@router.get("/me/delete")
def ask_deletion(page: CitizenPage) -> Response:
    """Say what goes and what stays and why, before anything is asked for."""
    return _deletion(page, page.form())


@router.post("/me/delete")
async def delete_account(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Ask for the deletion; it can be called off until its day."""
    try:
        if not form.has("understood", "yes"):
            raise InvalidInput([FieldProblem(field="understood", code="field-missing")])
        await request_erasure("me", page.actor, bank, page.language)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "understood")
        return await run_in_threadpool(_deletion, page, refused, 422)
    return page.go("/me/delete", "deletion-asked")


@router.post("/me/delete/call-off")
async def call_off(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Call it off; nothing was changed."""
    del form  # Asked for, so that no other site calls it off.
    await call_off_erasure("me", page.actor, bank)
    return page.go("/me/delete", "deletion-called-off")


def _command(page: Page, form: Form) -> ChangePassword:
    form.require("old_password", "password")
    body = form.read(
        PasswordChange, old_password=form.typed("old_password"), password=form.typed("password")
    )
    session = page.session
    kept = None if session is None else session.id
    return password_command("me", body, page.actor, page.bank, kept)


def _password(page: Page, form: Form, status: int = 200) -> Response:
    """Ask for it; the account number lets a browser keep the new one with the right account."""
    number = own_key("me", page.actor, page.bank).number
    return page.show("own/password.html", status=status, form=form, number=number)


def _deletion(page: Page, form: Form, status: int = 200) -> Response:
    return page.show(
        "own/delete.html",
        status=status,
        form=form,
        erasure=read_erasure("me", page.actor, page.bank, page.language),
        days=page.bank.settings.erasure_cooling_days,
    )
