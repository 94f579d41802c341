"""Several serving processes on PostgreSQL and Redis answer as one bank."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.fixtures.processes import Program, Server
from tests.fixtures.servers import PostgresServer, RedisServer
from tests.integration.test_batch_worker import HEADER
from tests.integration.test_post_outcome import RESULT

VERIFY = "/api/v1/verify"
PASS = {"document": "ABCD-EFGH"}


@contextmanager
def serving(program: Program, *options: str) -> Iterator[Server]:
    """Run a server and stop it as a supervisor would."""
    server = Server(program, *options)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def environment(
    postgres: PostgresServer, redis_server: RedisServer, tmp_path: Path
) -> dict[str, str]:
    """The environment of a bank on PostgreSQL and Redis."""
    redis_server.wipe()
    return {
        "CREDITBANK_DATA_DIR": str(tmp_path / "data"),
        "CREDITBANK_DATABASE_URL": postgres.create_database(),
        "CREDITBANK_KEYSTORE_URL": postgres.create_database(),
        "CREDITBANK_REDIS_URL": redis_server.url,
        "CREDITBANK_ORIGIN": "http://bank.test",
    }


@pytest.fixture
def shared(environment: dict[str, str], tmp_path: Path) -> Program:
    """The program over a bank on PostgreSQL and Redis."""
    founded = Program(environment, tmp_path)
    founded.answer("init")
    return founded


def without(environment: dict[str, str], tmp_path: Path, *names: str) -> Program:
    """Make the program over an environment that lacks some variables."""
    kept = {name: value for name, value in environment.items() if name not in names}
    return Program(kept, tmp_path)


def test_two_processes_that_get_the_same_results_record_each_once(shared: Program) -> None:
    """A provider that repeats a call through a load balancer gets the first entry again."""
    provider = shared.register_provider()
    learners = [f"learner {number}" for number in range(60)]
    with (
        serving(shared) as one,
        serving(shared) as two,
        one.client(provider) as first,
        two.client(provider) as second,
        ThreadPoolExecutor(8) as pool,
    ):

        def post(client: httpx2.Client, learner: str) -> httpx2.Response:
            return client.post("/api/v1/outcomes", json={**RESULT, "learner": learner})

        pairs = [
            (pool.submit(post, first, learner), pool.submit(post, second, learner))
            for learner in learners
        ]
        answers = [(a.result(), b.result()) for a, b in pairs]

    for a, b in answers:
        assert sorted([a.status_code, b.status_code]) == [200, 201]
        assert a.json()["entry"]["index"] == b.json()["entry"]["index"]
    indexes = {a.json()["entry"]["index"] for a, _ in answers}
    assert len(indexes) == len(learners)
    assert shared.answer("ledger", "audit")["differing"] == 0


def test_workers_of_one_server_share_the_limits_and_stop_together(shared: Program) -> None:
    """One address is one client, whichever process it meets; SIGTERM leaves no process behind."""
    provider = shared.register_provider()
    with serving(shared, "--workers", "2") as server:
        left = []
        for _ in range(20):
            with server.client() as client:  # A connection of its own, for either worker.
                told = client.post(VERIFY, json=PASS).headers["RateLimit"]
                left.append(int(told.split(";")[1].removeprefix("r=")))
        with server.client(provider) as client:
            posted = client.post("/api/v1/outcomes", json=RESULT)

    assert left == list(range(11_999, 11_979, -1))
    assert posted.status_code == 201
    assert shared.answer("ledger", "audit")["differing"] == 0
    assert _processes_of(shared) == []


def test_redis_that_dies_costs_no_request(shared: Program, redis_server: RedisServer) -> None:
    """Limits are counted by each process until it is back; only readiness tells."""
    provider = shared.register_provider()
    with serving(shared) as server, server.client(provider) as client:
        redis_server.kill()
        try:
            statuses = Counter(client.post(VERIFY, json=PASS).status_code for _ in range(20))
            posted = client.post("/api/v1/outcomes", json=RESULT).status_code
            readiness = client.get("/readyz").status_code
        finally:
            redis_server.restart()
        deadline = time.monotonic() + 30
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    assert statuses == {200: 20}
    assert (posted, readiness) == (201, 503)


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_several_workers_are_refused_on_sqlite(program: Program) -> None:
    """The reason and the remedy are said, and nothing starts."""
    done = program.run("serve", "--workers", "2")

    assert done.returncode == 2
    assert "needs PostgreSQL" in done.stderr
    assert "CREDITBANK_DATABASE_URL" in done.stderr


def test_several_workers_are_refused_without_redis(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Each process would have limits and live codes of its own."""
    done = without(environment, tmp_path, "CREDITBANK_REDIS_URL").run("serve", "--workers", "2")

    assert done.returncode == 2
    assert "CREDITBANK_REDIS_URL" in done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_bank_that_is_not_made_is_not_served(
    environment: dict[str, str], tmp_path: Path, workers: str
) -> None:
    """The remedy is said once, in words, and no process is left trying."""
    done = Program(environment, tmp_path).run("serve", "--workers", workers)

    assert done.returncode == 2
    assert "run migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_jobs_settle_what_servers_without_jobs_take_in(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """The heavy reading of files is kept away from the processes that answer."""
    apart = Program({**environment, "CREDITBANK_SERVE_JOBS": "false"}, tmp_path)
    apart.answer("init")
    provider = apart.register_provider()
    rows = [f"{number},BBB,2014B,Pass,30,2014-09-23" for number in range(3)]
    with serving(apart) as server, server.client(provider) as client:
        uploaded = client.post(
            "/api/v1/outcome-batches",
            content="\n".join([HEADER, *rows]),
            headers={"Content-Type": "text/csv"},
        ).json()
        assert uploaded["state"] == "recording"
        jobs = apart.start_logged("jobs")
        deadline = time.monotonic() + 60
        while (view := client.get(f"/api/v1/outcome-batches/{uploaded['id']}").json())[
            "state"
        ] == "recording":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        jobs.send_signal(signal.SIGTERM)

    assert view["counts"]["accepted"] == 3
    assert jobs.wait(30) == 0


@pytest.mark.parametrize(
    ("trusted", "left"), [(None, [11_999, 11_998]), ("127.0.0.1", [11_999, 11_999])]
)
def test_a_forwarded_address_is_believed_only_from_a_trusted_proxy(
    environment: dict[str, str], tmp_path: Path, trusted: str | None, left: list[int]
) -> None:
    """Otherwise whoever sends the header would be a new client with every request."""
    added = {} if trusted is None else {"CREDITBANK_TRUSTED_PROXIES": trusted}
    program = Program({**environment, **added}, tmp_path)
    program.answer("init")
    told = []
    with serving(program) as server, server.client() as client:
        for address in ("203.0.113.7", "198.51.100.9"):
            headers = {"X-Forwarded-For": address}
            answer = client.post(VERIFY, json=PASS, headers=headers)
            told.append(int(answer.headers["RateLimit"].split(";")[1].removeprefix("r=")))

    assert told == left


def _processes_of(program: Program) -> list[str]:
    """Name the processes that still run over a program's environment."""
    mark = f"CREDITBANK_DATA_DIR={program.logs / 'data'}".encode()
    alive = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            environment = file.read_bytes()
        except OSError:  # It ended meanwhile.
            continue
        if mark in environment.split(b"\0"):
            alive.append(file.parent.name)
    return alive
