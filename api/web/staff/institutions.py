"""Institutions of one's subtree: the tree, one as of a day, a new one, its key shown once."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.institution_changes import InstitutionView, read_institution
from api.v1.institution_list import ListedInstitution, listed
from api.v1.institutions import InstitutionRequest, register_institution
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.page_numbers import PageNumber
from api.web.staff.named import part
from api.web.staff.pages import RegistrarPage
from creditbank.conversion.days import civil_day
from creditbank.errors import InvalidInput, Refusal
from creditbank.institutions.history import ENDS, PAUSES, Act, InstitutionKind
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import load_tree, tree_on

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
        attempt = form.attempt(page.request)
        made = await register_institution(body, page.actor, bank, attempt, Response())
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
        above=institution_names(bank, named_by(institution)),
        acts=acts_open(page, institution_id) if is_covered(page, institution_id) else None,
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


def named_by(institution: InstitutionView) -> set[str]:
    """Give the ids of all institutions that the history of one names."""
    named = {one for change in institution.history for one in change.successors}
    for change in institution.history:
        named |= {change.parent or "", change.ordered_by or ""}
    return named | {institution.parent or ""}


def is_covered(page: Page, institution_id: str) -> bool:
    """Say whether who looks may change an institution."""
    with page.bank.readers.reading() as connection:
        tree = load_tree(connection, civil_day(page.bank.clock()))
    return tree.covers(page.actor.institution, institution_id)


def acts_open(page: Page, institution_id: str) -> list[Act]:
    """Give what can become of an institution today; nothing of one that has ended."""
    one = read_institution(institution_id, page.bank)
    if one.ended is not None:
        return []
    if one.kind == InstitutionKind.BANK:
        return [Act.RENAMED, Act.RELOCATED, Act.CODED]
    open_to_all = [act for act in Act if act not in PAUSES | ENDS]
    if institution_id == page.actor.institution:
        return open_to_all  # Who stands above it ends and suspends it.
    return [*open_to_all, *(act for act in Act if act in ENDS), _pause(one)]


def _pause(institution: InstitutionView) -> Act:
    return Act.SUSPENDED if institution.suspension is None else Act.RESUMED


def _new(page: Page, form: Form, status: int = 200) -> Response:
    return page.show(
        "staff/institution_new.html", status=status, form=form, branches=list(branches(page))
    )
