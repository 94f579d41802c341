"""Live codes: thirty seconds, once, by either store, and not at all without it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from redis import Redis

from creditbank.bank import Bank, open_bank
from creditbank.cache.memory import MemoryCache
from creditbank.cache.store import Cache, CacheDown
from creditbank.settings import Settings
from tests.fixtures.clocks import Clock
from tests.fixtures.people import Citizen
from tests.fixtures.servers import RedisServer
from tests.fixtures.venues import Museum, code


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> str | None:
    """The URL of each store that codes may lie in; None is the memory of the process."""
    if request.param == "memory":
        return None
    server = request.getfixturevalue("redis_server")
    server.wipe()
    url: str = server.url
    return url


@pytest.fixture
def bank(settings: Settings, clock: Clock, store: str | None) -> Iterator[Bank]:
    """A bank whose codes lie in that store; in memory they age by the clock of the test."""

    def seconds() -> float:
        return clock().timestamp()

    opened = open_bank(settings.model_copy(update={"redis_url": store}), clock)
    if store is None:
        opened = replace(opened, cache=MemoryCache(seconds))
    yield opened
    opened.close()


def age(store: str | None, clock: Clock, milliseconds: int) -> None:
    """Let every code in the store become so much older; Redis measures time by itself."""
    clock.now += timedelta(milliseconds=milliseconds)
    if store is not None:
        client = Redis.from_url(store)
        for key in client.keys("creditbank:code:*"):
            left = client.pttl(key) - milliseconds
            client.pexpire(key, max(left, 0))
        client.close()


def test_a_live_code_checks_in_once(museum: Museum, citizen: Citizen) -> None:
    """A picture of her screen is worth nothing once she is in."""
    device = museum.device(museum.shift())
    shown = museum.live_code(citizen)

    first = museum.scan(device, shown.json()["text"])
    replayed = museum.scan(device, shown.json()["text"])

    assert shown.headers["Cache-Control"] == "no-store"
    assert (first.status_code, first.json()) == (201, {"name": "示＊＊＊", "state": "counted"})
    assert (replayed.status_code, code(replayed)) == (409, "live-code-refused")
    (check_in,) = museum.check_ins(citizen)
    assert (check_in["method"], check_in["assurance"]) == ("live_code", "attended")


@pytest.mark.parametrize(("older", "status"), [(29_000, 201), (30_001, 409)])
def test_a_live_code_holds_thirty_seconds(
    museum: Museum, citizen: Citizen, store: str | None, clock: Clock, older: int, status: int
) -> None:
    """It is on her phone now, or it is a picture."""
    device, text = museum.device(museum.shift()), museum.live_code(citizen).json()["text"]
    age(store, clock, older)

    answer = museum.scan(device, text)

    assert answer.status_code == status
    assert len(museum.outcomes(citizen)) == (1 if status == 201 else 0)


def test_a_scan_whose_answer_was_lost_is_answered_again(museum: Museum, citizen: Citizen) -> None:
    """The device sends the same scan once more, although its code is used up."""
    device, text = museum.device(museum.shift()), museum.live_code(citizen).json()["text"]

    first = museum.scan(device, text, name="one")
    again = museum.scan(device, text, name="one")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_devices_that_read_one_code_at_once_check_in_once(museum: Museum, citizen: Citizen) -> None:
    """Of eight scans one is taken."""
    device, text = museum.device(museum.shift()), museum.live_code(citizen).json()["text"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: museum.scan(device, text), range(8)))

    assert sorted(one.status_code for one in answers) == [201, *[409] * 7]
    assert len(museum.check_ins(citizen)) == 1


def test_a_learner_scans_the_screen_of_a_desk(
    museum: Museum, citizen: Citizen, make_citizen: Callable[[], Citizen], client: Any
) -> None:
    """Each code of the screen is one learner's; hers again is answered as before."""
    device = museum.device(museum.shift())
    shown = client.post("/api/v1/check-ins/screen-codes", headers=device).json()

    def scan(one: Citizen) -> Any:
        body = {"text": shown["text"]}
        return client.post("/api/v1/check-ins/screens", json=body, headers=one.headers)

    first, again, other = scan(citizen), scan(citizen), scan(make_citizen())

    assert shown["lifetime_seconds"] == 30
    assert (first.status_code, first.json()["state"]) == (201, "counted")
    assert (again.status_code, again.json()) == (200, first.json())
    assert (other.status_code, code(other)) == (409, "live-code-refused")
    assert [one["method"] for one in museum.check_ins(citizen)] == ["live_code"]


