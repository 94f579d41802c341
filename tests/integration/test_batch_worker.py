"""Several workers over one data folder: each batch is settled by one at a time, and kept by all."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from creditbank.bank import Bank, open_bank
from creditbank.errors import Refusal
from creditbank.jobs.batch_worker import BatchWorker
from creditbank.settings import Settings
from tests.fixtures.bank import Provider

HEADER = "learner,course,term,result,credits,awarded_on"
SETTLE_SECONDS_MAX = 60


def upload(client: TestClient, provider: Provider, *, rows: int) -> str:
    """Upload a file of new learners; gives the batch's id."""
    stamp = time.monotonic_ns()
    lines = [f"{stamp}-{number},BBB,2014B,Pass,30,2014-09-23" for number in range(rows)]
    answer = client.post(
        "/api/v1/outcome-batches",
        content="\n".join([HEADER, *lines]),
        headers={**provider.headers, "Content-Type": "text/csv"},
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def settled(client: TestClient, provider: Provider, batch: str) -> dict[str, Any]:
    """Wait until a batch is recorded or refused; gives its view."""
    deadline = time.monotonic() + SETTLE_SECONDS_MAX
    while True:
        view: dict[str, Any] = client.get(
            f"/api/v1/outcome-batches/{batch}", headers=provider.headers
        ).json()
        if view["state"] != "recording":
            return view
        assert time.monotonic() < deadline, view
        time.sleep(0.05)


@pytest.fixture
def bank(settings: Settings) -> Any:
    """A bank whose server settles no batches itself."""
    opened = open_bank(settings.model_copy(update={"serve_jobs": False}))
    yield opened
    opened.close()


class ElsewhereWriter:
    """A writer before which another process has always settled the rows."""

    def submit(self, _command: object) -> Future[Any]:
        """Refuse as the settlement would."""
        future: Future[Any] = Future()
        future.set_exception(Refusal("batch-elsewhere"))
        return future

    def write(self, command: object) -> Any:
        """Refuse as the settlement would."""
        return self.submit(command).result()


def run_once(bank: Bank, until: Callable[[], bool]) -> None:
    """Run a worker until something holds."""
    worker = BatchWorker(bank, bank.uploads)
    worker.start()
    deadline = time.monotonic() + SETTLE_SECONDS_MAX
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    worker.stop()


def test_a_server_without_jobs_leaves_a_batch_to_the_worker(
    bank: Bank, client: TestClient, provider: Provider
) -> None:
    """CREDITBANK_SERVE_JOBS=false: the file waits for `creditbank jobs`."""
    batch = upload(client, provider, rows=2)
    assert bank.uploads.present() == [batch]

    run_once(bank, lambda: bank.uploads.present() == [])

    assert settled(client, provider, batch)["counts"]["accepted"] == 2


def test_a_worker_leaves_alone_what_another_process_holds(
    bank: Bank, client: TestClient, provider: Provider
) -> None:
    """Neither the settling nor the sweep at start touches a batch that is in hand elsewhere."""
    held = upload(client, provider, rows=1)
    free = upload(client, provider, rows=1)
    with bank.uploads.held(held) as is_held:
        assert is_held
        run_once(bank, lambda: bank.uploads.present() == [held])

    view = client.get(f"/api/v1/outcome-batches/{held}", headers=provider.headers).json()
    assert view["state"] == "recording"
    assert settled(client, provider, free)["state"] == "recorded"


def test_an_upload_in_progress_is_not_swept_by_a_worker_that_starts(bank: Bank) -> None:
    """A folder without a batch is a left-over only when nobody holds it."""
    bank.uploads.make("in-progress")
    bank.uploads.make("left-over")
    with bank.uploads.held("in-progress"):
        run_once(bank, lambda: bank.uploads.present() == ["in-progress"])


def test_the_loser_of_a_race_keeps_the_folder_for_the_winner(
    bank: Bank, client: TestClient, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a shared folder knows no locks, the refusal of the second one costs no file."""
    batch = upload(client, provider, rows=2)
    loser = replace(bank, writer=ElsewhereWriter())  # type: ignore[arg-type]  # it acts as one
    run_once(loser, lambda: "batch-elsewhere" in caplog.text)

    assert bank.uploads.present() == [batch]
    run_once(bank, lambda: bank.uploads.present() == [])
    assert settled(client, provider, batch)["counts"]["accepted"] == 2


def test_two_workers_settle_every_row_once(
    bank: Bank, settings: Settings, client: TestClient, provider: Provider
) -> None:
    """Two processes that look at the same time share the batches out."""
    other = open_bank(settings)
    with TestClient(create_app(other), base_url="http://bank.test"):
        batches = [upload(client, provider, rows=30) for _ in range(4)]
        run_once(bank, lambda: bank.uploads.present() == [])
        views = [settled(client, provider, batch) for batch in batches]
    other.close()

    assert [view["counts"]["accepted"] for view in views] == [30] * 4
