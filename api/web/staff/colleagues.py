"""Who works for an institution 人员: a password shown once, roles, a new phone, the end."""

import asyncio

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.staff import (
    RolesRequest,
    StaffRequest,
    StaffView,
    add_staff,
    change_roles,
    disable_staff,
    list_staff,
)
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.staff.institutions import is_covered
from api.web.staff.pages import ManagerPage
from creditbank.access.roles import Role
from creditbank.access.second_factors import find_second_factors
from creditbank.access.staff import ChangeStaffLogin
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

ROLES = tuple(one.value for one in Role)
STAFF = "/desk/institutions/{institution_id}/staff"
ONE = "/desk/staff/{login_id}"


@router.get(STAFF)
def list_colleagues(page: ManagerPage, institution_id: str) -> Response:
    """List who may log in for an institution, and who no longer."""
    return _list(page, institution_id, page.form())


@router.post(STAFF)
async def add(
    page: ManagerPage, institution_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Let somebody log in, and show the password once."""
    try:
        body = form.read(
            StaffRequest,
            name=form.text("name"),
            institution=institution_id,
            roles=form.texts("roles"),
        )
        made = await add_staff(body, page.actor, bank, form.attempt(page.request), Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "name")
        return await run_in_threadpool(_list, page, institution_id, refused, 422)
    return page.show(
        "staff/password.html",
        institution_id=institution_id,
        name=body.name,
        password=made.password,
    )


@router.get(ONE)
def show_colleague(page: ManagerPage, login_id: str) -> Response:
    """Show her roles, and what can be changed."""
    one = _find(page, login_id)
    return _one(page, one, page.form(roles=list(one.roles)))


@router.post(f"{ONE}/roles")
async def set_roles(
    page: ManagerPage, login_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Give her exactly these roles; she logs in anew."""
    one = await run_in_threadpool(_find, page, login_id)
    try:
        await change_roles(
            login_id, form.read(RolesRequest, roles=form.texts("roles")), page.actor, bank
        )
    except Refusal as refusal:
        refused = page.refused(form, refusal, "roles")
        return await run_in_threadpool(_one, page, one, refused, 422)
    return page.go(f"/desk/staff/{login_id}", "staff-changed")


@router.post(f"{ONE}/new-phone")
async def forget_phone(
    page: ManagerPage, login_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Forget her phone; she sets up another when she logs in next."""
    one = await run_in_threadpool(_find, page, login_id)
    command = ChangeStaffLogin(
        login_id=login_id,
        forgets_second_factor=True,
        by=page.actor.institution,
        by_login=page.actor.id,
    )
    try:
        await asyncio.wrap_future(bank.writer.submit(command))
    except Refusal as refusal:
        refused = page.refused(form, refusal, "roles")
        return await run_in_threadpool(_one, page, one, refused, 422)
    return page.go(f"/desk/staff/{login_id}", "phone-forgotten")


@router.post(f"{ONE}/end")
async def disable(
    page: ManagerPage, login_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Let her log in no more; what she did keeps her name."""
    one = await run_in_threadpool(_find, page, login_id)
    try:
        await disable_staff(login_id, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "roles")
        return await run_in_threadpool(_one, page, one, refused, 422)
    return page.go(f"/desk/staff/{login_id}", "staff-changed")


def _find(page: Page, login_id: str) -> StaffView:
    """Give a member of staff of one's subtree; raises `Refusal("not-found")`."""
    for one in list_staff(page.actor, page.bank).staff:
        if one.id == login_id:
            return one
    raise Refusal("not-found")


def _list(page: Page, institution_id: str, form: Form, status: int = 200) -> Response:
    if not is_covered(page, institution_id):
        raise Refusal("not-found")
    staff = list_staff(page.actor, page.bank).staff
    names = institution_names(page.bank, {institution_id})
    return page.show(
        "staff/colleagues.html",
        status=status,
        form=form,
        institution_id=institution_id,
        name=names[institution_id],
        staff=[one for one in staff if one.institution == institution_id],
        roles=ROLES,
    )


def _one(page: Page, one: StaffView, form: Form, status: int = 200) -> Response:
    with page.bank.readers.reading() as connection:
        factor = find_second_factors(connection, [one.id]).get(one.id)
    return page.show(
        "staff/colleague.html",
        status=status,
        one=one,
        form=form,
        roles=ROLES,
        names=institution_names(page.bank, {one.institution}),
        has_phone=factor is not None and factor.is_confirmed,
        is_me=one.id == page.actor.id,
    )
