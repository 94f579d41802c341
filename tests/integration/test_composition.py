"""The Dockerfile and docker-compose.yml, read and run.

No image can be built where no Docker engine is. So each service's command and health check run as
processes of this machine, with folders in the place of volumes and mounted secrets, against the
servers with the options that the composition gives them.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from creditbank.settings import Settings
from tests.fixtures.containers import ROOT, read_composition
from tests.fixtures.processes import Program
from tests.fixtures.servers import PostgresServer, RedisServer

ORIGIN = "https://bank.example"
OURS = ("migrate", "api", "jobs")
THEIRS = ("postgres", "keystore", "redis")


@pytest.fixture
def composition() -> dict[str, Any]:
    """The composition as an operator starts it."""
    return read_composition({"CREDITBANK_ORIGIN": ORIGIN})


@pytest.fixture
def services(composition: dict[str, Any]) -> dict[str, Any]:
    """Its services."""
    found: dict[str, Any] = composition["services"]
    assert set(found) == {*OURS, *THEIRS}
    return found


@pytest.fixture
def database(services: dict[str, Any]) -> Iterator[PostgresServer]:
    """A PostgreSQL server with the options of the composition."""
    program, *options = services["postgres"]["command"]
    assert program == "postgres"
    folder = Path(tempfile.mkdtemp(prefix="bank-composed-"))
    server = PostgresServer(folder, *options)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis(services: dict[str, Any]) -> Iterator[RedisServer]:
    """A Redis server with the options of the composition."""
    program, *options = services["redis"]["command"]
    assert program == "redis-server"
    folder = Path(tempfile.mkdtemp(prefix="bank-composed-"))
    server = RedisServer(folder, *options)
    yield server
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def secrets(tmp_path: Path, database: PostgresServer) -> Path:
    """The secrets as they are made, then with the addresses of this machine's servers."""
    folder = tmp_path / "secrets"
    command = ["bash", str(ROOT / "dev" / "make_secrets.sh"), str(folder), str(os.geteuid())]
    subprocess.run(command, check=True)
    for name in ("creditbank_database_url", "creditbank_keystore_url"):
        (folder / name).chmod(0o600)
        (folder / name).write_text(database.create_database())
        (folder / name).chmod(0o400)
    return folder


@pytest.fixture
def port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Machine:
    """This machine in the place of the containers."""

    def __init__(self, services: dict[str, Any], places: dict[str, str], folder: Path) -> None:
        self._services = services
        self._places = places
        self._folder = folder

    def program(self, service: str) -> Program:
        """Give the program with a service's environment."""
        declared: dict[str, str] = self._services[service]["environment"]
        environment = {name: self._placed(value) for name, value in declared.items()}
        environment["CREDITBANK_SECRETS_DIR"] = self._places["/run/secrets"]
        return Program(environment, self._folder)

    def command(self, service: str) -> list[str]:
        """Give a service's command without the name of the program."""
        program, *arguments = self._services[service]["command"]
        assert program == "creditbank"
        return [self._placed(argument) for argument in arguments]

    def health_check(self, service: str) -> list[str]:
        """Give a service's health check without `CMD`."""
        kind, *words = self._services[service]["healthcheck"]["test"]
        assert kind == "CMD"
        return [self._placed(word) for word in words]

    def _placed(self, text: str) -> str:
        for there, here in self._places.items():
            text = text.replace(there, here)
        return text


@pytest.fixture
def machine(
    services: dict[str, Any], secrets: Path, redis: RedisServer, port: int, tmp_path: Path
) -> Machine:
    """This machine, with what the containers find elsewhere."""
    places = {
        "/run/secrets": str(secrets),
        "/var/lib/creditbank": str(tmp_path / "data"),
        "redis://redis:6379/0": redis.url,
        "0.0.0.0": "127.0.0.1",  # noqa: S104 - what a container listens on
        "8000": str(port),
    }
    return Machine(services, places, tmp_path)


