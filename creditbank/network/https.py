"""Fetch JSON over HTTPS from a host outside; no redirect is followed."""

import ssl
import time
from collections.abc import Callable, Sequence

from creditbank.network.answer import ANSWER_BYTES_MAX, read_answer
from creditbank.network.kept import Kept
from creditbank.network.line import AT_ONCE_MAX, Bounds, Line, Way, look_up
from creditbank.network.targets import HTTPS_PORT, Target, is_global, read_target

__all__ = ["AT_ONCE_MAX", "SECONDS_MAX", "HttpsFetcher"]

SECONDS_MAX = 3.0
"""From the look-up of the name to the last byte."""


class HttpsFetcher:
    """Fetches what an address answers, and keeps it for five minutes."""

    def __init__(
        self,
        *,
        look_up: Callable[[str], Sequence[str]] = look_up,
        is_allowed: Callable[[str], bool] = is_global,
        trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        port: int = HTTPS_PORT,
    ) -> None:
        """Take how names are looked up and which addresses are asked; tests have a server here."""
        way = Way(look_up=look_up, is_allowed=is_allowed, trusted=trusted, port=port)
        self._line = Line(way, Bounds(seconds=SECONDS_MAX, bytes_max=ANSWER_BYTES_MAX))
        self._kept = Kept(time.monotonic)

    def __call__(self, url: str) -> bytes:
        """Give the body of the answer; raises `Unreachable`."""
        target = read_target(url)
        known = self._kept.get(url)
        if known is not None:
            return known
        body = read_answer(self._line.ask(target, _request(target)))
        self._kept.keep(url, body)
        return body


def _request(target: Target) -> bytes:
    return (
        f"GET {target.path} HTTP/1.1\r\nHost: {target.host}\r\nAccept: application/json\r\n"
        "Accept-Encoding: identity\r\nUser-Agent: creditbank\r\nConnection: close\r\n\r\n"
    ).encode("ascii")
