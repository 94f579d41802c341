"""Answer a form with another page, as if its sender had asked for that with what she typed."""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Message

PROGRAMS = ("/api/", "/vc/", "/ledger/", "/status", "/.well-known/", "/static/")
"""What people do not look at."""
TYPED = "typed"
"""The state of a request that says what its forms are filled with."""
_ABOUT_BODY = (b"content-", b"transfer-encoding")


def is_looked_at(request: Request, address: str) -> bool:
    """Say whether there is a page at an address."""
    path = unquote(urlsplit(address).path)
    if path.startswith(PROGRAMS):
        return False
    asked = {"type": "http", "method": "GET", "path": path, "headers": []}
    return any(one.matches(asked)[0] is Match.FULL for one in request.app.router.routes)


async def look_again(
    request: Request,
    address: str,
    cookies: Mapping[str, str],
    typed: Mapping[str, Sequence[str]],
) -> Response:
    """Give the page at an address as a browser with these cookies gets it, its forms filled."""
    asked = urlsplit(address)
    kept = [one for one in request.scope["headers"] if not one[0].startswith(_ABOUT_BODY)]
    presented = "; ".join(f"{name}={text}" for name, text in cookies.items())
    scope = {
        **request.scope,
        "method": "GET",
        "path": unquote(asked.path),
        "raw_path": asked.path.encode(),
        "query_string": asked.query.encode(),
        "headers": [
            *(one for one in kept if one[0] != b"cookie"),
            (b"cookie", presented.encode("latin-1", "ignore")),
        ],
        "state": {**request.scope["state"], TYPED: typed},
    }
    answer = Response()
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status_code, answer.raw_headers = message["status"], list(message["headers"])
        else:
            parts.append(message.get("body", b""))

    await request.app.router(scope, receive, send)
    answer.body = b"".join(parts)
    return answer
