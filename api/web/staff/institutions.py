"""Institutions of one's subtree: the tree, one as of a day, a new one, its key shown once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.institution_changes import InstitutionView, read_institution
from api.v1.institution_list import ListedInstitution, listed
from api.v1.institutions import InstitutionRequest, issue_api_key, register_institution
from api.web.citizen.names import institution_names
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.named import PageNumber, part
from api.web.staff.pages import RegistrarPage
from creditbank.conversion.days import civil_day
from creditbank.errors import InvalidInput, Refusal
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on

router = APIRouter(include_in_schema=False)

FIELDS = ("kind", "name", "name_en", "uscc", "parent", "region", "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """An institution in the tree; `depth` counts from 0 at the top of what is shown."""

    institution: ListedInstitution
    depth: int


@router.get("/desk/institutions")
def show_tree(page: RegistrarPage, at: PageNumber = "1") -> Response:
    """Show the tree from one's own institution down, as of today."""
    shown = part(list(branches(page)), at)
    return page.show("staff/institutions.html", part=shown)


@router.get("/desk/institutions/new")
def ask_institution(page: RegistrarPage) -> Response:
    """Ask for what is registered."""
    return _new(page, page.form(kind="provider", parent=page.actor.institution))


@router.post("/desk/institutions/new")
async def register(page: RegistrarPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Register it, and show its first key once."""
    try:
        body = form.read(InstitutionRequest, **{name: form.text(name) for name in FIELDS})
        made = await register_institution(body, page.actor, bank)
    except Refusal as refusal:
        return await run_in_threadpool(_new, page, page.refused(form, refusal, "parent"), 422)
    return page.show(
        "staff/key.html",
        institution_id=made.institution,
        key=made.api_key,
        warnings=made.warnings,
        is_new=True,
    )


@router.get("/desk/institutions/{institution_id}")
def show_institution(
    page: RegistrarPage, institution_id: str, bank: CurrentBank, on: str | None = None
) -> Response:
    """Show what it was on a day, and everything that was registered of it."""
    form, wrong = page.form(on=on or civil_day(bank.clock()).isoformat()), 200
    try:
        institution = read_institution(institution_id, bank, on)
    except InvalidInput as refusal:
        form, wrong = page.refused(form, refusal), 422
        institution = read_institution(institution_id, bank)
    return page.show(
        "staff/institution.html",
        status=wrong,
        one=institution,
        form=form,
        above=institution_names(bank, _named(institution)),
        is_mine=_is_mine(page, institution_id),
    )


@router.post("/desk/institutions/{institution_id}/keys")
async def issue_key(
    page: RegistrarPage, institution_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Issue one more key and show it once."""
    del form  # Asked for, so that no other site issues keys.
    made = await issue_api_key(institution_id, page.actor, bank)
    return page.show(
        "staff/key.html",
        institution_id=institution_id,
        key=made.api_key,
        warnings=[],
        is_new=False,
    )


def branches(page: Page) -> Iterator[Branch]:
    """Give the subtree of who looks, each institution before those under it."""
    today, own = civil_day(page.bank.clock()), page.actor.institution
    with page.bank.readers.reading() as connection:
        histories = all_institutions(connection)
    tree = tree_on(histories, today)
    below: dict[str | None, list[str]] = {}
    for one in sorted(tree.covered(own), key=lambda id_: histories[id_].on(today).name):
        if one != own:
            parent = tree.parents[one]
            below.setdefault(own if parent is None else parent, []).append(one)
    waiting = [(own, 0)]
    while waiting:
        one, depth = waiting.pop(0)
        yield Branch(institution=listed(histories[one], today), depth=depth)
        waiting[:0] = [(inner, depth + 1) for inner in below.get(one, ())]


def _named(institution: InstitutionView) -> set[str]:
    changed = {one.parent for one in institution.history if one.parent is not None}
    return changed | {institution.parent or ""} | set(institution.successors)


def _is_mine(page: Page, institution_id: str) -> bool:
    today: date = civil_day(page.bank.clock())
    with page.bank.readers.reading() as connection:
        tree = tree_on(all_institutions(connection), today)
    return tree.covers(page.actor.institution, institution_id)


def _new(page: Page, form: Form, status: int = 200) -> Response:
    return page.show(
        "staff/institution_new.html", status=status, form=form, branches=list(branches(page))
    )
