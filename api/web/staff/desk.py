"""The desk of staff: what waits for them, and a link to each thing that their roles let them do."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Public
from api.v1.institution_changes import read_institution
from api.web.page import CurrentPage
from api.web.staff.waiting import heaps, in_order
from creditbank.errors import Refusal
from creditbank.institutions.history import InstitutionKind

# Public for the table of doors: any role will do, and who has none is led to log in.
router = APIRouter(include_in_schema=False, dependencies=[Public])

FIRST_SHOWN = 12


@router.get("/desk")
def show_desk(page: CurrentPage) -> Response:
    """Show where staff begin; raises `Refusal("forbidden")` for a learner."""
    if page.actor.account_id is not None:
        raise Refusal("forbidden")
    waiting = heaps(page)
    items = in_order(waiting)
    first = items[:FIRST_SHOWN]
    institution = read_institution(page.actor.institution, page.bank)
    return page.show(
        "staff/desk.html",
        suspension=institution.suspension,
        is_employer=institution.kind == InstitutionKind.EMPLOYER,
        heaps=waiting,
        first=first,
        left=len(items) - len(first),
    )
