"""A citizen's own filings 申请: file one, answer, withdraw; object to what is published."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank, CurrentProblems, Language, Public
from api.problems import Problems
from api.response import Response
from api.v1 import filing_examples as examples
from api.v1.account_access import keys_by_account
from api.v1.account_keys import account_key
from api.v1.conversions import ConversionRequest
from api.v1.fields import Request, Text
from api.v1.filing_views import FilingsView, FilingView, PublicationsView, PublicationView
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits import request as recognition
from creditbank.errors import Refusal
from creditbank.filings.answer import ActOnFiling
from creditbank.filings.chain import Act
from creditbank.filings.file import FileRequest
from creditbank.filings.queries import StoredFiling, filings_of_accounts, find_filings
from creditbank.filings.show import Look, looks_at, publications, show_filing, show_filings
from creditbank.keystore.account_key import AccountKey

router = APIRouter(prefix="/api/v1", tags=["filings"])


class FilingRequest(ConversionRequest):
    """A request that persons decide, in the words of its learner too."""

    text: Text = Field(default="", max_length=2_000, description="What is said with it.")


class WordsRequest(Request):
    """What is said."""

    text: Text = Field(min_length=1, max_length=2_000, description="What is said, in words.")


class FiledFilingView(Response):
    """A filing that is under way."""

    id: str = Field(description="Id of the filing.")


class StateView(Response):
    """Where a filing is now."""

    state: str


@router.post("/filings", status_code=201, responses={200: {"model": FiledFilingView}})
async def file_request(
    body: Annotated[FilingRequest, Body(openapi_examples=examples.FILING)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> FiledFilingView:
    """Ask for recognition where persons decide: by a chain, or on what the rule does not know."""
    key = await run_in_threadpool(account_key, actor.account, bank)
    command = FileRequest(
        key=key,
        secrets=bank.keystore.secrets,
        request=recognition.Request(
            rule_id=body.rule,
            outcome_ids=body.outcomes,
            targets=body.targets,
            enrolment_id=body.enrolment,
        ),
        by=actor.id,
        text=body.text,
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return FiledFilingView(id=written.answer)


@router.get("/accounts/me/filings")
def list_own_filings(
    actor: Citizen, bank: CurrentBank, problems: CurrentProblems, language: Language
) -> FilingsView:
    """List one's own filings, newest first."""
    keys = keys_by_account(account_key(actor.account, bank), bank)
    return FilingsView(filings=own_filings(keys, bank, problems, language))


def own_filings(
    keys: Mapping[str, AccountKey], bank: Bank, problems: Problems, language: str
) -> list[FilingView]:
    """Give the filings of one person's accounts, newest first."""
    today = civil_day(bank.clock())
    with bank.readers.reading() as connection:
        stored = filings_of_accounts(connection, list(keys))
        looks = looks_at(stored, keys, bank.keystore.secrets)
        shown = show_filings(connection, looks, today, bank.working_days)
    return [FilingView.of(one, today, problems, language) for one in shown]


@router.get("/accounts/me/filings/{filing_id}")
def read_own_filing(
    filing_id: str,
    actor: Citizen,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> FilingView:
    """Read one of one's own filings."""
    return _view(filing_id, actor, bank, problems, language)


@router.post("/accounts/me/filings/{filing_id}/answer", status_code=201)
async def answer_filing(
    filing_id: str,
    body: Annotated[WordsRequest, Body(openapi_examples=examples.WORDS)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> StateView:
    """Answer what a filing was returned for; its clock goes on."""
    own = await run_in_threadpool(account_key, actor.account, bank)
    command = await run_in_threadpool(answer_command, filing_id, body.text, own, actor.id, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return StateView(state=written.answer.value)


@router.post("/accounts/me/filings/{filing_id}/withdrawal", status_code=201)
async def withdraw_filing(
    filing_id: str,
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> StateView:
    """Withdraw a filing that is not decided yet."""
    command = await run_in_threadpool(_withdrawal, filing_id, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return StateView(state=written.answer.value)


@router.get("/publications", dependencies=[Public])
def list_publications(bank: CurrentBank) -> PublicationsView:
    """List what is published before credit is recognised 公示; anybody may look."""
    with bank.readers.reading() as connection:
        found = publications(connection, bank.keystore, civil_day(bank.clock()), bank.working_days)
    return PublicationsView(publications=[PublicationView.of(one) for one in found])


@router.post("/publications/{filing_id}/objections", status_code=201)
async def object_to_publication(
    filing_id: str,
    body: Annotated[WordsRequest, Body(openapi_examples=examples.WORDS)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> StateView:
    """Object to what is published 异议; it lasts until the objection is answered."""
    command = await run_in_threadpool(objection, filing_id, body.text, actor.id, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return StateView(state=written.answer.value)


def objection(filing_id: str, text: str, by: str, bank: Bank) -> ActOnFiling:
    """Make the command of an objection; raises `Refusal("not-found")`."""
    stored = _find(filing_id, bank)
    return ActOnFiling(
        filing_id=filing_id,
        key=account_key(stored.account_id, bank),
        secrets=bank.keystore.secrets,
        by=by,
        act=Act.OBJECTED,
        text=text,
    )


def answer_command(
    filing_id: str,
    text: str,
    own: AccountKey,
    by: str,
    bank: Bank,
    received_on: date | None = None,
) -> ActOnFiling:
    """Make the command of an answer; raises `Refusal("not-found")`."""
    return ActOnFiling(
        filing_id=filing_id,
        key=_key_of(filing_id, own, bank),
        secrets=bank.keystore.secrets,
        by=by,
        act=Act.ANSWERED,
        text=text,
        received_on=received_on,
    )


def _withdrawal(filing_id: str, actor: Actor, bank: Bank) -> ActOnFiling:
    return ActOnFiling(
        filing_id=filing_id,
        key=_own_key(filing_id, actor, bank),
        secrets=bank.keystore.secrets,
        by=actor.id,
        act=Act.WITHDRAWN,
        text="",
    )


def _find(filing_id: str, bank: Bank) -> StoredFiling:
    with bank.readers.reading() as connection:
        stored = find_filings(connection, [filing_id]).get(filing_id)
    if stored is None:
        raise Refusal("not-found")
    return stored


def _own_key(filing_id: str, actor: Actor, bank: Bank) -> AccountKey:
    return _key_of(filing_id, account_key(actor.account, bank), bank)


def _key_of(filing_id: str, own: AccountKey, bank: Bank) -> AccountKey:
    """Give the key of the account that a filing of a person is in; `own` is any key of hers."""
    key = keys_by_account(own, bank).get(_find(filing_id, bank).account_id)
    if key is None:
        raise Refusal("not-found")
    return key


def _view(
    filing_id: str, actor: Actor, bank: Bank, problems: CurrentProblems, language: str
) -> FilingView:
    key, today = _own_key(filing_id, actor, bank), civil_day(bank.clock())
    look = Look(filing_id=filing_id, key=key, secrets=bank.keystore.secrets)
    with bank.readers.reading() as connection:
        shown = show_filing(connection, look, today, bank.working_days)
    return FilingView.of(shown, today, problems, language)
