"""Staff: who may sign in for the institutions of one's subtree, and with which roles."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, StaffManager
from api.response import Response
from api.v1 import examples
from api.v1.fields import Request, ShortText, one_of
from creditbank.access.logins import CreateStaffLogin
from creditbank.access.passwords import hash_password, make_password
from creditbank.access.roles import Role
from creditbank.access.staff import ChangeStaffLogin, StaffLogin, find_staff, read_roles
from creditbank.conversion.days import civil_day
from creditbank.institutions.tree import load_tree

router = APIRouter(prefix="/api/v1/staff", tags=["staff"])

Roles = Annotated[list[ShortText], Field(min_length=1, max_length=6, examples=[["clerk"]])]


class StaffRequest(Request):
    """A new member of staff of an institution of one's subtree."""

    name: ShortText = Field(description="The name to sign in by.", examples=["clerk"])
    institution: ShortText = Field(description="The id of the institution that she works for.")
    roles: Roles = Field(description=one_of(Role))


class RolesRequest(Request):
    """Exactly the roles that a member of staff has from now on."""

    roles: Roles = Field(description=one_of(Role))


class StaffView(Response):
    """A member of staff; rights follow from the roles."""

    id: str
    name: str
    institution: str
    roles: list[str]
    disabled: bool


class NewStaffView(Response):
    """A new member of staff, and the password, which is shown this once."""

    id: str
    password: str


class StaffList(Response):
    """The staff of one's subtree."""

    staff: list[StaffView]


@router.post("", status_code=201)
async def add_staff(
    body: Annotated[StaffRequest, Body(openapi_examples=examples.STAFF)],
    actor: StaffManager,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> NewStaffView:
    """Let somebody sign in for an institution; the password is made here and shown this once."""
    roles = read_roles(body.roles)
    password = make_password(lambda wanted: attempt.secret(actor, bank)[:wanted])
    command = CreateStaffLogin(
        name=body.name,
        password_hash=await run_in_threadpool(hash_password, password, bank.entropy),
        institution_id=body.institution,
        roles=roles,
        by=actor.institution,
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return NewStaffView(id=written.answer, password=password)


@router.get("")
def list_staff(actor: StaffManager, bank: CurrentBank) -> StaffList:
    """List the staff of one's subtree, those who may no longer sign in too."""
    with bank.readers.reading() as connection:
        tree = load_tree(connection, civil_day(bank.clock()))
        found = find_staff(connection).values()
    return StaffList(
        staff=[_view(one) for one in found if tree.covers(actor.institution, one.institution_id)]
    )


@router.put("/{login_id}/roles")
async def change_roles(
    login_id: str,
    body: Annotated[RolesRequest, Body(openapi_examples=examples.ROLES)],
    actor: StaffManager,
    bank: CurrentBank,
) -> StaffView:
    """Give a member of staff exactly these roles; she signs in anew."""
    command = ChangeStaffLogin(
        login_id=login_id, roles=read_roles(body.roles), by=actor.institution, by_login=actor.id
    )
    return _view((await asyncio.wrap_future(bank.writer.submit(command))).answer)


@router.delete("/{login_id}", status_code=204)
async def disable_staff(login_id: str, actor: StaffManager, bank: CurrentBank) -> None:
    """Let a member of staff sign in no more; what she did keeps her name. Repeating is harmless."""
    command = ChangeStaffLogin(
        login_id=login_id, is_disabled=True, by=actor.institution, by_login=actor.id
    )
    await asyncio.wrap_future(bank.writer.submit(command))


def _view(login: StaffLogin) -> StaffView:
    return StaffView(
        id=login.id,
        name=login.name,
        institution=login.institution_id,
        roles=[role.value for role in login.roles],
        disabled=login.disabled_at is not None,
    )