def test_the_composition_runs_on_this_machine(machine: Machine) -> None:
    """Founding is done once and may be repeated; api and jobs then answer their health checks."""
    migrate = machine.program("migrate")
    for _ in range(2):
        done = migrate.run(*machine.command("migrate"))
        assert done.returncode == 0, done.stderr
    api, jobs = machine.program("api"), machine.program("jobs")
    running = [
        api.start_logged(*machine.command("api")),
        jobs.start_logged(*machine.command("jobs")),
    ]
    try:
        python, *check = machine.health_check("api")
        assert python == "python"
        until_healthy([sys.executable, *check])
        program, *check = machine.health_check("jobs")
        assert program == "creditbank"
        examined = jobs.run(*check)
        assert examined.returncode == 0, examined.stdout
    finally:
        for process in running:
            process.terminate()
        codes = [process.wait(60) for process in running]
    assert codes == [0, 0]


def test_the_servers_answer_their_health_checks(
    machine: Machine, database: PostgresServer, redis: RedisServer
) -> None:
    """Those of the composition, pointed at the sockets of this machine."""
    for service in ("postgres", "keystore"):
        program, *arguments = machine.health_check(service)
        check = [program, *arguments, "-h", str(database.folder)]
        assert subprocess.run(check, check=False, capture_output=True).returncode == 0
    program, *arguments = machine.health_check("redis")
    answer = subprocess.run(
        [program, "-s", str(redis.socket), *arguments], check=True, capture_output=True
    )
    assert answer.stdout == b"PONG\n"


def test_both_servers_have_the_options_that_were_tried(services: dict[str, Any]) -> None:
    """The key store's server runs as the bank's does."""
    assert services["postgres"]["command"] == services["keystore"]["command"]
    assert services["postgres"]["healthcheck"] == services["keystore"]["healthcheck"]


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_a_setting_and_holds_no_secret(
    services: dict[str, Any], service: str
) -> None:
    """A misspelt variable would be ignored in silence; secrets are files."""
    known = {f"CREDITBANK_{name.upper()}" for name in Settings.model_fields}
    environment = services[service]["environment"]

    assert set(environment) <= known
    assert not {"CREDITBANK_DATABASE_URL", "CREDITBANK_KEYSTORE_URL"} & set(environment)
    assert {"creditbank_database_url", "creditbank_keystore_url", "key_passphrase"} == set(
        services[service]["secrets"]
    )


def test_every_secret_is_a_file_that_is_made(composition: dict[str, Any], secrets: Path) -> None:
    """Only their owners can read them, and making them again keeps them."""
    declared = {name: Path(one["file"]) for name, one in composition["secrets"].items()}
    made = {file.name: file.read_bytes() for file in secrets.iterdir()}
    assert set(made) == {file.name for file in declared.values()} == set(declared)
    assert {file.stat().st_mode & 0o777 for file in secrets.iterdir()} == {0o400}

    command = ["bash", str(ROOT / "dev" / "make_secrets.sh"), str(secrets), str(os.geteuid())]
    subprocess.run(command, check=True)
    assert {file.name: file.read_bytes() for file in secrets.iterdir()} == made


@pytest.mark.parametrize("service", [*OURS, *THEIRS])
def test_every_service_is_confined(
    composition: dict[str, Any], services: dict[str, Any], service: str
) -> None:
    """No new rights, a pinned version, only the api reachable, and only from this machine."""
    one = services[service]
    name, _, tag = one["image"].partition(":")
    assert name
    assert tag[:1].isdigit()
    assert tag.count(".") >= 1
    assert "no-new-privileges:true" in one["security_opt"]
    assert one.get("ports", []) == (["127.0.0.1:8000:8000"] if service == "api" else [])
    assert composition["networks"]["inside"] == {"internal": True}
    assert one["networks"] == (["inside", "outside"] if service == "api" else ["inside"])
    if service in OURS:
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
    for volume in one.get("volumes", []):
        assert volume.split(":")[0] in composition["volumes"]


def test_services_start_in_order(services: dict[str, Any]) -> None:
    """Nothing serves before the databases stand at the newest revision."""
    healthy, done = "service_healthy", "service_completed_successfully"
    assert services["migrate"]["depends_on"] == {
        "postgres": {"condition": healthy},
        "keystore": {"condition": healthy},
    }
    for service in ("api", "jobs"):
        assert services[service]["depends_on"]["migrate"] == {"condition": done}


def test_an_operator_who_sets_no_origin_is_told() -> None:
    """A bank founded under a wrong name keeps it for ever."""
    with pytest.raises(AssertionError, match="public address"):
        read_composition({})


def until_healthy(check: list[str]) -> None:
    """Repeat a health check until it passes."""
    deadline = time.monotonic() + 60
    while subprocess.run(check, check=False, capture_output=True).returncode != 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
