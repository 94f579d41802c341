"""A real server that is slow, large or sly costs the bank seconds and kilobytes, and no more."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from creditbank.network.fetch import Unreachable
from creditbank.network.https import AT_ONCE_MAX, SECONDS_MAX, HttpsFetcher
from tests.fixtures.tls import TlsServer, answer

URL = "https://issuer.example/.well-known/did.json"
SLACK = 1.0
"""Seconds that a busy machine may take longer."""


@pytest.fixture(scope="module")
def tls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificate of the server lies."""
    return tmp_path_factory.mktemp("tls")


@pytest.fixture
def server(tls_folder: Path) -> Iterator[TlsServer]:
    """A server on this machine whose certificate is of issuer.example."""
    with TlsServer("issuer.example", tls_folder) as served:
        yield served


@pytest.fixture
def fetch(server: TlsServer) -> HttpsFetcher:
    """What asks that server, for the one address is allowed here."""
    return HttpsFetcher(
        look_up=this_machine,
        is_allowed=is_this_machine,
        trusted=server.client_context,
        port=server.port,
    )


def this_machine(_: str) -> list[str]:
    """Look any name up."""
    return ["127.0.0.1"]


def is_this_machine(address: str) -> bool:
    """Allow what is otherwise never asked."""
    return address == "127.0.0.1"


def seconds_until_refused(ask: Callable[[], bytes]) -> float:
    """Say how long it took to be told that nothing was reached."""
    began = time.monotonic()
    with pytest.raises(Unreachable):
        ask()
    return time.monotonic() - began


def test_what_a_host_answers_is_fetched_once_for_five_minutes(
    server: TlsServer, fetch: HttpsFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the name of the host, by no proxy, and asking for JSON."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    server.say(answer(b'{"id": 1}'))
    assert [fetch(URL), fetch(URL)] == [b'{"id": 1}'] * 2
    (asked,) = server.asked
    assert asked.startswith(b"GET /.well-known/did.json HTTP/1.1\r\nHost: issuer.example\r\n")
    assert server.names == ["issuer.example"]


def test_a_redirect_leads_nowhere(server: TlsServer, fetch: HttpsFetcher) -> None:
    """Neither inside nor to another address of the same host."""
    for place in ("http://169.254.169.254/", f"{URL}?again", "https://127.0.0.1/"):
        server.say(answer(b"{}", status="302 Found", Location=place))
        assert seconds_until_refused(lambda: fetch(URL)) < SECONDS_MAX
    assert len(server.asked) == 3


def test_a_body_without_end_is_cut_off(server: TlsServer, fetch: HttpsFetcher) -> None:
    """However fast it comes; the host is left after the bytes that an answer may have."""
    server.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", repeat=b" " * 65_536)
    assert seconds_until_refused(lambda: fetch(URL)) < SECONDS_MAX
    assert server.sent < 8_000_000


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"]
)
def test_a_slow_body_or_head_is_left_after_three_seconds_in_all(
    server: TlsServer, fetch: HttpsFetcher, head: bytes
) -> None:
    """A byte now and then does not begin the time anew."""
    server.say(head, repeat=b" ", pause=0.2)
    took = seconds_until_refused(lambda: fetch(URL))
    assert SECONDS_MAX - SLACK < took < SECONDS_MAX + SLACK


def test_a_host_that_never_ends_its_handshake_is_left_too(
    server: TlsServer, fetch: HttpsFetcher
) -> None:
    """Before anything is said."""
    server.is_mute = True
    assert seconds_until_refused(lambda: fetch(URL)) < SECONDS_MAX + SLACK


def test_a_name_that_is_looked_up_for_ever_is_left_too() -> None:
    """The thread that waits for it is one of a few."""
    ended = threading.Event()

    def wait(_: str) -> list[str]:
        ended.wait(SECONDS_MAX * 3)
        return ["93.184.216.34"]

    fetch = HttpsFetcher(look_up=wait)
    assert seconds_until_refused(lambda: fetch(URL)) < SECONDS_MAX + SLACK
    ended.set()


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["::1"],
        ["169.254.169.254"],
        ["93.184.216.34", "127.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        [],
    ],
)
def test_a_name_that_leads_inside_is_not_asked(server: TlsServer, addresses: list[str]) -> None:
    """Every address of a name counts, not only the first."""
    fetch = HttpsFetcher(
        look_up=lambda _: addresses, trusted=server.client_context, port=server.port
    )
    server.say(answer(b"{}"))
    seconds_until_refused(lambda: fetch(URL))
    assert (server.asked, server.names) == ([], [])


def test_a_name_is_looked_up_once_so_that_a_second_answer_changes_nothing(
    server: TlsServer,
) -> None:
    """What was checked is what is connected to."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    fetch = HttpsFetcher(
        look_up=lambda _: answers.pop(0),
        is_allowed=is_this_machine,
        trusted=server.client_context,
        port=server.port,
    )
    server.say(answer(b"{}"))
    assert fetch(URL) == b"{}"
    assert answers == [["10.0.0.1"]]


def test_a_certificate_of_another_name_or_of_nobody_is_refused(
    server: TlsServer, fetch: HttpsFetcher
) -> None:
    """The name in the address is the one that must be proved."""
    server.say(answer(b"{}"))
    seconds_until_refused(lambda: fetch("https://other.example/did.json"))
    doubtful = HttpsFetcher(
        look_up=this_machine,
        is_allowed=is_this_machine,
        trusted=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        port=server.port,
    )
    seconds_until_refused(lambda: doubtful(URL))
    assert server.asked == []


def test_only_a_few_are_asked_at_once(server: TlsServer, fetch: HttpsFetcher) -> None:
    """Who comes on top is told so at once, and the places are free again afterwards."""
    server.is_mute = True
    with ThreadPoolExecutor(AT_ONCE_MAX) as crowd:
        waiting = [crowd.submit(fetch, f"{URL}?{number}") for number in range(AT_ONCE_MAX)]
        server.wait_for(AT_ONCE_MAX)
        assert seconds_until_refused(lambda: fetch(URL)) < SLACK
        assert all(isinstance(one.exception(), Unreachable) for one in waiting)
    server.is_mute = False
    server.say(answer(b"{}"))
    assert fetch(URL) == b"{}"
