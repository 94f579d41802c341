"""The cache in process and in a real Redis server: the same tests for both."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from creditbank.cache.limits import Limit, RateLimits
from creditbank.cache.memory import ENTRIES_MAX, MemoryCache
from creditbank.cache.open import open_cache
from creditbank.cache.redis_server import RedisCache
from creditbank.cache.store import CODE_MS_MAX, NO_TALLY, Cache, CacheDown
from tests.fixtures.servers import RedisServer

MINUTE_MS = 60_000
LIMIT = Limit(name="trial", quota=2, window_seconds=60)


@pytest.fixture(params=["memory", "redis"])
def cache(request: pytest.FixtureRequest) -> Iterator[Cache]:
    """Each cache, empty."""
    url = None
    if request.param == "redis":
        server = request.getfixturevalue("redis_server")
        server.wipe()
        url = server.url
    opened = open_cache(url)
    yield opened
    opened.close()


@pytest.fixture
def redis_cache(redis_server: RedisServer) -> Iterator[RedisCache]:
    """A cache in the Redis server."""
    opened = RedisCache(redis_server.url, time.monotonic)
    yield opened
    opened.close()


def test_a_counter_counts_within_its_window_and_then_starts_anew(cache: Cache) -> None:
    """The window begins with the first request and is not drawn out by the others."""
    first = cache.count("one", 200)
    second = cache.count("one", 200)

    assert (first.count, second.count) == (1, 2)
    assert 0 <= second.left_ms <= first.left_ms <= 200
    time.sleep(0.25)
    assert cache.count("one", 200).count == 1


def test_looking_at_a_counter_does_not_count(cache: Cache) -> None:
    """One that nobody counts, or whose window is over, stands at nothing."""
    assert cache.look("one") == NO_TALLY
    cache.count("one", 100)
    assert cache.look("one").count == cache.look("one").count == 1
    time.sleep(0.15)
    assert cache.look("one") == NO_TALLY


def test_counters_do_not_mix(cache: Cache) -> None:
    """One client's requests are not another's."""
    cache.count("one", MINUTE_MS)

    assert cache.count("other", MINUTE_MS).count == 1


def test_threads_that_count_at_once_lose_none(cache: Cache) -> None:
    """A limit cannot be raced past."""
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: cache.count("raced", MINUTE_MS).count, range(200)))

    assert sorted(counts) == list(range(1, 201))


def test_a_code_is_taken_once(cache: Cache) -> None:
    """A code that was seen over somebody's shoulder is worth nothing once it was used."""
    assert cache.put("code", "pass 1", CODE_MS_MAX)

    assert cache.take("code") == "pass 1"
    assert cache.take("code") is None


def test_of_many_who_take_a_code_at_once_one_gets_it(cache: Cache) -> None:
    """Two scanners that read the same screen do not both succeed."""
    cache.put("code", "pass 1", CODE_MS_MAX)
    gate = threading.Barrier(8)

    def take(_: int) -> str | None:
        gate.wait()
        return cache.take("code")

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(8)))

    assert sorted(taken, key=str) == [None] * 7 + ["pass 1"]


def test_a_code_in_use_is_not_put_again(cache: Cache) -> None:
    """Nobody replaces what another's code stands for."""
    cache.put("code", "pass 1", CODE_MS_MAX)

    assert not cache.put("code", "pass 2", CODE_MS_MAX)
    assert cache.take("code") == "pass 1"


def test_a_code_is_over_after_its_life(cache: Cache) -> None:
    """A photograph of the screen is refused, and the code may then be used anew."""
    cache.put("code", "pass 1", 50)
    time.sleep(0.1)

    assert cache.take("code") is None
    assert cache.put("code", "pass 2", CODE_MS_MAX)


@pytest.mark.parametrize("lifetime_ms", [0, -1, CODE_MS_MAX + 1])
def test_a_code_lives_a_minute_at_most(cache: Cache, lifetime_ms: int) -> None:
    """A long-lived code would be a database row."""
    with pytest.raises(ValueError, match="ms"):
        cache.put("code", "pass 1", lifetime_ms)


def test_a_code_itself_is_not_stored(redis_cache: RedisCache, redis_server: RedisServer) -> None:
    """Whoever can list the server's keys cannot show a code."""
    redis_server.wipe()
    redis_cache.put("shown-on-screen", "pass 1", CODE_MS_MAX)

    keys = redis_server.keys()
    assert len(keys) == 1
    assert "shown-on-screen" not in keys[0]


def test_memory_is_bounded_and_codes_have_room_of_their_own() -> None:
    """A flood of addresses costs the oldest counter, and no code."""
    cache = MemoryCache(time.monotonic)
    cache.put("code", "pass 1", CODE_MS_MAX)
    for number in range(ENTRIES_MAX + 1):
        cache.count(f"client {number}", MINUTE_MS)

    assert cache.count("client 1", MINUTE_MS).count == 2
    assert cache.count("client 0", MINUTE_MS).count == 1
    assert cache.take("code") == "pass 1"


def test_a_limit_turns_away_the_request_that_is_one_too_many(cache: Cache) -> None:
    """The client hears how many are left and when to come again."""
    limits = RateLimits(cache, cache)
    standings = [limits.count(LIMIT, "client") for _ in range(3)]

    assert [standing.remaining for standing in standings] == [1, 0, 0]
    assert [standing.is_over for standing in standings] == [False, False, True]
    assert all(1 <= standing.reset_seconds <= 60 for standing in standings)


def test_a_wiped_redis_forgets_limits_and_refuses_codes(
    redis_cache: RedisCache, redis_server: RedisServer
) -> None:
    """What is lost is convenience, never safety."""
    redis_cache.count("client", MINUTE_MS)
    redis_cache.put("code", "pass 1", CODE_MS_MAX)
    redis_server.wipe()

    assert redis_cache.count("client", MINUTE_MS).count == 1
    assert redis_cache.take("code") is None


def test_while_redis_is_down_limits_hold_in_the_process_and_codes_are_refused(
    redis_cache: RedisCache, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is turned away for the outage, no code is believed, and the log says it once."""
    redis_cache.put("code", "pass 1", CODE_MS_MAX)
    limits = RateLimits(redis_cache, MemoryCache(time.monotonic))
    redis_server.kill()
    try:
        standings = [limits.count(LIMIT, "client") for _ in range(3)]
        with pytest.raises(CacheDown):
            redis_cache.take("code")
    finally:
        redis_server.restart()

    assert [standing.is_over for standing in standings] == [False, False, True]
    assert [record.message[:21] for record in caplog.records] == ["Redis does not answer"]
    _until_it_answers(redis_cache)
    assert caplog.records[-1].message == "Redis answers again"
    assert len(caplog.records) == 2


def test_a_slow_redis_costs_a_third_of_a_second_once(
    redis_cache: RedisCache, redis_server: RedisServer
) -> None:
    """Without its own retries off, the client would wait for seven seconds, every time."""
    limits = RateLimits(redis_cache, MemoryCache(time.monotonic))
    redis_server.pause()
    try:
        start = time.monotonic()
        for _ in range(20):
            limits.count(LIMIT, "client")
        took = time.monotonic() - start
    finally:
        redis_server.resume()

    assert 0.25 < took < 3
    _until_it_answers(redis_cache)


def _until_it_answers(cache: Cache) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            return cache.reach()
        except CacheDown:
            assert time.monotonic() < deadline
            time.sleep(0.05)
