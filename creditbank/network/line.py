"""One exchange over HTTPS with a host outside, in bounded time and memory.

A name is looked up once and every address of it must be global; the connection is made to one of
these addresses, under the name (RFC 6066, section 3), so that a second answer of the name's server
changes nothing. No proxy is asked.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswer
from dataclasses import dataclass, field
from functools import cached_property
from threading import BoundedSemaphore

from creditbank.network.fetch import Unreachable
from creditbank.network.targets import HTTPS_PORT, Target, is_global

AT_ONCE_MAX = 8
"""How many are asked at the same time; who comes on top is told that nothing was reached."""
ADDRESSES_MAX = 4

_PART_BYTES = 1 << 14


def look_up(host: str) -> list[str]:
    """Give every address of a name; raises `OSError`."""
    found = socket.getaddrinfo(host, HTTPS_PORT, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, kw_only=True)
class Way:
    """How names are looked up and which addresses are asked; tests have a server here."""

    look_up: Callable[[str], Sequence[str]] = look_up
    is_allowed: Callable[[str], bool] = is_global
    trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context
    port: int = HTTPS_PORT


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What one exchange may cost: seconds from the look-up to the last byte, and bytes read.

    `is_enough` says of what was read whether the rest matters to nobody.
    """

    seconds: float
    bytes_max: int
    is_enough: Callable[[bytes], bool] = field(default=lambda _: False)


class Line:
    """Asks hosts outside, a few at the same time."""

    def __init__(self, way: Way, bounds: Bounds) -> None:
        self._way, self._bounds = way, bounds
        self._slots = BoundedSemaphore(AT_ONCE_MAX)
        self._names = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="look-up")

    def ask(self, target: Target, request: bytes) -> bytes:
        """Give what a host answers to a request; raises `Unreachable`."""
        if not self._slots.acquire(blocking=False):
            raise Unreachable("too many are asked already")
        try:
            return self._exchange(target, request, time.monotonic() + self._bounds.seconds)
        except (OSError, ValueError) as error:
            raise Unreachable(f"{target.host} could not be asked: {error}") from error
        finally:
            self._slots.release()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._way.trusted()

    def _exchange(self, target: Target, request: bytes, until: float) -> bytes:
        addresses = self._addresses(target.host, until)
        with _connected(addresses, self._way.port, until) as plain:
            plain.settimeout(_left(until))  # Of the whole handshake.
            with self._context.wrap_socket(plain, server_hostname=target.host) as secure:
                secure.settimeout(_left(until))
                secure.sendall(request)
                return self._received(secure, until)

    def _addresses(self, host: str, until: float) -> Sequence[str]:
        """Look a name up, in a thread that nobody waits for when it takes too long."""
        try:
            found = self._names.submit(self._way.look_up, host).result(_left(until))
        except NoAnswer as error:
            raise Unreachable(f"{host} is not found in time") from error
        if not found or not all(map(self._way.is_allowed, found)):
            raise Unreachable(f"{host} is not a host outside")
        return found[:ADDRESSES_MAX]

    def _received(self, secure: ssl.SSLSocket, until: float) -> bytes:
        """Read until the other end closes; each read has only the time that is left for all."""
        data = bytearray()
        while len(data) <= self._bounds.bytes_max:
            secure.settimeout(_left(until))
            part = secure.recv(_PART_BYTES)
            data += part
            if not part or self._bounds.is_enough(bytes(data)):
                return bytes(data)
        raise Unreachable("the answer is too large")


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
