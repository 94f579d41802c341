"""An import is killed by SIGKILL at random moments, and loses and doubles nothing."""

import csv
import gzip
import json
import random
import secrets
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from creditbank.bank import open_bank
from creditbank.settings import Settings
from ledger.store_audit import audit_store
from tests.fixtures.bank import Provider
from tests.fixtures.imports import (
    COUNTS,
    COUNTS_AGAIN,
    OPEN_UNIVERSITY,
    TABLES,
    URL,
    open_university_form,
    settled,
)
from tests.fixtures.processes import Program, Server
from tests.integration.test_post_outcome import RESULT

STUDENTS = OPEN_UNIVERSITY / "studentInfo.csv.gz"
KILLS = 5
HALF = 12_000
"""Rows of a file that takes long enough to be killed five times, and half as long as the whole."""


@pytest.fixture
def half(tmp_path: Path) -> tuple[Path, dict[str, int]]:
    """The beginning of the open university's file beside its tables, and what becomes of it."""
    folder = tmp_path / "half"
    folder.mkdir()
    for table in TABLES:
        (folder / table).write_bytes((OPEN_UNIVERSITY / table).read_bytes())
    lines = gzip.decompress(STUDENTS.read_bytes()).splitlines(keepends=True)[: HALF + 1]
    file = folder / "studentInfo.csv"
    file.write_bytes(b"".join(lines))
    with file.open(encoding="utf-8", newline="") as stream:
        results = [row["final_result"] for row in csv.DictReader(stream)]
    accepted = sum(one in {"Pass", "Distinction"} for one in results)
    counts = {**COUNTS, "rows": HALF, "accepted": accepted, "not_awarded": HALF - accepted}
    return file, counts


@pytest.fixture
def chance() -> random.Random:
    """Moments to kill at; the seed is printed, so that a failure can be repeated."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)  # noqa: S311 - moments, no secrets


def test_a_killed_server_goes_on_with_the_import_by_itself(
    program: Program, server: Server, settings: Settings, chance: random.Random
) -> None:
    """The provider uploads once; single posts acknowledged between the kills are all there."""
    provider = program.register_provider()
    posts = _Posts(server, provider)
    with server.client(provider) as client:
        batch_id = client.post(URL, files=open_university_form()).json()["id"]
        for kill in range(KILLS):
            posts.until(time.monotonic() + chance.uniform(0.05, 0.4))
            state = client.get(f"{URL}/{batch_id}").json()["state"]
            assert state == "recording", f"it was done after {kill} kills"
            server.restart()
        batch = settled(client, batch_id, provider.headers)
        assert (batch["state"], batch["counts"]) == ("recorded", COUNTS)
        again = client.post(URL, files=open_university_form()).json()
        assert settled(client, again["id"], provider.headers)["counts"] == COUNTS_AGAIN
        for posted in posts.acknowledged:
            found = client.get(f"/api/v1/outcomes/{posted['id']}").json()
            assert found["entry_index"] == posted["entry"]["index"]
    server.stop()
    assert list((settings.data_dir / "uploads").iterdir()) == []
    assert posts.acknowledged
    _check_bank(settings, outcomes=COUNTS["accepted"] + len(posts.acknowledged))


def test_a_killed_command_goes_on_with_its_batch(
    program: Program, settings: Settings, chance: random.Random, half: tuple[Path, dict[str, int]]
) -> None:
    """The id that is told at once is enough to go on; another file is refused."""
    file, counts = half
    provider = program.register_provider()
    resume: tuple[str, ...] = ()
    for _ in range(KILLS):
        with program.start(*_import(provider, file), *resume) as command:
            batch_id = _told_batch(command)
            assert resume in {(), ("--resume", batch_id)}
            resume = ("--resume", batch_id)
            time.sleep(chance.uniform(0.02, 0.2))
            assert command.poll() is None
            command.kill()

    shorter = file.with_name("shorter.csv")
    shorter.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:100]))
    refused = program.run(*_import(provider, shorter), *resume)
    assert (refused.returncode, "batch-other-file" in refused.stderr) == (1, True)
    done = program.run(*_import(provider, file), *resume)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"batch": resume[1], "state": "recorded", **counts}
    repeated = program.run(*_import(provider, file), *resume)
    assert repeated.stdout == done.stdout
    _check_bank(settings, outcomes=counts["accepted"])


def test_of_two_commands_on_one_batch_one_goes_on(
    program: Program, settings: Settings, half: tuple[Path, dict[str, int]]
) -> None:
    """The other one is refused or finds it done; no row is settled twice."""
    file, counts = half
    provider = program.register_provider()
    with program.start(*_import(provider, file)) as first:
        resume = ("--resume", _told_batch(first))
        second = program.run(*_import(provider, file), *resume)
        first.communicate()
        codes = sorted([first.returncode, second.returncode])
    assert codes in ([0, 1], [0, 0]), second.stderr
    done = program.run(*_import(provider, file), *resume)
    assert json.loads(done.stdout) == {"batch": resume[1], "state": "recorded", **counts}
    _check_bank(settings, outcomes=counts["accepted"])


class _Posts:
    """Posts single results while the server is up, and keeps what was acknowledged."""

    def __init__(self, server: Server, provider: Provider) -> None:
        self._server = server
        self._provider = provider
        self.acknowledged: list[Any] = []

    def until(self, deadline: float) -> None:
        """Post one result after the other."""
        with self._server.client(self._provider) as client:
            while time.monotonic() < deadline:
                learner = f"single-{len(self.acknowledged)}"
                answer = client.post("/api/v1/outcomes", json={**RESULT, "learner": learner})
                assert answer.status_code == 201, answer.text
                self.acknowledged.append(answer.json())


def _import(provider: Provider, file: Path) -> tuple[str, ...]:
    mapping = str(OPEN_UNIVERSITY / "mapping.yaml")
    institution = provider.institution
    return ("import", str(file), "--institution", institution, "--mapping", mapping, "--json")


def _told_batch(command: "subprocess.Popen[str]") -> str:
    """Read the batch's id from the first line on stderr."""
    assert command.stderr is not None
    line = command.stderr.readline()
    assert line.startswith("batch "), line + command.stderr.read()
    return line.split()[1].rstrip(":")


def _check_bank(settings: Settings, *, outcomes: int) -> None:
    bank = open_bank(settings)
    try:
        with bank.readers.reading() as connection:
            report = audit_store(connection, bank.verifier_keys)
            stored = connection.scalar(text("SELECT count(*) FROM outcome"))
        assert report.is_sound, report
        assert stored == outcomes
    finally:
        bank.close()
