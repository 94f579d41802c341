"""Read a whole HTTP/1.1 answer (RFC 9112) that lies in memory: only 200 with JSON is one."""

import re
import socket
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from typing import cast

from creditbank.network.fetch import Unreachable

BODY_BYTES_MAX = 1 << 18
ANSWER_BYTES_MAX = BODY_BYTES_MAX + (1 << 14)
"""With the fields before the body."""

_JSON = re.compile(r"application/(?:json|vc|did|[\w.-]+\+json)")
_OK = 200


class _Received:
    """What was received, as the reader of answers takes it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> BytesIO:
        """Give the bytes as a file."""
        del mode
        return BytesIO(self._data)


def read_answer(data: bytes) -> bytes:
    """Give the body of an answer; raises `Unreachable` for a redirect and all that is no JSON."""
    try:
        with HTTPResponse(cast("socket.socket", _Received(data)), method="GET") as answer:
            answer.begin()
            _require_json(answer)
            body = answer.read()
    except (HTTPException, ValueError) as error:
        raise Unreachable("this is no answer of HTTP") from error
    if len(body) > BODY_BYTES_MAX:
        raise Unreachable("the answer is too large")
    return body


def _require_json(answer: HTTPResponse) -> None:
    if answer.status != _OK:
        raise Unreachable(f"it answers with {answer.status}")
    if answer.getheader("Content-Encoding", "identity") != "identity":
        raise Unreachable("its answer is packed")
    media_type = answer.getheader("Content-Type", "").partition(";")[0].strip().lower()
    if not _JSON.fullmatch(media_type):
        raise Unreachable("its answer is no JSON")
