"""Where everybody begins, and how what is shown is verified."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Public
from api.web.page import CurrentPage

router = APIRouter(include_in_schema=False, dependencies=[Public])


@router.get("/")
def welcome(page: CurrentPage) -> Response:
    """Say what this is, and lead on."""
    return page.show("entry/welcome.html")


@router.get("/how-to-verify")
def how_to_verify(page: CurrentPage) -> Response:
    """Explain how a record is checked, with and without a network."""
    return page.show("entry/how_to_verify.html")
