"""What a person sees who is refused: a page, where a program gets a problem document."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.web.entry.login import ask_login_for
from api.web.kept_forms import keep_typed
from api.web.looked_again import PROGRAMS
from api.web.page import Page, page_of
from creditbank.errors import Refusal

SIGN_IN = "/login"
SECOND_FACTOR = "/login/code"


async def refusal_page(request: Request, refusal: Refusal) -> Response | None:
    """Give the page of a refusal, None for a program; who is not signed in is led to sign in.

    What she typed before her session ended goes with her.
    """
    is_person = "text/html" in request.headers.get("accept", "")
    if not is_person or request.url.path.startswith(PROGRAMS):
        return None
    page = page_of(request)
    if refusal.code == "unauthenticated":
        kept = await keep_typed(request, page)
        return page.go(_sign_in(page)) if kept is None else ask_login_for(page, kept)
    told = page.problems.told(refusal, page.language)
    return page.show("frame/refusal.html", status=told.status, told=told)


def _sign_in(page: Page) -> str:
    """Lead to what is missing, and from there back to a page that was only looked at."""
    step = SIGN_IN if page.session is None else SECOND_FACTOR
    return f"{step}?to={quote(page.address)}" if page.request.method == "GET" else step
