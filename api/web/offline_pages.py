"""The page that verifies without a server: static files, which any host can serve as well."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from api.dependencies import Public

router = APIRouter(include_in_schema=False, dependencies=[Public])


@router.get("/offline")
def offline_page() -> RedirectResponse:
    """Lead to the static page."""
    return RedirectResponse("/static/offline/index.html")
