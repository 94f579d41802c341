"""Many outcomes decided about at once: whom it concerns, one entry for all, one notice each."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import IssueApiKey
from creditbank.bank import Bank
from creditbank.measures.go_on import go_on_with_measure
from creditbank.measures.measure import entries_root
from creditbank.measures.queries import running_measures
from ledger.objects import find_object
from ledger.read import read_leaf
from tests.fixtures.bank import Provider
from tests.fixtures.endings import ask, erase, share, verdict
from tests.fixtures.imports import URL, TableCounts, settled
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.whose import audited

MEASURES = "/api/v1/outcome-measures"
WHY = {"reason": "考场管理失误"}
HEADER = "learner,course,term,result,awarded_on,credits\n"


def take(client: TestClient, headers: dict[str, str], **asked: object) -> dict[str, Any]:
    """Take a measure."""
    answer = client.post(MEASURES, json={**WHY, **asked}, headers=headers)
    assert answer.status_code in {200, 202}, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


def see_through(bank: Bank) -> None:
    """Do what is left of all measures."""
    with bank.readers.reading() as connection:
        running = running_measures(connection)
    for one in running:
        go_on_with_measure(bank, one)


def by_status(bank: Bank) -> dict[str, int]:
    """Count the outcomes by status."""
    with bank.readers.reading() as connection:
        wanted = "SELECT status, count(*) FROM outcome GROUP BY status"
        return {row[0]: row[1] for row in connection.exec_driver_sql(wanted)}


def told(client: TestClient, citizen: Citizen) -> list[tuple[str, str]]:
    """Give subject and words of what a citizen was told."""
    page = client.get("/api/v1/accounts/me/notices", headers=citizen.headers).json()
    return [(one["subject"], one["text"]) for one in page["notices"]]


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job leaves measures to the test."""
    monkeypatch.setattr("creditbank.jobs.batch_worker.running_measures", lambda _: [])


@pytest.mark.usefixtures("asleep")
def test_a_void_sitting_of_thousands_is_one_entry_a_notice_each_and_nothing_the_second_time(
    client: TestClient, provider: Provider, bank: Bank, table_counts: TableCounts
) -> None:
    """Case T14: 2,831 results, 2,093 of them of the void sitting; killed half way it goes on."""
    sizes = {"2014B": 2_093, "2014J": 738}
    batches = []
    for term, size in sizes.items():
        rows = "".join(f"{term}{one},BBB,{term},Pass,2014-09-23,30\n" for one in range(size))
        headers = {**provider.headers, "Content-Type": "text/csv"}
        sent = client.post(URL, content=(HEADER + rows).encode(), headers=headers)
        batches.append(settled(client, sent.json()["id"], provider.headers)["id"])
    void = {"act": "void", "batch": batches[0]}
    shown = client.post(f"{MEASURES}/preview", json=void, headers=provider.headers).json()
    assert (shown["outcomes"], shown["learners"], len(shown["first"])) == (2_093, 2_093, 100)

    taken = take(client, provider.headers, **void)
    assert taken["outcomes"] == 2_093
    halves = iter([True, True, False])

    class Halfway(Exception):
        """The process is killed."""

    def broken(command: Any) -> Any:
        if not next(halves):
            raise Halfway
        return write(command)

    write = bank.writer.write
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank.writer, "write", broken)
        with pytest.raises(Halfway):
            see_through(bank)
    assert 0 < by_status(bank)["void"] < 2_093
    view = client.get(f"{MEASURES}/{taken['id']}", headers=provider.headers).json()
    assert view["state"] == "running"
    see_through(bank)

    assert by_status(bank) == {"void": 2_093, "active": 738}
    view = client.get(f"{MEASURES}/{taken['id']}", headers=provider.headers).json()
    assert (view["state"], view["pending"], view["outcomes"]) == ("done", 0, 2_093)
    with bank.readers.reading() as connection:
        listed = connection.exec_driver_sql("SELECT id FROM outcome WHERE status = 'void'")
        ids = listed.scalars().all()
        leaf = orjson.loads(read_leaf(connection, view["entry"]["index"]))
        found = find_object(connection, bytes.fromhex(leaf["object"]))
        notices = connection.exec_driver_sql("SELECT account_id FROM notice").scalars().all()
    assert found is not None
    document = orjson.loads(found[1])
    assert (document["count"], document["entries"]) == (2_093, entries_root(ids).hex())
    assert shown["root"] == document["entries"]
    assert WHY["reason"].encode() not in found[1]
    assert len(notices) == len(set(notices)) == 2_093
    before = table_counts()
    assert take(client, provider.headers, **void)["id"] is None
    see_through(bank)
    after = {name: count for name, count in table_counts().items() if name != "1 account_key"}
    assert after == {name: before[name] for name in after}
    assert audited(bank) == []


