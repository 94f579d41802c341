"""Credentials of what a learner achieved: made, fetched as documents, pictures and in print."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_as_one, own_key
from api.v1.credentials import (
    DOCUMENT,
    OPEN_BADGES_TOKEN,
    PICTURES,
    CredentialRequest,
    CredentialView,
    create_credential,
    held_credential,
    read_credential,
    read_credentials,
)
from api.v1.transcripts import TranscriptRequest, create_transcript, end_transcript
from api.web.citizen.outcomes import every_outcome, own_outcome
from api.web.citizen.stated_names import titles_of
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.credentials import printing
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Download:
    """A form in which a credential is fetched: its type and the end of the file's name."""

    media_type: str
    suffix: str


DOWNLOADS: Mapping[str, Download] = MappingProxyType(
    {
        "print": Download(printing.MEDIA_TYPE, "pdf"),
        "document": Download(DOCUMENT, "json"),
        "token": Download(OPEN_BADGES_TOKEN, "jwt"),
        "picture": Download(PICTURES[0], "png"),
    }
)


@router.get("/me/credentials")
def show_credentials(page: CitizenPage) -> Response:
    """List her credentials, and let her have several signed as one list where that is open."""
    return _list(page, page.form())


@router.post("/me/transcripts")
async def sign_list(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Have the credentials that she chose signed as one list."""
    try:
        if not form.texts("credentials"):
            raise InvalidInput([FieldProblem(field="credentials", code="field-missing")])
        body = form.read(TranscriptRequest, credentials=form.texts("credentials"))
        attempt = form.attempt(page.request)
        await create_transcript(body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "credentials")
        return await run_in_threadpool(_list, page, refused, 422)
    return page.go("/me/credentials", "list-signed")


@router.post("/me/transcripts/{transcript_id}/end")
async def end_list(
    page: CitizenPage, transcript_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """End a signed list; the credentials in it stand as they do."""
    del form  # Asked for, so that no other site ends a list.
    await end_transcript(transcript_id, page.actor, bank)
    return page.go("/me/credentials", "list-ended")


@router.get("/me/outcomes/{outcome_id}/credential")
def show_credential(page: CitizenPage, outcome_id: str) -> Response:
    """Show the credential of an outcome, or let it be made."""
    return _one(page, outcome_id, page.form())


@router.post("/me/outcomes/{outcome_id}/credential")
async def make_credential(
    page: CitizenPage, outcome_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Have the credential signed."""
    try:
        body = form.read(CredentialRequest, outcome=outcome_id, show_name=form.has("name", "yes"))
        await create_credential(body, page.actor, bank, form.attempt(page.request), Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal)
        return await run_in_threadpool(_one, page, outcome_id, refused, 422)
    return page.go(f"/me/outcomes/{outcome_id}/credential", "credential-made")


@router.get("/me/credentials/{credential_id}/{form}")
def give_credential(
    page: CitizenPage, credential_id: str, form: str, bank: CurrentBank
) -> Response:
    """Give a credential as a file."""
    wanted = DOWNLOADS.get(form)
    if wanted is None:
        raise Refusal("not-found")
    keys = keys_as_one(own_key("me", page.actor, bank), bank)
    held = held_credential(credential_id, keys, bank)
    given = read_credential(held.token, bank, wanted.media_type)
    name = f"credential-{credential_id[:12]}.{wanted.suffix}"
    del given.headers["Access-Control-Allow-Origin"]  # It is open by its link, not by her session.
    given.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return given


def _list(page: Page, form: Form, status: int = 200) -> Response:
    return page.show(
        "own/credentials.html",
        status=status,
        form=form,
        credentials=read_credentials(page.actor, page.bank).credentials,
        titles=titles_of(every_outcome(page)),
        may_list=page.bank.settings.transcripts,
        has_pictures=page.bank.settings.baked_credentials,
    )


def _one(page: Page, outcome_id: str, form: Form, status: int = 200) -> Response:
    return page.show(
        "own/credential.html",
        status=status,
        form=form,
        outcome=own_outcome(page, outcome_id),
        one=_of_outcome(page, outcome_id),
        has_pictures=page.bank.settings.baked_credentials,
    )


def _of_outcome(page: Page, outcome_id: str) -> CredentialView | None:
    made = read_credentials(page.actor, page.bank).credentials
    return next((one for one in made if one.outcome == outcome_id), None)
