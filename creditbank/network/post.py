"""Post JSON over HTTPS to a host outside; what it answers is a status and nothing else."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from creditbank.network.fetch import Unreachable
from creditbank.network.line import Bounds, Line, Way
from creditbank.network.targets import Target, read_target

Post: TypeAlias = Callable[[str, Mapping[str, str], bytes], int]
"""Posts a body to an address, gives the status of its answer; raises `Unreachable` for none."""

SECONDS_MAX = 10.0
"""From the look-up of the name to the head of the answer; its body is not waited for."""
HEAD_BYTES_MAX = 1 << 14

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: [^\r\n]*)?\r?\n")
_INTERIM = 200
"""Below this a status says that the answer is still to come (RFC 9110, section 15.2)."""
_HEAD = re.compile(rb"\r?\n\r?\n")


def post_nothing(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post nothing at all: for a bank that asks nobody outside."""
    del headers, body
    raise Unreachable(f"{url} is not asked: this bank posts nothing")


class HttpsPoster:
    """Posts to addresses; a redirect is an answer like others and is not followed."""

    def __init__(self, way: Way = Way(), *, seconds: float = SECONDS_MAX) -> None:  # noqa: B008 - it is frozen
        """Take how names are looked up and which addresses are asked; tests have a server here."""
        bounds = Bounds(seconds=seconds, bytes_max=HEAD_BYTES_MAX, is_enough=_has_status)
        self._line = Line(way, bounds)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Give the status of the answer; raises `Unreachable` where there is none."""
        target = read_target(url)
        return read_status(self._line.ask(target, _request(target, headers, body)))


def read_status(data: bytes) -> int:
    """Give the final status of an answer of HTTP/1; raises `Unreachable` for anything else."""
    while (line := _STATUS_LINE.match(data)) is not None:
        status = int(line[1])
        if status >= _INTERIM:
            return status
        head = _HEAD.search(data, line.end() - 1)
        data = b"" if head is None else data[head.end() :]
    raise Unreachable("this is no answer of HTTP")


def _has_status(data: bytes) -> bool:
    try:
        read_status(data)
    except Unreachable:
        return False
    return True


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    stated = {
        "Host": target.host,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "creditbank",
        "Connection": "close",
        **headers,
    }
    fields = "".join(f"{name}: {value}\r\n" for name, value in stated.items())
    return f"POST {target.path} HTTP/1.1\r\n{fields}\r\n".encode("ascii") + body
