"""Two serving processes, one store: a live code that both are shown checks in once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from creditbank.conversion.days import civil_day
from tests.fixtures.people import PASSWORD
from tests.fixtures.processes import Program, Server
from tests.fixtures.servers import PostgresServer, RedisServer
from tests.fixtures.venues import CATALOGUE


@pytest.fixture
def shared(postgres: PostgresServer, redis_server: RedisServer, tmp_path: Path) -> Program:
    """The program over a bank on PostgreSQL and Redis."""
    redis_server.wipe()
    environment = {
        "CREDITBANK_DATA_DIR": str(tmp_path / "data"),
        "CREDITBANK_DATABASE_URL": postgres.create_database(),
        "CREDITBANK_KEYSTORE_URL": postgres.create_database(),
        "CREDITBANK_REDIS_URL": redis_server.url,
        "CREDITBANK_ORIGIN": "http://bank.test",
    }
    founded = Program(environment, tmp_path)
    founded.answer("init")
    return founded


@pytest.fixture
def museum(shared: Program, tmp_path: Path) -> dict[str, str]:
    """A museum with a shift, set up at the command line as its operator does."""
    registered = shared.answer(
        "institutions", "register", "--name", "市博物馆", "--kind", "provider"
    )
    here = ("--institution", registered["institution"])
    (tmp_path / "courses.yaml").write_text(CATALOGUE, "utf-8")
    shared.answer("courses", "import", str(tmp_path / "courses.yaml"), *here)
    now = datetime.now(UTC)
    declared = shared.answer(
        "venues", "declare", *here, "--course", "MUSEUM", "--name", "市博物馆",
        "--from-day", civil_day(now).isoformat(), "--minutes", "90", "--minutes-between", "60",
        "--method", "live_code",
    )  # fmt: skip
    ends_at = (now + timedelta(hours=2)).isoformat()
    shift = shared.answer("venues", "open-shift", declared["venue"], *here, "--ends-at", ends_at)
    return {"institution": registered["institution"], "shift": shift["shift"]}


@pytest.fixture
def servers(shared: Program) -> Iterator[list[Server]]:
    """Two servers of the one bank."""
    started = [Server(shared), Server(shared)]
    yield started
    for one in started:
        one.stop()


def sign_up(client: httpx2.Client) -> dict[str, str]:
    """Open an account and sign in to it; gives what authenticates her."""
    stated = {"name": "示例学习者", "birth_year": 1958, "password": PASSWORD}
    number = client.post("/api/v1/accounts", json=stated).json()["account_number"]
    form = {"grant_type": "password", "username": number, "password": PASSWORD}
    token = client.post("/api/v1/token", data=form).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def pair(client: httpx2.Client, program: Program, museum: dict[str, str]) -> dict[str, str]:
    """Pair a desk by a code of the command line; gives what authenticates it."""
    offer = program.answer(
        "venues", "offer-device", museum["shift"], "--institution", museum["institution"],
        "--kind", "desk", "--label", "一号",
    )  # fmt: skip
    paired = client.post("/api/v1/check-ins/devices", json={"code": offer["code"]}).json()
    return {"Authorization": f"Bearer {paired['key']}"}


def test_two_processes_that_get_one_live_code_check_in_once(
    shared: Program, museum: dict[str, str], servers: list[Server]
) -> None:
    """Two volunteers scan the same phone at once, each through another process; ten times."""
    one, two = servers
    with one.client() as first, two.client() as second, ThreadPoolExecutor(2) as pool:
        citizen = sign_up(first)
        desks = [(client, pair(client, shared, museum)) for client in (first, second)]

        def scan(desk: tuple[httpx2.Client, dict[str, str]], body: dict[str, str]) -> int:
            client, headers = desk
            return client.post("/api/v1/check-ins", json=body, headers=headers).status_code

        statuses = []
        for number in range(10):
            shown = first.post("/api/v1/check-ins/live-codes", headers=citizen).json()
            body = {"scan": f"scan-{number}", "text": shown["text"]}
            scans = [pool.submit(scan, desk, body) for desk in desks]
            statuses.append(sorted(done.result() for done in scans))
        kept = first.get("/api/v1/check-ins", headers=citizen).json()["check_ins"]

    # The first of all is a visit; whoever is let in within the hour is a duplicate of it.
    assert statuses == [[201, 409], *[[200, 409]] * 9]
    assert sorted(check_in["state"] for check_in in kept) == ["counted", *["duplicate"] * 9]
    assert shared.answer("ledger", "audit")["differing"] == 0
