"""What was fetched, kept for a few minutes: a class of badges asks its issuer once."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

SECONDS_KEPT = 300.0
ANSWERS_MAX = 64
"""Of 256 KiB at most each: 16 MiB in all."""


class Kept:
    """The newest answers by address; in this process alone, and safe between threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take a clock in seconds that never goes back."""
        self._clock = clock
        self._lock = Lock()
        self._answers: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def get(self, url: str) -> bytes | None:
        """Give an answer that is young enough."""
        with self._lock:
            until, body = self._answers.get(url, (0.0, b""))
            return body if self._clock() < until else None

    def keep(self, url: str, body: bytes) -> None:
        """Keep an answer; the oldest makes room for it."""
        with self._lock:
            self._answers.pop(url, None)
            self._answers[url] = (self._clock() + SECONDS_KEPT, body)
            while len(self._answers) > ANSWERS_MAX:
                self._answers.popitem(last=False)
