"""The desk of staff: where they begin, with a link to each thing that their roles let them do."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Public
from api.web.page import CurrentPage
from creditbank.errors import Refusal

# Public for the table of doors: any role will do, and who has none is led to log in.
router = APIRouter(include_in_schema=False, dependencies=[Public])


@router.get("/desk")
def show_desk(page: CurrentPage) -> Response:
    """Show where staff begin; raises `Refusal("forbidden")` for a learner."""
    if page.actor.account_id is not None:
        raise Refusal("forbidden")
    return page.show("staff/desk.html")
