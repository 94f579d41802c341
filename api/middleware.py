"""What every request passes: a request id, a bound on the body, and security headers."""

import re
from collections.abc import Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.throttling import limit_headers
from creditbank.evidence.sniff import FILE_BYTES_MAX

JSON_BODY_BYTES_MAX: Final = 1 << 20
VERIFY_BODY_BYTES_MAX: Final = 10 << 20
BATCH_BODY_BYTES_MAX: Final = 512 << 20
NOWHERE: Final = "/nowhere"

CONTENT_SECURITY_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
)
_BRINGS_A_PHOTO = re.compile(
    r"/me/matters/new/|/me/.+/(appeal|dispute|answer)$"
    r"|/desk/counter/accounts/[^/]+/(appeals|disputes|answers)/"
)
"""Forms of pages with a photo or scan beside what was typed."""


class BodyTooLarge(HTTPException):
    """A body is over its bound; an `HTTPException`, since form parsers pass no other through."""

    def __init__(self, bytes_max: int) -> None:
        super().__init__(413)
        self.bytes_max = bytes_max


def body_bytes_max(path: str) -> int:
    """Give the bound on a request's body by its path, in bytes."""
    if path.startswith(("/api/v1/outcome-batches", "/desk/batches/new")):
        return BATCH_BODY_BYTES_MAX
    if path.startswith(("/api/v1/verify", "/verify")):
        return VERIFY_BODY_BYTES_MAX
    if path.endswith("/evidence"):
        return FILE_BYTES_MAX
    if _BRINGS_A_PHOTO.match(path):
        return FILE_BYTES_MAX + JSON_BODY_BYTES_MAX  # A photo in a form, with what was typed.
    return JSON_BODY_BYTES_MAX


class Perimeter:
    """ASGI middleware: refuses a large body before reading on, adds headers to every answer."""

    def __init__(self, app: ASGIApp, *, request_id: Callable[[], str]) -> None:
        self._app = app
        self._request_id = request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "\0" in scope["path"]:
            # No id has it, and PostgreSQL could not even be asked.
            scope = {**scope, "path": NOWHERE, "raw_path": NOWHERE.encode()}
        bytes_max = body_bytes_max(scope["path"])
        request_id = self._request_id()
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = limit_headers(scope["state"])
                named = {name.lower() for name, _ in message["headers"]}
                secure = [one for one in SECURITY_HEADERS if one[0] not in named]
                extra = [*secure, (b"x-request-id", request_id.encode()), *told]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._app(scope, _bounded(receive, bytes_max, scope), send_with_headers)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _bounded(receive: Receive, bytes_max: int, scope: Scope) -> Receive:
    declared = _declared_length(scope)
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        if declared > bytes_max:
            raise BodyTooLarge(bytes_max)
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > bytes_max:
            raise BodyTooLarge(bytes_max)
        return message

    return receive_bounded
