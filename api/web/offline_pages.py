"""The page that verifies without a server: static files, which any host can serve as well."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Public
from api.web.employer.installed import PAGE
from api.web.page import CurrentPage

router = APIRouter(include_in_schema=False, dependencies=[Public])


@router.get("/offline")
def offline_page(page: CurrentPage) -> Response:
    """Lead to the static page, and say to it in which language and with which letters."""
    letters = "large" if page.is_large else "normal"
    return page.go(f"{PAGE}?language={page.language}&letters={letters}")
