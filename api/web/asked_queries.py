"""What a page is asked for passes here: without the characters that nobody types or sees."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from api.web.looked_again import PROGRAMS
from api.web.unseen import UNSEEN

_ENCODING: Final = "latin-1"
"""As Starlette reads a query; what is not ASCII stands in it as escapes."""


class AskedQueries:
    """ASGI middleware: what forms drop of what is typed, the query of a page's address loses too.

    Of pages alone: what a program asks for it wrote itself, character by character.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not scope["path"].startswith(PROGRAMS):
            scope = {**scope, "query_string": _seen(scope["query_string"])}
        await self._app(scope, receive, send)


def _seen(query: bytes) -> bytes:
    stated = parse_qsl(query.decode(_ENCODING), keep_blank_values=True)
    seen = [(name.translate(UNSEEN), value.translate(UNSEEN)) for name, value in stated]
    return query if seen == stated else urlencode(seen).encode()
