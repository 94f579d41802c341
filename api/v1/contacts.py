"""How a learner is reached, and which service point serves her."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import AccountsServer, Citizen, CurrentBank, Delegable
from api.response import Response
from api.v1 import account_examples
from api.v1.account_access import delegable_key, own_key, served_key
from api.v1.fields import Request, ShortText, Text
from creditbank.access.actor import Actor
from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.contact_codes import ConfirmContact, SendContactCode
from creditbank.learners.contacts import (
    AddContact,
    CheckContact,
    CheckedHow,
    ContactKind,
    RemoveContact,
    contacts_of,
)
from creditbank.learners.delegations import DelegatedAct
from creditbank.learners.set_point import SetServicePoint, service_points
from creditbank.outcomes.dates import DateError, parse_day

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])


class ContactRequest(Request):
    """A phone number or an address of e-mail; several people may share one."""

    kind: ShortText = Field(
        examples=[one.value for one in ContactKind], description="What it is: phone or email."
    )
    contact: Text = Field(
        max_length=300,
        examples=["+86 021 5550 0100"],
        description="The phone number, or the address of e-mail.",
    )


class ContactCheck(Request):
    """How it was checked that the contact leads to the learner."""

    how: ShortText = Field(
        examples=[one.value for one in CheckedHow],
        description="`called`: she answered; `seen`: at the counter, on her own device.",
    )


class ContactCode(Request):
    """The code that reached the learner by the contact."""

    code: ShortText = Field(
        examples=["7KQM-3XPA"],
        description="The code as it came; case, spaces and dashes do not matter.",
    )


class CodeSent(Response):
    """Until when the code holds that goes to the contact; it is shown nowhere here."""

    expires_at: str


class ContactAdded(Response):
    """The id of a contact."""

    id: str


class ContactView(Response):
    """One contact, and how it was checked: `called`, `seen`, or `code` by its learner herself."""

    id: str
    kind: str
    contact: str
    checked_how: str | None
    checked_at: str | None


class ContactList(Response):
    """One's contacts, oldest first; none is required."""

    contacts: list[ContactView]


class ServicePointRequest(Request):
    """Which institution serves the learner at the counter, from which day on."""

    institution: ShortText = Field(description="The id of the institution that is to serve.")
    from_: ShortText = Field(
        alias="from",
        examples=["2026-03-01"],
        description="The first day, YYYY-MM-DD, today or later.",
    )


class ServicePointView(Response):
    """A service point; `until` is its last day."""

    institution: str
    from_: str = Field(serialization_alias="from")
    until: str | None


class ServicePointList(Response):
    """Every service point that an account had, has or will have, in order."""

    service_points: list[ServicePointView]


@router.post("/contacts", status_code=201)
async def add_contact(
    account_id: str,
    body: Annotated[ContactRequest, Body(openapi_examples=account_examples.CONTACT)],
    actor: Delegable,
    bank: CurrentBank,
) -> ContactAdded:
    """Add a contact of one's own; the same one again is the one there is."""
    key = await run_in_threadpool(delegable_key, account_id, actor, bank, DelegatedAct.CONTACTS)
    command = AddContact(key=key, kind=body.kind, text=body.contact, by=actor.id)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return ContactAdded(id=written.answer)


@router.get("/contacts")
def read_contacts(account_id: str, actor: Delegable, bank: CurrentBank) -> ContactList:
    """List one's own contacts."""
    key = delegable_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        found = contacts_of(connection, [key.account_id]).get(key.account_id, ())
    return ContactList(
        contacts=[
            ContactView(
                id=one.id,
                kind=one.kind,
                contact=one.text(key),
                checked_how=one.checked_how,
                checked_at=None if one.checked_at is None else _civil(one.checked_at),
            )
            for one in found
        ]
    )


@router.delete("/contacts/{contact_id}", status_code=204)
async def remove_contact(
    account_id: str, contact_id: str, actor: Delegable, bank: CurrentBank
) -> None:
    """Let the bank forget a contact."""
    key = await run_in_threadpool(delegable_key, account_id, actor, bank, DelegatedAct.CONTACTS)
    command = RemoveContact(account_id=key.account_id, contact_id=contact_id)
    await asyncio.wrap_future(bank.writer.submit(command))


@router.post("/contacts/{contact_id}/code", status_code=201)
async def send_code(
    account_id: str, contact_id: str, actor: Citizen, bank: CurrentBank
) -> CodeSent:
    """Ask that a code go to a contact of one's own; while one is on its way it stays the one."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = SendContactCode(key=key, contact_id=contact_id, secrets=bank.keystore.secrets)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return CodeSent(expires_at=_civil(written.answer))


@router.post("/contacts/{contact_id}/confirmation", status_code=204)
async def confirm_contact(
    account_id: str,
    contact_id: str,
    body: Annotated[ContactCode, Body(openapi_examples=account_examples.CONTACT_CODE)],
    actor: Citizen,
    bank: CurrentBank,
) -> None:
    """Check a contact of one's own by its code: the identity level becomes 1. Three tries."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = ConfirmContact(
        key=key,
        contact_id=contact_id,
        code=body.code,
        by=actor.id,
        secrets=bank.keystore.secrets,
    )
    written = await asyncio.wrap_future(bank.writer.submit(command))
    if written.answer is not None:
        facts = {"tries": written.answer}
        raise InvalidInput([FieldProblem(field="code", code="contact-code-wrong", facts=facts)])


@router.post("/contacts/{contact_id}/check", status_code=204)
async def check_contact(
    account_id: str,
    contact_id: str,
    body: Annotated[ContactCheck, Body(openapi_examples=account_examples.CONTACT_CHECK)],
    actor: AccountsServer,
    bank: CurrentBank,
) -> None:
    """Note that a contact leads to its learner; the identity level becomes 1, and she is told."""
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    command = CheckContact(key=key, contact_id=contact_id, how=body.how, by=actor.person)
    await asyncio.wrap_future(bank.writer.submit(command))


@router.post("/service-points", status_code=204)
async def set_service_point(
    account_id: str,
    body: Annotated[ServicePointRequest, Body(openapi_examples=account_examples.SERVICE_POINT)],
    actor: AccountsServer,
    bank: CurrentBank,
) -> None:
    """Set which institution serves a learner; she is told."""
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    await asyncio.wrap_future(bank.writer.submit(service_point_command(body, key, actor)))


@router.get("/service-points")
def read_service_points(account_id: str, actor: Delegable, bank: CurrentBank) -> ServicePointList:
    """List one's own service points."""
    key = delegable_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        found = service_points(connection, key.account_id)
    return ServicePointList(
        service_points=[
            ServicePointView(
                institution=one.institution_id, from_=one.from_day, until=one.until_day
            )
            for one in found
        ]
    )


def service_point_command(
    body: ServicePointRequest, key: AccountKey, actor: Actor
) -> SetServicePoint:
    """Make the command of what was stated; raises `InvalidInput`."""
    try:
        from_day = parse_day(body.from_)
    except DateError as error:
        raise InvalidInput([FieldProblem(field="from", code=error.code)]) from None
    return SetServicePoint(
        key=key, institution_id=body.institution, from_day=from_day, by=actor.person
    )


def _civil(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(CIVIL_TIME).isoformat()
