"""The cookies of the pages: the session, what somebody prefers, and keys of files and devices.

A file that was checked is readable with the key in its sender's cookie alone, for a day at most.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

LANGUAGE = "creditbank-language"
LETTERS = "creditbank-letters"
NOTICE = "creditbank-notice"
DEVICE = "creditbank-device"
"""Holds the key of a device of a venue's shift, which opens nothing but its check-ins."""
FILE_KEY = "creditbank-file"
"""How the cookie begins that holds the key of a checked file, named by the file's id."""
YEAR_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Cookies:
    """Sets cookies for an origin: on https for https alone, and the session bound to the host."""

    origin: str

    @property
    def is_https(self) -> bool:
        """Say whether the bank is reached by https."""
        return self.origin.startswith("https:")

    @property
    def session(self) -> str:
        """The session's cookie; no other host of the domain can set one with this prefix."""
        return "__Host-creditbank-session" if self.is_https else "creditbank-session"

    def session_of(self, request: Request) -> str | None:
        """Give the text of the session that a browser presents."""
        return request.cookies.get(self.session)

    def keep(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        """Set a cookie that no script reads and no other site's form sends."""
        response.set_cookie(
            name, value, max_age=seconds, path="/",
            secure=self.is_https, httponly=True, samesite="lax",
        )  # fmt: skip

    def drop(self, response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(name, path="/", secure=self.is_https, httponly=True, samesite="lax")
