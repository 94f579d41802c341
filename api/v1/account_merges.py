"""One person, two accounts: staff of the bank merge them, and undo it; the learner reads why."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import AccountsDecider, Citizen, CurrentBank
from api.response import Response
from api.v1 import account_examples
from api.v1.account_access import own_key
from api.v1.account_keys import account_key
from api.v1.fields import Request, ShortText, Text
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.closures.merge import merge_accounts, part_accounts
from creditbank.closures.merge_entries import Pair
from creditbank.closures.queries import merges_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.texts import reason_problem

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])


class MergeRequest(Request):
    """In which account of the same person this one goes on, and why."""

    into: ShortText = Field(description="The number of the account that goes on.")
    reason: Text = Field(max_length=1_000, description="Why; it is kept, and the learner is told.")


class PartRequest(Request):
    """Why two accounts are apart again."""

    reason: Text = Field(max_length=1_000, description="Why; it is kept, and the learner is told.")


class SameResult(Response):
    """An outcome that was posted to both accounts, and the one that counts."""

    outcome: str
    counts: str


class FrozenConversion(Response):
    """A conversion that is frozen, for another account used the same before it."""

    conversion: str
    counts: list[int] = Field(description="Where on the ledger the earlier uses stand.")


class MergeView(Response):
    """The account in which a merged one goes on, what counts once, and what is frozen for it."""

    id: str
    into: str
    account_number: str
    same_results: list[SameResult]
    frozen: list[FrozenConversion]


class PartView(Response):
    """The state of an account that is apart again."""

    id: str
    state: str


class MergeEntryView(Response):
    """One entry of a merge or of its undoing."""

    act: str
    merged_number: str
    surviving_number: str
    reason: str
    decided_by: str
    entry_index: int


class MergeList(Response):
    """What was merged with one's account, and parted from it, in the order of the ledger."""

    merges: list[MergeEntryView]


@router.post("/merge", status_code=201)
async def merge(
    account_id: str,
    body: Annotated[MergeRequest, Body(openapi_examples=account_examples.MERGE)],
    actor: AccountsDecider,
    bank: CurrentBank,
) -> MergeView:
    """Let an account go on in another of the same person; nothing is deleted, both are told."""
    return await run_in_threadpool(_merge, account_id, body, actor, bank)


@router.post("/parting", status_code=201)
async def part(
    account_id: str,
    body: Annotated[PartRequest, Body(openapi_examples=account_examples.PART)],
    actor: AccountsDecider,
    bank: CurrentBank,
) -> PartView:
    """Undo a merge: two accounts as before; what was posted in between stays where it is."""
    return await run_in_threadpool(_part, account_id, body, actor, bank)


@router.get("/merges")
def read_merges(account_id: str, actor: Citizen, bank: CurrentBank) -> MergeList:
    """Read what was merged with one's own account, and why."""
    key = own_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        found = merges_of(connection, [key.account_id])
    return MergeList(
        merges=[
            MergeEntryView(
                entry_index=one.entry_index,
                **{
                    name: str(value)
                    for name, value in fields_of(
                        open_statement(key, "account_merge", one.id, one.sealed_statement)
                    ).items()
                    if name in MergeEntryView.model_fields
                },
            )
            for one in found
        ]
    )


def merging_pair(bank: Bank, merged_id: str, into: str, by: Actor, reason: str) -> Pair:
    """Give what is asked to go on in the account with the number `into`; raises `InvalidInput`."""
    survivor = bank.keystore.find_by_number("".join(into.split()))
    problems = [one for one in (reason_problem(reason),) if one is not None]
    if survivor is None:
        problems.append(FieldProblem(field="into", code="account-unknown"))
    if problems or survivor is None:
        raise InvalidInput(problems)
    return _pair(bank, merged_id, survivor, by, reason)


def parting_pair(bank: Bank, merged_id: str, by: Actor, reason: str) -> Pair:
    """Give what is asked to be apart again; raises `InvalidInput` or a `Refusal`."""
    if (problem := reason_problem(reason)) is not None:
        raise InvalidInput([problem])
    with bank.readers.reading() as connection:
        account = find_accounts(connection, [merged_id]).get(merged_id)
    if account is None:
        raise Refusal("not-found")
    # Where it is not merged, the command says so of the account itself.
    survivor = account_key(account.merged_into or merged_id, bank)
    return _pair(bank, merged_id, survivor, by, reason)


def _pair(bank: Bank, merged_id: str, survivor: AccountKey, by: Actor, reason: str) -> Pair:
    return Pair(
        merged=account_key(merged_id, bank),
        survivor=survivor,
        by=by,
        institution_id=bank.installation.institution_id,
        reason=reason,
        secrets=bank.keystore.secrets,
    )


def _merge(account_id: str, body: MergeRequest, actor: Actor, bank: Bank) -> MergeView:
    _require_bank(actor, bank)
    pair = merging_pair(bank, account_id, body.into, actor, body.reason)
    answer = merge_accounts(bank.writer, bank.keystore, pair)
    return MergeView(
        id=account_id,
        into=pair.survivor.account_id,
        account_number=pair.survivor.number,
        same_results=[
            SameResult(outcome=one, counts=other) for one, other in answer.same_results.items()
        ],
        frozen=[
            FrozenConversion(conversion=one, counts=list(entries))
            for one, entries in answer.frozen.items()
        ],
    )


def _part(account_id: str, body: PartRequest, actor: Actor, bank: Bank) -> PartView:
    _require_bank(actor, bank)
    pair = parting_pair(bank, account_id, actor, body.reason)
    return PartView(id=account_id, state=part_accounts(bank.writer, bank.keystore, pair).value)


def _require_bank(actor: Actor, bank: Bank) -> None:
    """Accounts of different institutions' learners are brought together by the bank alone."""
    if actor.institution != bank.installation.institution_id:
        raise Refusal("not-found")
