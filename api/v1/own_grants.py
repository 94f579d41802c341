"""A citizen lets an employer look at chosen outcomes until a day, sees each look, and ends it."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank
from api.response import Response
from api.v1 import grant_examples as examples
from api.v1.account_access import keys_as_one, own_key
from api.v1.fields import Instant, Request, ShortText
from api.v1.printed_names import printed_name
from certificates.keys import Purpose
from certificates.pass_claims import OUTCOMES_MAX
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.grants.end import EndGrant
from creditbank.grants.give import LIFETIME_MAX, GiveGrant
from creditbank.grants.queries import looks_at
from creditbank.grants.show import GivenGrant, GrantGiver
from creditbank.grants.state import GrantState
from creditbank.keystore.account_key import AccountKey
from creditbank.passes.choose import OPTIONAL_FIELDS
from creditbank.verification.report import Verdict

router = APIRouter(prefix="/api/v1/accounts/{account_id}/grants", tags=["grants"])


class GrantRequest(Request):
    """What an employer may look at. Title, provider, class and result always stand in it."""

    employer: ShortText = Field(
        examples=["inst-0192f0a1b2c3"],
        description="Id of the employer: an institution of kind `employer`.",
    )
    outcomes: list[ShortText] = Field(
        min_length=1, max_length=OUTCOMES_MAX, description="Ids of the outcomes that it shows."
    )
    expires_at: Instant = Field(
        examples=["2028-12-31T00:00:00+08:00"],
        description=(
            "Until when: ISO 8601 with a zone, more than a day and at most"
            f" {LIFETIME_MAX.days} days ahead."
        ),
    )
    purpose: ShortText = Field(
        min_length=1,
        examples=["在职期间复核上岗证书"],
        description="What the employer may look for, as it is told with each look.",
    )
    shown: list[ShortText] | None = Field(
        default=None,
        max_length=len(OPTIONAL_FIELDS),
        examples=[["awarded_on", "credits"]],
        description="Further fields to show, of each outcome that has them; all unless stated.",
    )
    show_name: bool = Field(default=False, description="Show the holder's name as printed.")


class GrantView(Response):
    """A standing grant as its learner sees it."""

    id: str
    state: GrantState
    employer: str
    employer_name: str | None = Field(description="The employer's name when it was given.")
    entry_indexes: list[int] = Field(description="The ledger entries that it shows.")
    purpose: str | None
    holder: str | None
    given_at: str
    expires_at: str
    ended_at: str | None
    looks: int = Field(description="How often the employer looked.")
    last_looked_at: str | None


class GrantList(Response):
    """One's standing grants, newest first."""

    grants: list[GrantView]


class GrantLookView(Response):
    """One look of the employer."""

    at: str
    verdict: Verdict


class GrantLooks(Response):
    """The looks at one grant, the newest first."""

    looks: list[GrantLookView]


@router.post("", status_code=201, responses={200: {"model": GrantView}})
async def give_grant(
    account_id: str,
    body: Annotated[GrantRequest, Body(openapi_examples=examples.GRANT)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> GrantView:
    """Let an employer look at outcomes of one's own account that stand today, until a day."""
    keys = await run_in_threadpool(_keys, account_id, actor, bank)
    command = await run_in_threadpool(giving, body, keys, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(given_view, written.answer, keys, bank)


@router.get("")
def read_grants(account_id: str, actor: Citizen, bank: CurrentBank) -> GrantList:
    """List one's own standing grants, those that are over too."""
    return GrantList(grants=given_views(_keys(account_id, actor, bank), bank))


@router.get("/{grant_id}")
def read_grant(account_id: str, grant_id: str, actor: Citizen, bank: CurrentBank) -> GrantView:
    """Read one of one's own standing grants."""
    return given_view(grant_id, _keys(account_id, actor, bank), bank)


@router.get("/{grant_id}/looks")
def read_looks(
    account_id: str,
    grant_id: str,
    actor: Citizen,
    bank: CurrentBank,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> GrantLooks:
    """Say when the employer looked, and what it was told."""
    return given_looks(grant_id, _keys(account_id, actor, bank), bank, limit)


@router.delete("/{grant_id}", status_code=204)
async def end_grant(account_id: str, grant_id: str, actor: Citizen, bank: CurrentBank) -> None:
    """End a standing grant at once; ending it again changes nothing."""
    keys = await run_in_threadpool(_keys, account_id, actor, bank)
    command = EndGrant(grant_id=grant_id, account_ids=[key.account_id for key in keys])
    await asyncio.wrap_future(bank.writer.submit(command))


def giving(body: GrantRequest, keys: list[AccountKey], bank: Bank) -> GiveGrant:
    """Give the command of a request; `keys` are those of one person, the going one first."""
    key, *merged = keys
    return GiveGrant(
        key=key,
        others={one.account_id: one for one in merged},
        employer_id=body.employer,
        outcome_ids=body.outcomes,
        expires_at=body.expires_at,
        issuer=bank.installation.issuer_did,
        signing_key=bank.ring.current(Purpose.PASS),
        shown=OPTIONAL_FIELDS if body.shown is None else body.shown,
        holder=printed_name(key, bank) if body.show_name else None,
        purpose=body.purpose,
    )


def given_view(grant_id: str, keys: list[AccountKey], bank: Bank) -> GrantView:
    """Give one grant of a person; raises `Refusal("grant-unknown")`."""
    with bank.readers.reading() as connection:
        return _view(_giver(keys, bank).one(connection, grant_id))


def given_views(keys: list[AccountKey], bank: Bank) -> list[GrantView]:
    """Give every grant of a person."""
    with bank.readers.reading() as connection:
        return [_view(one) for one in _giver(keys, bank).all(connection)]


def given_looks(grant_id: str, keys: list[AccountKey], bank: Bank, limit: int) -> GrantLooks:
    """Give the looks at one grant of a person; raises `Refusal("grant-unknown")`."""
    with bank.readers.reading() as connection:
        _giver(keys, bank).one(connection, grant_id)
        found = looks_at(connection, grant_id, limit)
    return GrantLooks(
        looks=[GrantLookView(at=civil(at), verdict=Verdict(verdict)) for at, verdict in found]
    )


def civil(seconds: int) -> str:
    """Print a time that is stored as seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(CIVIL_TIME).isoformat()


def _keys(account_id: str, actor: Actor, bank: Bank) -> list[AccountKey]:
    return keys_as_one(own_key(account_id, actor, bank), bank)


def _giver(keys: list[AccountKey], bank: Bank) -> GrantGiver:
    return GrantGiver(keystore=bank.keystore, keys=keys, now=bank.clock())


def _view(given: GivenGrant) -> GrantView:
    stored, claims, looks = given.stored, given.claims, given.looks
    return GrantView(
        id=stored.id,
        state=given.state,
        employer=stored.institution_id,
        employer_name=claims.audience,
        entry_indexes=[outcome.index for outcome in claims.outcomes],
        purpose=claims.purpose,
        holder=claims.holder,
        given_at=civil(stored.given_at),
        expires_at=civil(stored.expires_at),
        ended_at=None if stored.ended_at is None else civil(stored.ended_at),
        looks=0 if looks is None else looks.count,
        last_looked_at=None if looks is None else civil(looks.last_at),
    )
