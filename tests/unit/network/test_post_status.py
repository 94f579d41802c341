"""Of an answer to what was posted only its final status counts; all else is no answer."""

import pytest

from creditbank.network.fetch import Unreachable
from creditbank.network.post import post_nothing, read_status


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", 200),
        (b"HTTP/1.0 500 Oops\r\nX: y", 500),
        (b"HTTP/1.1 204 \r\n", 204),
        (b"HTTP/1.1 410\r\n", 410),
        (b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n", 302),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n\r\n", 201),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 202 Accepted\r\n", 202),
    ],
)
def test_the_final_status_is_read(data: bytes, status: int) -> None:
    """Whatever follows it, and whatever came before."""
    assert read_status(data) == status


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK",
        b"HTTP/2 200 OK\r\n",
        b"HTTP/1.1 099 Low\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"<html>200 OK</html>\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nnoise\r\n",
    ],
)
def test_what_is_no_answer_is_none(data: bytes) -> None:
    """Nor is half a line, or one that says that the answer is still to come."""
    with pytest.raises(Unreachable):
        read_status(data)


def test_a_bank_that_posts_nothing_says_so() -> None:
    """As its operator wants it."""
    with pytest.raises(Unreachable):
        post_nothing("https://sis.example/", {}, b"{}")
