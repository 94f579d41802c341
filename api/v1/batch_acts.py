"""What persons decide about a whole batch: countersign, discard, withdraw; and the practice."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import Allowed, CurrentBank, CurrentWorker, OutcomesReader, OutcomesWriter
from api.response import Response
from api.v1 import examples
from api.v1.fields import Request, ShortText, Text
from creditbank.access.actor import Actor, Scope
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.affected import Affected
from creditbank.credits.withdraw_batch import BeginWithdrawal, affected_by_withdrawal
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.batches.countersign import Countersign
from creditbank.outcomes.batches.find import find_batches, get_batch
from creditbank.outcomes.batches.practice import SetPractice, asking_two_persons
from creditbank.outcomes.batches.withdraw import Withdrawal

router = APIRouter(prefix="/api/v1", tags=["outcome batches"])

BATCH = "/outcome-batches/{batch_id}"
PRACTICE = "/batch-practice"
Countersigner = Annotated[Actor, Depends(Allowed(Scope.BATCHES_COUNTERSIGN))]
PracticeSetter = Annotated[Actor, Depends(Allowed(Scope.STAFF_MANAGE))]
Reason = Annotated[Text, Field(min_length=1, max_length=500, description="Why; sealed.")]


class StateView(Response):
    """A batch and the state that it is in now."""

    id: str
    state: str


class DiscardRequest(Request):
    """Why a file is not recorded."""

    reason: Reason


class WithdrawalRequest(Request):
    """`void` takes a clerk's error back, no fault of any holder's; `revoked` is for misconduct.

    Where a row was converted, `through_reversal` says that the credit is to be reversed too.
    """

    status: ShortText = Field(examples=["void"], description="`void` or `revoked`.")
    reason: Reason
    through_reversal: bool = Field(
        default=False, description="Reverse the credit that was recognised from its rows too."
    )


class AffectedView(Response):
    """Whom a withdrawal concerns: standing outcomes, those converted, conversions, learners."""

    outcomes: int
    converted: int
    conversions: list[str]
    learners: int


class WithdrawalView(StateView):
    """A withdrawal that has begun, and whom it concerns."""

    affected: AffectedView


class PracticeView(Response):
    """Whether files are countersigned by a second person before they are recorded."""

    two_persons: bool


class PracticeRequest(Request):
    """Whether files are to be countersigned by a second person."""

    two_persons: bool = Field(
        description="True: a second person countersigns each file before it is recorded."
    )


@router.post(f"{BATCH}/countersignature")
def countersign_batch(
    batch_id: str, actor: Countersigner, bank: CurrentBank, worker: CurrentWorker
) -> StateView:
    """Have a waiting file recorded; by another person than the one who uploaded it."""
    bank.writer.write(countersign_command(bank, actor, batch_id, None))
    worker.wake()
    return _state(bank, batch_id)


@router.post(f"{BATCH}/discard")
def discard_batch(
    batch_id: str,
    body: Annotated[DiscardRequest, Body(openapi_examples=examples.BATCH_DISCARD)],
    actor: Countersigner,
    bank: CurrentBank,
) -> StateView:
    """Refuse a waiting file with a reason; nothing of it is recorded and the file is removed."""
    bank.writer.write(countersign_command(bank, actor, batch_id, body.reason))
    bank.uploads.remove(batch_id)
    return _state(bank, batch_id)


@router.get(f"{BATCH}/withdrawal")
def preview_withdrawal(batch_id: str, actor: OutcomesReader, bank: CurrentBank) -> AffectedView:
    """Say whom a withdrawal would concern; nothing is changed."""
    with bank.readers.reading() as connection:
        get_batch(connection, batch_id, actor.institution, civil_day(bank.clock()))
        return _affected(affected_by_withdrawal(connection, batch_id))


@router.post(f"{BATCH}/withdrawal", status_code=202)
async def withdraw_batch(
    batch_id: str,
    body: Annotated[WithdrawalRequest, Body(openapi_examples=examples.BATCH_WITHDRAWAL)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    worker: CurrentWorker,
) -> WithdrawalView:
    """Withdraw a recorded batch whole; its outcomes are taken back one after the other.

    Refused while a row is converted, unless `through_reversal` is true: then that credit is
    reversed too.
    """

    def begin() -> Affected:
        command = withdrawal_command(bank, actor, batch_id, body)
        return bank.writer.write(command).answer

    affected = await run_in_threadpool(begin)
    worker.wake()
    state = await run_in_threadpool(_state, bank, batch_id)
    return WithdrawalView(id=batch_id, state=state.state, affected=_affected(affected))


@router.get(PRACTICE)
def read_practice(actor: OutcomesReader, bank: CurrentBank) -> PracticeView:
    """Say whether the own institution asks for a second person."""
    with bank.readers.reading() as connection:
        asking = asking_two_persons(connection, [actor.institution])
    return PracticeView(two_persons=bool(asking))


@router.put(PRACTICE)
def set_practice(
    body: Annotated[PracticeRequest, Body(openapi_examples=examples.BATCH_PRACTICE)],
    actor: PracticeSetter,
    bank: CurrentBank,
) -> PracticeView:
    """Set whether files of the own institution are countersigned; in effect at once."""
    command = SetPractice(
        institution_id=actor.institution, two_persons=body.two_persons, by=actor.person
    )
    return PracticeView(two_persons=bank.writer.write(command).answer)


def countersign_command(
    bank: Bank, actor: Actor, batch_id: str, discard_reason: str | None
) -> Countersign:
    """Make the command by which a person lets a batch be recorded, or discards it for a reason.

    Raises a `Refusal`: "person-required", "not-found".
    """
    return Countersign(
        batch_id=batch_id,
        institution_id=actor.institution,
        by=actor.person,
        batch_key=_key(bank, batch_id),
        discard_reason=discard_reason,
    )


def withdrawal_command(
    bank: Bank, actor: Actor, batch_id: str, body: WithdrawalRequest
) -> BeginWithdrawal:
    """Make the command that withdraws a batch of the actor's subtree; raises "not-found"."""
    with bank.readers.reading() as connection:
        batch = get_batch(connection, batch_id, actor.institution, civil_day(bank.clock()))
    asked = Withdrawal(
        batch_id=batch_id,
        institution_id=batch.institution_id,
        by=actor.id,
        batch_key=_key(bank, batch_id),
        status=body.status,
        reason=body.reason,
    )
    return BeginWithdrawal(asked=asked, through_reversal=body.through_reversal)


def _key(bank: Bank, batch_id: str) -> AccountKey:
    key = bank.keystore.get([batch_id]).get(batch_id)
    if key is None:
        raise Refusal("not-found")
    return key


def _state(bank: Bank, batch_id: str) -> StateView:
    with bank.readers.reading() as connection:
        batch = find_batches(connection, [batch_id])[batch_id]
    return StateView(id=batch.id, state=batch.state)


def _affected(affected: Affected) -> AffectedView:
    return AffectedView(
        outcomes=affected.outcomes,
        converted=affected.converted,
        conversions=list(affected.conversions),
        learners=affected.learners,
    )
