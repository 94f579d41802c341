"""Only a plain 200 with JSON is an answer; whatever else a host sends is refused, not followed."""

import pytest

from creditbank.network.answer import BODY_BYTES_MAX, read_answer
from creditbank.network.fetch import Unreachable


def answer(body: bytes = b"{}", *, status: str = "200 OK", **fields: str) -> bytes:
    """Write an answer."""
    stated = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    stated |= {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in stated.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


@pytest.mark.parametrize(
    "kind",
    [
        "application/json; charset=utf-8",
        "application/did+json",
        "application/did",
        "application/vc",
        "Application/LD+JSON",
    ],
)
def test_json_is_read(kind: str) -> None:
    """Under each of its names."""
    assert read_answer(answer(Content_Type=kind)) == b"{}"


def test_a_body_in_chunks_is_read() -> None:
    """As RFC 9112, section 7.1 has it."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    assert read_answer(head + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n") == b"{}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1_000,
        b"HTTP/1.1 200 OK",
        b"HTTP/9 nonsense\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1_000 + b"\r\n{}",
        b"HTTP/1.1 200 OK\r\na: " + b"b" * 100_000 + b"\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000,
        answer(status="301 Moved", Location="http://10.0.0.1/"),
        answer(status="302 Found", Location="https://issuer.example/other"),
        answer(status="404 Not Found"),
        answer(status="206 Partial Content"),
        answer(Content_Type="text/html"),
        answer(Content_Type=""),
        answer(Content_Encoding="gzip"),
        answer(Content_Length="3"),
        answer(b"1" * (BODY_BYTES_MAX + 1)),
        answer(b"z\r\n", Transfer_Encoding="chunked"),
    ],
)
def test_nothing_else_is(data: bytes) -> None:
    """Neither a redirect, nor a part, nor what is packed, nor nonsense."""
    with pytest.raises(Unreachable):
        read_answer(data)