def test_the_screen_of_a_kiosk_is_a_kiosk(museum: Museum, citizen: Citizen, client: Any) -> None:
    """Nobody attends to it, so she declares that she came."""
    kiosk = museum.device(museum.shift(), "kiosk")
    shown = client.post("/api/v1/check-ins/screen-codes", headers=kiosk).json()
    answer = client.post(
        "/api/v1/check-ins/screens", json={"text": shown["text"]}, headers=citizen.headers
    )

    assert answer.json()["state"] == "waiting"
    (check_in,) = museum.check_ins(citizen)
    assert (check_in["method"], check_in["assurance"]) == ("kiosk", "declared")


def test_after_the_shift_no_code_is_used_up(
    museum: Museum, citizen: Citizen, clock: Clock, client: Any
) -> None:
    """The device is refused first; her code would still check her in elsewhere."""
    over = museum.device(museum.shift(hours=1))
    going = museum.device(museum.shift(hours=2))
    clock.now += timedelta(minutes=59, seconds=50)
    text = museum.live_code(citizen).json()["text"]
    clock.now += timedelta(seconds=11)

    refused = museum.scan(over, text)
    screen = client.post("/api/v1/check-ins/screen-codes", headers=over)

    assert (code(refused), code(screen)) == ("scan-outside-shift", "scan-outside-shift")
    assert museum.scan(going, text).status_code == 201


def test_live_codes_are_asked_for_within_bounds(museum: Museum, citizen: Citizen) -> None:
    """A phone that runs wild fills no store."""
    answers = [museum.live_code(citizen).status_code for _ in range(31)]

    assert answers == [*[201] * 30, 429]


class DownCache(MemoryCache):
    """A store that went away."""

    def put(self, code: str, value: str, lifetime_ms: int) -> bool:
        """Do not answer."""
        del code, value, lifetime_ms
        raise CacheDown

    def take(self, code: str) -> str | None:
        """Do not answer."""
        del code
        raise CacheDown


@pytest.fixture
def kill(
    bank: Bank, store: str | None, request: pytest.FixtureRequest
) -> Iterator[Callable[[], None]]:
    """Take the store away: the server is killed, or the memory does not answer."""
    server: RedisServer | None = None
    if store is not None:
        server = request.getfixturevalue("redis_server")

    def down() -> None:
        if server is not None:
            server.kill()
        else:
            gone: Cache = DownCache(lambda: 0.0)
            object.__setattr__(bank, "cache", gone)

    yield down
    if server is not None:
        server.restart()


def test_without_the_store_no_live_code_is_believed(
    museum: Museum, citizen: Citizen, kill: Callable[[], None], client: TestClient
) -> None:
    """It fails closed and says what to do instead; the printed card still checks in."""
    device, card = museum.device(museum.shift()), museum.card(citizen)["text"]
    text = museum.live_code(citizen).json()["text"]
    kill()

    scanned, shown = museum.scan(device, text), museum.live_code(citizen)
    screen = client.post("/api/v1/check-ins/screen-codes", headers=device)

    for answer in (scanned, shown, screen):
        assert (answer.status_code, code(answer)) == (503, "live-codes-down")
        assert answer.headers["Retry-After"] == "1"
    assert museum.outcomes(citizen) == []
    assert museum.scan(device, card).json()["state"] == "counted"
