"""PostgreSQL killed under posting and started again: nothing acknowledged is lost or doubled."""

import threading
import time
from collections import Counter

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from ledger.store_audit import audit_store
from tests.fixtures.bank import Provider
from tests.fixtures.servers import PostgresServer
from tests.integration.test_batch_worker import settled, upload
from tests.integration.test_post_outcome import RESULT

pytestmark = pytest.mark.parametrize("founded_bank", ["postgresql"], indirect=True)

CLIENTS = 4
POSTS_BEFORE_THE_KILL = 40


class Posting:
    """Posts results of one learner after another from several threads, and notes each answer."""

    def __init__(self, client: TestClient, provider: Provider) -> None:
        self._client = client
        self._provider = provider
        self._stop = threading.Event()
        self.has_begun = threading.Event()
        self.statuses: Counter[int] = Counter()
        self.acknowledged: dict[str, int] = {}
        self.refused: list[str] = []
        self._threads = [
            threading.Thread(target=self._post, args=(number,)) for number in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def post(self, learner: str) -> int:
        """Post one learner's result."""
        answer = self._client.post(
            "/api/v1/outcomes",
            json={**RESULT, "learner": learner},
            headers=self._provider.headers,
        )
        if answer.status_code in {200, 201}:
            self.acknowledged[learner] = answer.json()["entry"]["index"]
        else:
            self.refused.append(learner)
        self.statuses[answer.status_code] += 1
        return answer.status_code

    def end(self) -> None:
        """Stop posting."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _post(self, number: int) -> None:
        count = 0
        while not self._stop.is_set():
            self.post(f"{number}-{count}")
            count += 1
            if len(self.acknowledged) >= POSTS_BEFORE_THE_KILL:
                self.has_begun.set()


def test_a_killed_database_answers_503_and_loses_and_doubles_nothing(
    client: TestClient, bank: Bank, provider: Provider, postgres: PostgresServer
) -> None:
    """The writer goes on when the database is back, and whoever was refused posts again."""
    posting = Posting(client, provider)
    assert posting.has_begun.wait(60)
    postgres.kill()
    try:
        while not posting.statuses[503]:
            time.sleep(0.01)
        assert client.get("/readyz").status_code == 503
        assert client.get("/livez").status_code == 200
    finally:
        posting.end()
        postgres.restart()

    assert set(posting.statuses) == {201, 503}
    repeated = [posting.post(learner) for learner in list(posting.refused)]
    assert set(repeated) <= {200, 201}
    indexes = list(posting.acknowledged.values())
    assert len(indexes) == len(set(indexes))
    with bank.readers.reading() as connection:
        report = audit_store(connection, bank.verifier_keys)
    assert report.is_sound
    assert report.size > max(indexes)
    assert client.get("/readyz").status_code == 200


def test_the_first_request_after_a_restart_is_served(
    client: TestClient, provider: Provider, postgres: PostgresServer
) -> None:
    """Connections that died unseen are replaced before they are lent, for reading and writing."""
    posted = client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers).json()
    postgres.kill()
    postgres.restart()

    read = client.get(f"/api/v1/outcomes/{posted['id']}", headers=provider.headers)
    again = client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers)

    assert read.status_code == 200
    assert again.json()["duplicate"] is True


def test_batches_are_settled_again_after_an_outage(
    client: TestClient,
    provider: Provider,
    postgres: PostgresServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The worker outlives the database."""
    upload(client, provider, rows=1)
    postgres.kill()
    try:
        client.app.state.batch_worker.wake()  # type: ignore[attr-defined]  # the app is FastAPI
        deadline = time.monotonic() + 30
        while "batches could not be looked up" not in caplog.text:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        postgres.restart()

    assert settled(client, provider, upload(client, provider, rows=3))["counts"]["accepted"] == 3
