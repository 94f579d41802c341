"""Back-entry 补录 from an archive: one person enters it, another checks it; then it is recorded."""

from typing import Annotated, Self

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, OutcomesChecker, OutcomesReader, OutcomesWriter
from api.response import Response
from api.v1 import matter_examples as examples
from api.v1.account_keys import account_key
from api.v1.entries import Entry
from api.v1.fields import Request, ShortText
from api.v1.outcome_forms import OutcomeRequest
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.tree import load_tree
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.archive import checking, entering
from creditbank.outcomes.back_enter import BackEntry, find_back_entries, waiting_back_entries

router = APIRouter(prefix="/api/v1/back-entries", tags=["outcomes"])


class BackEntryRequest(OutcomeRequest):
    """A result as the archive has it; the awarding body may be closed and known by name only."""

    archive_reference: ShortText = Field(description="档案号: where the original is kept.")

    def flat(self) -> dict[str, str | None]:
        """Give the posting's own flat fields."""
        return {**super().flat(), "archive_reference": self.archive_reference}


class EnteredView(Response):
    """A back-entry that waits for another person."""

    id: str


class BackEntryView(Response):
    """A back-entry with who entered it, until when it is to be checked, and what was entered."""

    id: str
    institution: str
    entered_by: str
    due_on: str
    late: bool
    state: str
    reason: str | None
    outcome: str | None
    fields: dict[str, str]

    @classmethod
    def of(cls, entry: BackEntry, key: AccountKey, today: str) -> Self:
        """Open a back-entry."""
        return cls(
            id=entry.id,
            institution=entry.institution_id,
            entered_by=entry.entered_by,
            due_on=entry.due_on,
            late=entry.due_on < today,
            state=entry.state,
            reason=entry.reason(key),
            outcome=entry.outcome_id,
            fields={name: text for name, text in entry.fields(key).items() if text},
        )


class BackEntriesView(Response):
    """The back-entries that wait within an institution's subtree, those due first at the front."""

    entries: list[BackEntryView]


class CheckRequest(Request):
    """The second person's answer; without a reason for refusing, the result is recorded."""

    refused_because: ShortText | None = Field(
        default=None, description="Why it is refused; left out, the result is recorded."
    )


class CheckedView(Response):
    """What became of it; outcome, entry and receipt where it is recorded."""

    id: str
    state: str
    outcome: str | None
    entry: Entry | None
    receipt: str | None


@router.post("", status_code=201, responses={200: {"model": EnteredView}})
async def enter_back_entry(
    body: Annotated[BackEntryRequest, Body(openapi_examples=examples.BACK_ENTRY)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> EnteredView:
    """Enter a result from an archive; it waits for another person."""
    command = await run_in_threadpool(entering, body.flat(), actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return EnteredView(id=written.answer)


@router.get("")
def list_back_entries(actor: OutcomesReader, bank: CurrentBank) -> BackEntriesView:
    """List what waits for a second person."""
    with bank.readers.reading() as connection:
        covered = load_tree(connection, civil_day(bank.clock())).covered(actor.institution)
        waiting = waiting_back_entries(connection, covered)
    keys = bank.keystore.get({one.account_id for one in waiting})
    today = civil_day(bank.clock()).isoformat()
    return BackEntriesView(
        entries=[
            BackEntryView.of(one, keys[one.account_id], today)
            for one in waiting
            if one.account_id in keys
        ]
    )


@router.get("/{entry_id}")
def read_back_entry(entry_id: str, actor: OutcomesReader, bank: CurrentBank) -> BackEntryView:
    """Read a back-entry of one's own subtree, waiting or decided."""
    entry = _find(entry_id, actor, bank)
    today = civil_day(bank.clock()).isoformat()
    return BackEntryView.of(entry, account_key(entry.account_id, bank), today)


@router.post("/{entry_id}/check", status_code=201, responses={200: {"model": CheckedView}})
async def check_back_entry(
    entry_id: str,
    body: Annotated[CheckRequest, Body(openapi_examples=examples.BACK_ENTRY_CHECK)],
    actor: OutcomesChecker,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> CheckedView:
    """Record what another person entered, or refuse it with a reason."""
    command = await run_in_threadpool(checking, entry_id, body.refused_because, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    checked = written.answer
    receipt = None
    if checked.entry_index is not None:
        receipt = await run_in_threadpool(bank.receipt, checked.entry_index)
    return CheckedView(
        id=checked.entry_id,
        state=checked.state,
        outcome=checked.outcome_id,
        entry=None if receipt is None else Entry.of(receipt),
        receipt=None if receipt is None else receipt.text,
    )


def _find(entry_id: str, actor: Actor, bank: Bank) -> BackEntry:
    with bank.readers.reading() as connection:
        entry = find_back_entries(connection, [entry_id]).get(entry_id)
        covers = load_tree(connection, civil_day(bank.clock())).covers
        if entry is None or not covers(actor.institution, entry.institution_id):
            raise Refusal("not-found")
    return entry
