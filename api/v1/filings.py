"""Filings 申请 as those see them who decide: the queue, and the steps of the chain."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, CurrentProblems, FilingsDecider, Language
from api.problems import Problems
from api.response import Response
from api.v1 import filing_examples as examples
from api.v1.account_access import keys_by_account
from api.v1.account_keys import account_key
from api.v1.evidence import evidence_file
from api.v1.fields import Request, ShortText, Text
from api.v1.filing_views import FilingsView, FilingView
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.conversion.filing import Finding
from creditbank.errors import Refusal
from creditbank.filings.chain import Act
from creditbank.filings.decide_step import DecideStep, StaffAct
from creditbank.filings.queries import (
    StoredFiling,
    Words,
    find_filings,
    steps_of,
    undecided_filings,
)
from creditbank.filings.show import Look, looks_at, show_filing, show_filings
from creditbank.institutions.tree import load_tree

router = APIRouter(prefix="/api/v1", tags=["filings"])

FINDINGS_MAX = 200
_ACTS: dict[str, StaffAct] = {
    "passed": Act.PASSED,
    "returned": Act.RETURNED,
    "refused": Act.REFUSED,
    "objection_upheld": Act.UPHELD,
    "objection_dismissed": Act.DISMISSED,
}


class FindingRequest(Request):
    """What a person found out of an outcome: whether the test behind a code is met."""

    outcome: ShortText = Field(description="Id of an outcome that the filing offers.")
    code: ShortText = Field(description="The code of the test, as listed in `to_find`.")
    met: bool = Field(description="Whether the outcome meets what the rule asks for.")


class FilingDecisionRequest(Request):
    """What is done at the step: passing the last one recognises the credit."""

    decision: Literal[
        "passed", "returned", "refused", "objection_upheld", "objection_dismissed"
    ] = Field(description="Passed on, returned to be completed, refused; or an objection answered.")
    text: Text = Field(min_length=1, max_length=2_000, description="What is said with it.")
    code: ShortText | None = Field(
        default=None, description="Of a refusal: one of `refusal_codes`, or of a test that fails."
    )
    findings: list[FindingRequest] = Field(
        default=[], max_length=FINDINGS_MAX, description="What was found out of the outcomes."
    )
    departure: Text | None = Field(
        default=None,
        max_length=2_000,
        description="Why this is decided otherwise than the last filings on the same pair.",
    )


class DecidedView(Response):
    """Where the filing is now; the conversion where credit was recognised."""

    state: str
    conversion: str | None


@router.get("/filings")
def list_filings(
    actor: FilingsDecider, bank: CurrentBank, problems: CurrentProblems, language: Language
) -> FilingsView:
    """List what is under way at an institution and below it, by the last day of the step.

    The bank's own staff see every filing, since a chain may ask them.
    """
    today, looks = civil_day(bank.clock()), looks_of(actor, bank)
    with bank.readers.reading() as connection:
        shown = show_filings(connection, looks, today, bank.working_days)
    return FilingsView(
        filings=[FilingView.of(one, today, problems, language, to_staff=True) for one in shown]
    )


def looks_of(actor: Actor, bank: Bank) -> list[Look]:
    """Give a look at each filing that is under way and that the actor may see, as `list_filings`.

    They are in the order of the last day of their step.
    """
    with bank.readers.reading() as connection:
        covered = (
            None
            if actor.institution == bank.installation.institution_id
            else load_tree(connection, civil_day(bank.clock())).covered(actor.institution)
        )
        stored = undecided_filings(connection, covered)
    keys = bank.keystore.get({one.account_id for one in stored})
    return looks_at(stored, keys, bank.keystore.secrets, by=actor.id)


@router.get("/filings/{filing_id}")
def read_filing(
    filing_id: str,
    actor: FilingsDecider,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> FilingView:
    """Read a filing of one's own subtree, decided or not, with its precedents."""
    return _view(filing_id, actor, bank, problems, language)


@router.get("/filings/{filing_id}/evidence/{evidence_id}", response_class=HTTPResponse)
def download_filing_evidence(
    filing_id: str, evidence_id: str, actor: FilingsDecider, bank: CurrentBank
) -> HTTPResponse:
    """Download a piece of evidence that was shown with a filing of one's own subtree."""
    stored = seen_filing(filing_id, actor, bank)
    keys = keys_by_account(account_key(stored.account_id, bank), bank)
    with bank.readers.reading() as connection:
        steps = steps_of(connection, [filing_id]).get(filing_id, ())
    shown = {piece for one in steps for piece in one.words(keys[stored.account_id]).evidence}
    if evidence_id not in shown:
        raise Refusal("not-found")
    return evidence_file(evidence_id, list(keys.values()), bank)


@router.post("/conversions/{filing_id}/decision", status_code=201)
async def decide_filing(
    filing_id: str,
    body: Annotated[FilingDecisionRequest, Body(openapi_examples=examples.FILING_DECISION)],
    actor: FilingsDecider,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> DecidedView:
    """Take the step at which a filing is, as the person whom the chain asks."""
    command = await run_in_threadpool(decision_command, filing_id, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return DecidedView(state=written.answer.state, conversion=written.answer.conversion_id)


def decision_command(
    filing_id: str, body: FilingDecisionRequest, actor: Actor, bank: Bank
) -> DecideStep:
    """Make the command of a person's step; raises `Refusal("not-found")`."""
    by, stored = actor.person, seen_filing(filing_id, actor, bank)
    return DecideStep(
        filing_id=filing_id,
        key=account_key(stored.account_id, bank),
        secrets=bank.keystore.secrets,
        by=by,
        institution_id=actor.institution,
        bank_id=bank.installation.institution_id,
        act=_ACTS[body.decision],
        words=Words(
            text=body.text,
            findings=[
                Finding(outcome=one.outcome, code=one.code, is_met=one.met) for one in body.findings
            ],
            departure=body.departure,
        ),
        code=body.code,
    )


def seen_filing(filing_id: str, actor: Actor, bank: Bank) -> StoredFiling:
    """Give a filing that the actor may see; raises `Refusal("not-found")`."""
    with bank.readers.reading() as connection:
        stored = find_filings(connection, [filing_id]).get(filing_id)
        covers = load_tree(connection, civil_day(bank.clock())).covers
        is_bank = actor.institution == bank.installation.institution_id
        if stored is None or not (is_bank or covers(actor.institution, stored.institution_id)):
            raise Refusal("not-found")
    return stored


def _view(
    filing_id: str, actor: Actor, bank: Bank, problems: Problems, language: str
) -> FilingView:
    stored, today = seen_filing(filing_id, actor, bank), civil_day(bank.clock())
    key = account_key(stored.account_id, bank)
    look = Look(filing_id=filing_id, key=key, secrets=bank.keystore.secrets)
    with bank.readers.reading() as connection:
        shown = show_filing(connection, look, today, bank.working_days)
    return FilingView.of(shown, today, problems, language, to_staff=True)
