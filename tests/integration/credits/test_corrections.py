"""A correction takes nothing back by itself: computed anew, she is heard, a person decides."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import IssueApiKey
from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.conversion.working_days import mainland_working_days
from creditbank.credits.examine import examine_opened
from creditbank.credits.replay import replay
from ledger.read import leaf_count
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.whose import audited

Correct = Callable[..., dict[str, Any]]
REVIEWS = "/api/v1/conversion-reviews"
OWN = "/api/v1/accounts/me/conversion-reviews"


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job leaves reviews to the test."""
    monkeypatch.setattr("creditbank.jobs.batch_worker.examine_opened", lambda _: None)


@pytest.fixture
def correct(client: TestClient, bank: Bank, recognition: Recognition) -> Correct:
    """Correct class hours as the centre: `correct(outcome, "2025春", class_hours="20")`."""
    key = bank.writer.write(IssueApiKey(institution_id=recognition.centre)).answer
    headers = {"Authorization": f"Bearer {key}"}

    def act(outcome: str, term: str, **fields: str) -> dict[str, Any]:
        body = {
            "course": "SF-1", "term": term, "result": "合格", "awarded_on": "2025-06-30",
            "class_hours": "100", "reason": "录入错误", **fields,
        }  # fmt: skip
        path = f"/api/v1/outcomes/{outcome}/correction"
        answer = client.post(path, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        corrected: dict[str, Any] = answer.json()
        return corrected

    return act


@pytest.fixture
def convert(client: TestClient, citizen: Citizen) -> Callable[..., str]:
    """Have class hours of the citizen's recognised."""

    def ask(*outcomes: str) -> str:
        body = {"rule": "class-hours", "outcomes": list(outcomes)}
        answer = client.post("/api/v1/conversions", json=body, headers=citizen.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return ask


def read(client: TestClient, citizen: Citizen, conversion: str) -> dict[str, Any]:
    """Read one's own conversion."""
    path = f"/api/v1/conversions/{conversion}"
    found: dict[str, Any] = client.get(path, headers=citizen.headers).json()
    return found


def total(client: TestClient, citizen: Citizen, bank: Bank) -> str:
    """Give what is recognised, from a bank whose audits find nothing."""
    assert audited(bank) == []
    with bank.readers.reading() as connection:
        assert replay(connection, bank.keystore).differences == ()
    page = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    return str(page["recognised"])


def own(client: TestClient, citizen: Citizen) -> list[dict[str, Any]]:
    """List one's own reviews."""
    found: list[dict[str, Any]] = client.get(OWN, headers=citizen.headers).json()["reviews"]
    return found


def subjects(client: TestClient, citizen: Citizen) -> list[str]:
    """Give what a citizen was told of."""
    page = client.get("/api/v1/accounts/me/notices", headers=citizen.headers).json()
    return [one["subject"] for one in page["notices"]]


def test_credit_stands_on_a_corrected_result_that_gives_the_same(
    client: TestClient,
    bank: Bank,
    recognition: Recognition,
    citizen: Citizen,
    correct: Correct,
    convert: Callable[..., str],
) -> None:
    """Case T11: the day was wrong, the hours were right; the parts are released and spent again.

    What was converted later from the rest of the same hours stands as well.
    """
    long = recognition.hours("100", "2025春", account_number=citizen.account_number)
    short = recognition.hours("12", "2025秋", account_number=citizen.account_number)
    made = [convert(long), convert(long, short)]

    corrected = correct(long, "2025春", awarded_on="2025-06-29")
    assert corrected["under_review"] == made
    assert [read(client, citizen, one)["status"] for one in made] == ["under_review"] * 2
    assert total(client, citizen, bank) == "7"

    examine_opened(bank)
    reviews = {one["conversion"]: one for one in own(client, citizen)}
    assert {one["state"] for one in reviews.values()} == {"upheld"}
    for one in made:
        old, new = (read(client, citizen, each) for each in (one, reviews[one]["replaced_by"]))
        assert (old["status"], old["reversal"]["cause"]) == ("reversed", "correction")
        assert (new["status"], new["credits"]) == ("recognised", old["credits"])
        assert new["entry"]["index"] == old["reversal"]["entry"]["index"] + 1
    assert total(client, citizen, bank) == "7"
    assert subjects(client, citizen) == ["conversion-upheld"] * 2

    with bank.readers.reading() as connection:
        size = leaf_count(connection)
    examine_opened(bank)
    with bank.readers.reading() as connection:
        assert leaf_count(connection) == size


def test_she_is_heard_before_credit_is_taken_back(
    client: TestClient,
    bank: Bank,
    recognition: Recognition,
    citizen: Citizen,
    correct: Correct,
    convert: Callable[..., str],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Case T11: with 20 hours the rule gives 1 for 6; it counts on until a person has decided."""
    checker = make_staff(recognition.school, Role.CHECKER)
    outcome = recognition.hours("100", "2025春", account_number=citizen.account_number)
    made = convert(outcome)
    correct(outcome, "2025春", class_hours="20")
    examine_opened(bank)

    [review] = own(client, citizen)
    until = mainland_working_days().after(civil_day(bank.clock()), 20).isoformat()
    assert review["state"] == "asked"
    assert review["due_on"] >= until
    assert total(client, citizen, bank) == "6"
    assert subjects(client, citizen) == ["conversion-questioned"]
    path = f"{REVIEWS}/{made}/decision"
    asked = {"decision": "decided_anew", "text": "按更正后的学时"}
    early = client.post(path, json=asked, headers=checker)
    assert (early.status_code, early.json()["code"]) == (409, "review-time-runs")

    answer = client.post(f"{OWN}/{made}/answer", json={"text": "我认可"}, headers=citizen.headers)
    assert answer.status_code == 201, answer.text
    listed = client.get(REVIEWS, headers=checker).json()["reviews"]
    assert [(one["conversion"], one["answer"]) for one in listed] == [(made, "我认可")]
    assert audited(bank) == []

    decided = client.post(path, json=asked, headers=checker)
    assert decided.status_code == 201, decided.text
    assert decided.json()["state"] == "decided_anew"
    assert total(client, citizen, bank) == "1"
    assert read(client, citizen, made)["reversal"]["cause"] == "review"
    again = client.post(path, json=asked, headers=checker)
    assert (again.status_code, again.json()["code"]) == (409, "review-not-open")


def test_what_is_taken_back_is_free_to_be_offered_again(
    client: TestClient,
    bank: Bank,
    recognition: Recognition,
    citizen: Citizen,
    correct: Correct,
    convert: Callable[..., str],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Nothing is converted silently; a second correction opens the same review anew."""
    checker = make_staff(recognition.school, Role.CHECKER)
    outcome = recognition.hours("100", "2025春", account_number=citizen.account_number)
    made = convert(outcome)
    first = correct(outcome, "2025春", class_hours="20")
    examine_opened(bank)
    second = correct(first["id"], "2025春", class_hours="40")
    assert second["under_review"] == [made]
    assert own(client, citizen)[0]["state"] == "opened"
    examine_opened(bank)
    client.post(f"{OWN}/{made}/answer", json={"text": "同意"}, headers=citizen.headers)
    asked = {"decision": "taken_back", "text": "依更正收回"}
    path = f"{REVIEWS}/{made}/decision"
    assert client.post(path, json=asked, headers=checker).json()["state"] == "taken_back"

    assert total(client, citizen, bank) == "0"
    convert(second["id"])
    assert total(client, citizen, bank) == "2.5"


def test_revoking_the_corrected_result_ends_the_review_and_takes_the_credit_back(
    client: TestClient,
    bank: Bank,
    recognition: Recognition,
    citizen: Citizen,
    correct: Correct,
    convert: Callable[..., str],
) -> None:
    """Suspending it freezes what rests on it first."""
    outcome = recognition.hours("100", "2025春", account_number=citizen.account_number)
    made = convert(outcome)
    corrected = correct(outcome, "2025春", class_hours="20")["id"]
    examine_opened(bank)
    key = bank.writer.write(IssueApiKey(institution_id=recognition.centre)).answer
    headers = {"Authorization": f"Bearer {key}"}
    path = f"/api/v1/outcomes/{corrected}"
    client.post(f"{path}/suspension", json={"reason": "复核"}, headers=headers)
    assert read(client, citizen, made)["status"] == "frozen"
    assert total(client, citizen, bank) == "0"
    body = {"status": "void", "reason": "录入错误"}
    assert client.post(f"{path}/revocation", json=body, headers=headers).json()["reversed"] == [
        made
    ]
    assert own(client, citizen)[0]["state"] == "ended"
    assert total(client, citizen, bank) == "0"


def test_a_conversion_reversed_by_an_appeal_is_filed_again_once(
    client: TestClient,
    bank: Bank,
    recognition: Recognition,
    citizen: Citizen,
    convert: Callable[..., str],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Case T16: the reversal names no outcome; a second filing finds it used."""
    outcome = recognition.hours("16", "2025春", account_number=citizen.account_number)
    made = convert(outcome)
    checker = make_staff(recognition.school, Role.CHECKER)
    path, body = f"/api/v1/conversions/{made}/reversal", {"text": "规则适用有误"}
    answers = [client.post(path, json=body, headers=checker).json() for _ in range(2)]
    assert [one["changed"] for one in answers] == [True, False]
    reversal = read(client, citizen, made)["reversal"]
    assert (reversal["cause"], reversal["outcome"]) == ("appeal", None)
    assert total(client, citizen, bank) == "0"

    convert(outcome)
    again = {"rule": "class-hours", "outcomes": [outcome]}
    second = client.post("/api/v1/conversions", json=again, headers=citizen.headers)
    assert (second.status_code, second.json()["code"]) == (409, "already-consumed")
    assert total(client, citizen, bank) == "1"
