"""Fetch JSON over HTTPS from a host outside, in bounded time and memory.

A name is looked up once and every address of it must be global; the connection is made to one of
these addresses, under the name (RFC 6066, section 3), so that a second answer of the name's server
changes nothing. No redirect is followed and no proxy asked.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswer
from functools import cached_property
from threading import BoundedSemaphore

from creditbank.network.answer import ANSWER_BYTES_MAX, read_answer
from creditbank.network.fetch import Unreachable
from creditbank.network.kept import Kept
from creditbank.network.targets import HTTPS_PORT, Target, is_global, read_target

SECONDS_MAX = 3.0
"""From the look-up of the name to the last byte."""
AT_ONCE_MAX = 8
"""How many are asked at the same time; who comes on top is told that nothing was reached."""
ADDRESSES_MAX = 4

_PART_BYTES = 1 << 14


def look_up(host: str) -> list[str]:
    """Give every address of a name; raises `OSError`."""
    found = socket.getaddrinfo(host, HTTPS_PORT, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


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
        self._look_up, self._is_allowed, self._port = look_up, is_allowed, port
        self._trusted = trusted
        self._slots = BoundedSemaphore(AT_ONCE_MAX)
        self._names = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="look-up")
        self._kept = Kept(time.monotonic)

    def __call__(self, url: str) -> bytes:
        """Give the body of the answer; raises `Unreachable`."""
        target = read_target(url)
        known = self._kept.get(url)
        if known is not None:
            return known
        if not self._slots.acquire(blocking=False):
            raise Unreachable("too many are asked already")
        try:
            body = self._fetch(target, time.monotonic() + SECONDS_MAX)
        except (OSError, ValueError) as error:
            raise Unreachable(f"{target.host} could not be asked: {error}") from error
        finally:
            self._slots.release()
        self._kept.keep(url, body)
        return body

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._trusted()

    def _fetch(self, target: Target, until: float) -> bytes:
        addresses = self._addresses(target.host, until)
        with _connected(addresses, self._port, until) as plain:
            plain.settimeout(_left(until))  # Of the whole handshake.
            with self._context.wrap_socket(plain, server_hostname=target.host) as secure:
                secure.settimeout(_left(until))
                secure.sendall(_request(target))
                return read_answer(_received(secure, until))

    def _addresses(self, host: str, until: float) -> Sequence[str]:
        """Look a name up, in a thread that nobody waits for when it takes too long."""
        try:
            found = self._names.submit(self._look_up, host).result(_left(until))
        except NoAnswer as error:
            raise Unreachable(f"{host} is not found in time") from error
        if not found or not all(map(self._is_allowed, found)):
            raise Unreachable(f"{host} is not a host outside")
        return found[:ADDRESSES_MAX]


def _connected(addresses: Sequence[str], port: int, until: float) -> socket.socket:
    """Connect to the first address that answers."""
    for address in addresses:
        try:
            return socket.create_connection((address, port), _left(until))
        except OSError:
            continue
    raise Unreachable("no address answers")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Unreachable("it took too long")
    return left


def _request(target: Target) -> bytes:
    return (
        f"GET {target.path} HTTP/1.1\r\nHost: {target.host}\r\nAccept: application/json\r\n"
        "Accept-Encoding: identity\r\nUser-Agent: creditbank\r\nConnection: close\r\n\r\n"
    ).encode("ascii")


def _received(secure: ssl.SSLSocket, until: float) -> bytes:
    """Read until the other end closes; each read has only the time that is left for all."""
    data = bytearray()
    while len(data) <= ANSWER_BYTES_MAX:
        secure.settimeout(_left(until))
        part = secure.recv(_PART_BYTES)
        if not part:
            return bytes(data)
        data += part
    raise Unreachable("the answer is too large")