def test_after_a_key_was_compromised_later_results_are_suspended_and_their_credit_frozen(
    client: TestClient, recognition: Recognition, citizen: Citizen, bank: Bank
) -> None:
    """Case T13: what the ledger took before stays; lifting and taking back take the list up."""
    keys = [
        {"Authorization": f"Bearer {bank.writer.write(one).answer}"}
        for one in [IssueApiKey(institution_id=recognition.centre)] * 2
    ]
    stolen, sound = keys

    def post(headers: dict[str, str], term: str) -> str:
        result = {
            "learner": {"account_number": citizen.account_number}, "course": "SF-1", "term": term,
            "result": "合格", "awarded_on": "2025-06-30", "class_hours": "16",
        }  # fmt: skip
        answer = client.post("/api/v1/outcomes", json=result, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def convert(outcome: str) -> str:
        asked = {"rule": "class-hours", "outcomes": [outcome]}
        answer = client.post("/api/v1/conversions", json=asked, headers=citizen.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def stands(*conversions: str) -> list[str]:
        paths = [f"/api/v1/conversions/{one}" for one in conversions]
        return [client.get(one, headers=citizen.headers).json()["status"] for one in paths]

    def total() -> str:
        page = client.get("/api/v1/accounts/me/credits", headers=citizen.headers)
        return str(page.json()["recognised"])

    early = post(stolen, "2024春")
    instant = wait_for_the_next_second(bank)
    late, others = post(stolen, "2024秋"), post(sound, "2025春")
    made = [convert(one) for one in (early, late, others)]
    key = {"posted_with": stolen["Authorization"].split("_")[1], "since": instant}
    asked = {"act": "suspended", **key}
    shown = client.post(f"{MEASURES}/preview", json=asked, headers=sound).json()
    assert [one["id"] for one in shown["first"]] == [late]
    assert (shown["conversions"], shown["credits"]) == (1, "1")

    first = take(client, sound, **asked)
    see_through(bank)
    assert stands(*made) == ["recognised", "frozen", "recognised"]
    assert total() == "2"
    assert told(client, citizen)[-1][0] == "outcomes-suspended"
    assert audited(bank) == []

    take(client, sound, act="lifted", measure=first["id"])
    see_through(bank)
    assert stands(*made) == ["recognised"] * 3
    assert total() == "3"
    assert told(client, citizen)[-1][0] == "outcomes-lifted"

    again = take(client, sound, **asked)
    see_through(bank)
    take(client, sound, act="revoked", measure=again["id"])
    see_through(bank)
    assert stands(*made) == ["recognised", "reversed", "recognised"]
    subject, words = told(client, citizen)[-1]
    assert subject == "outcomes-taken-back"
    assert "20" in words
    assert total() == "2"
    assert audited(bank) == []


def test_a_result_of_an_erased_account_is_taken_back_by_its_id_and_nothing_of_her_comes_back(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    bank: Bank,
    post_result: Callable[..., dict[str, Any]],
    table_counts: TableCounts,
) -> None:
    """Case T12: her pass answers gone; the list names the result, no key and no notice is made."""
    outcome = post_result(citizen)["id"]
    token = share(client, citizen, outcome).json()["token"]
    ask(client, "POST", "erasure", citizen, reason="不再需要")
    assert erase(bank) == 1
    before = table_counts()

    taken = take(client, provider.headers, act="revoked", outcomes=[outcome])
    see_through(bank)

    assert taken["outcomes"] == 1
    assert by_status(bank) == {"revoked": 1}
    assert verdict(client, token) == "gone"
    with bank.readers.reading() as connection:
        for table in ("notice", "outcome_revocation"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
    assert table_counts()["1 account_key"] == before["1 account_key"] + 1, "the measure's alone"
    assert audited(bank) == []
    assert take(client, provider.headers, act="revoked", outcomes=[outcome])["id"] is None


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"act": "void"}, "outcomes", "choice-empty"),
        ({"act": "void", "since": "2026-01-01T00:00:00Z"}, "outcomes", "choice-empty"),
        ({"act": "gone", "batch": "x"}, "act", "status-unknown"),
        ({"act": "void", "batch": "x", "since": "gestern"}, "since", "timestamp-unreadable"),
        ({"act": "void", "batch": "x", "since": "2026-01-01T00:00:00"}, "since",
         "timestamp-unreadable"),
        ({"act": "void", "batch": "x", "since": "2026-01-02T00:00:00Z",
          "until": "2026-01-02T00:00:00Z"}, "until", "interval-empty"),
        ({"act": "void", "batch": "x", "reason": " "}, "reason", "field-missing"),
    ],
)  # fmt: skip
def test_what_is_asked_wrong_names_the_field_and_changes_nothing(
    client: TestClient,
    provider: Provider,
    table_counts: TableCounts,
    asked: dict[str, object],
    field: str,
    code: str,
) -> None:
    """Times alone choose nobody's results."""
    before = table_counts()
    answer = client.post(MEASURES, json={**WHY, **asked}, headers=provider.headers)
    assert answer.status_code == 422
    assert (field, code) in [(one["field"], one["code"]) for one in answer.json()["errors"]]
    assert table_counts() == before


def wait_for_the_next_second(bank: Bank) -> str:
    """Wait until the ledger's next entries are of a later second; gives that second."""
    now = int(bank.clock().timestamp())
    while int(bank.clock().timestamp()) == now:
        pass
    return datetime.fromtimestamp(now + 1, UTC).isoformat()
