"""The signed learning record 学习成果证明 at the counter: signed as she asks, then printed."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_as_one, served_key
from api.v1.credentials import credential_view, held_credential
from api.v1.fields import Request, ShortText
from api.v1.printed_names import printed_name
from api.v1.standing_views import OwnOutcome
from api.v1.transcripts import compiled
from api.web.counter.person import ACCOUNT, Visit, required_visit
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.pages import CounterPage
from creditbank.bank import Bank
from creditbank.credentials.achievements import CredentialKind
from creditbank.credentials.compile_transcript import PARTS_MAX
from creditbank.credentials.create import CreateCredential
from creditbank.credentials.printing import MEDIA_TYPE, printed_credential
from creditbank.credentials.show import list_held, open_by_token
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.status import OutcomeStatus

router = APIRouter(include_in_schema=False)

RECORD = f"{ACCOUNT}/signed-record"


class SigningRequest(Request):
    """What shall be signed, in this order."""

    outcomes: Annotated[list[ShortText], Field(min_length=1, max_length=PARTS_MAX)]


@router.get(RECORD)
def show_signed(page: CounterPage, account_id: str, bank: CurrentBank) -> Response:
    """List what was signed and stands, to be printed and handed over."""
    visit = required_visit(page, account_id)
    with bank.readers.reading() as connection:
        held = list_held(connection, _keys(page, account_id))
    return page.show(
        "counter/signed.html",
        account_id=account_id,
        visit=visit,
        titles={one.id: one.stated for one in visit.kept.outcomes},
        credentials=[credential_view(one, bank) for one in held if one.ended_at is None],
    )


@router.get(f"{RECORD}/new")
def ask_signing(page: CounterPage, account_id: str) -> Response:
    """Ask what she wants signed, and whether with her name."""
    visit = required_visit(page, account_id)
    first = [one.id for one in _standing(visit)][:PARTS_MAX]
    return _form(page, account_id, page.form(outcomes=first, show_name="yes"))


@router.post(f"{RECORD}/new")
async def sign(page: CounterPage, account_id: str, form: PostedForm) -> Response:
    """Sign each result, and where the bank does so the list of them; asking again signs no more."""
    try:
        await run_in_threadpool(_sign, page, account_id, form)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "outcomes")
        return await run_in_threadpool(_form, page, account_id, refused, 422)
    return page.go(RECORD.format(account_id=account_id), "record-signed")


@router.get(f"{RECORD}/{{credential_id}}/print")
def give_print(
    page: CounterPage, account_id: str, credential_id: str, bank: CurrentBank
) -> Response:
    """Give one of hers as it is printed."""
    required_visit(page, account_id)
    held = held_credential(credential_id, _keys(page, account_id), bank)
    with bank.readers.reading() as connection:
        signed = open_by_token(connection, bank.keystore, held.token).signed
    name = f'attachment; filename="learning-record-{credential_id[:12]}.pdf"'
    return Response(
        printed_credential(signed, held.token, bank.settings),
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": name, "Cache-Control": "no-store"},
    )


def _wanted(form: Form) -> list[str]:
    """Read what she chose; raises `InvalidInput`, also unless she asked for it."""
    problems = [
        FieldProblem(field=name, code="field-missing")
        for name in ("outcomes", "agreed")
        if not form.texts(name)
    ]
    if problems:
        raise InvalidInput(problems)
    return form.read(SigningRequest, outcomes=form.texts("outcomes")).outcomes


def _sign(page: Page, account_id: str, form: Form) -> None:
    required_visit(page, account_id)
    outcome_ids = _wanted(form)
    bank, keys = page.bank, _keys(page, account_id)
    holder = printed_name(keys[0], bank) if form.has("show_name", "yes") else None
    made = [_signed(one, keys, holder, bank) for one in outcome_ids]
    if bank.settings.transcripts and len(made) > 1:
        attempt = form.attempt(page.request).by(page.actor)
        bank.writer.submit_once(compiled(made, keys, bank), attempt).result()


def _signed(outcome_id: str, keys: list[AccountKey], holder: str | None, bank: Bank) -> str:
    key, *merged = keys
    command = CreateCredential(
        key=key,
        others={one.account_id: one for one in merged},
        wanted=(CredentialKind.OUTCOME, outcome_id),
        issuer=bank.credential_issuer,
        institution_id=bank.installation.institution_id,
        holder=holder,
    )
    return bank.writer.write(command).answer


def _keys(page: Page, account_id: str) -> list[AccountKey]:
    return keys_as_one(served_key(account_id, page.actor, page.bank), page.bank)


def _standing(visit: Visit) -> list[OwnOutcome]:
    return [one for one in visit.kept.outcomes if one.status == OutcomeStatus.ACTIVE]


def _form(page: Page, account_id: str, form: Form, status: int = 200) -> Response:
    visit = required_visit(page, account_id)
    return page.show(
        "counter/signed_new.html",
        status=status,
        form=form,
        account_id=account_id,
        visit=visit,
        outcomes=_standing(visit),
        parts_max=PARTS_MAX,
        has_lists=page.bank.settings.transcripts,
    )
