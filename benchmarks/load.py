"""Load on one route from a process of its own: reads a job as JSON on stdin, prints the answers.

Each client keeps one connection and sends the next request when the last one is answered. In the
body `@n` is the number of the request, `@m` that number modulo `modulus`. Without a body it asks.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from statistics import quantiles
from typing import Any

import uvloop

_PERCENTILES = 100


class Client:
    """One client and what it saw."""

    def __init__(self, job: dict[str, Any], numbers: Iterator[int]) -> None:
        self._job = job
        self._numbers = numbers
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def run(self, deadline: float) -> None:
        """Send requests one after the other until the deadline."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._job["port"])
        while time.perf_counter() < deadline:
            request = self._request(next(self._numbers))
            start = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_content_length(head))
            self.seconds.append(time.perf_counter() - start)
            self.statuses[int(head[9:12])] += 1
        writer.close()

    def _request(self, number: int) -> bytes:
        job = self._job
        text: str = (
            job["body"].replace("@n", str(number)).replace("@m", str(number % job["modulus"]))
        )
        body = text.encode()
        method = "POST" if body else "GET"
        head = (
            f"{method} {job['path']} HTTP/1.1\r\nHost: 127.0.0.1\r\n{job['headers']}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    message = "an answer without a length"
    raise ValueError(message)


async def load(job: dict[str, Any]) -> dict[str, Any]:
    """Run all clients; gives rate (requests/s), p50 and p99 (ms), and the answers by status."""
    numbers = count(job["first"])
    clients = [Client(job, numbers) for _ in range(job["clients"])]
    start = time.perf_counter()
    await asyncio.gather(*(client.run(start + job["seconds"]) for client in clients))
    taken = time.perf_counter() - start
    seconds = [one for client in clients for one in client.seconds]
    statuses = sum((client.statuses for client in clients), Counter[int]())
    cuts = quantiles(seconds, n=_PERCENTILES)
    return {
        "rate": len(seconds) / taken,
        "p50": cuts[49] * 1_000,
        "p99": cuts[98] * 1_000,
        "next": next(numbers),
        "statuses": statuses,
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(load(json.load(sys.stdin)))))
