"""The page that reads a code by the camera. What it reads is posted like a typed code."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Public
from api.web.content_policy import allow
from api.web.page import CurrentPage

router = APIRouter(include_in_schema=False, dependencies=[Public])


@router.get("/verify/scan")
def scan(page: CurrentPage) -> Response:
    """Show the camera's picture; the reader of codes is WebAssembly, which only this page runs."""
    return allow(page.show("employer/scan.html"), "script-src", "'wasm-unsafe-eval'")
