"""An outcome under review, extended, or given up by its holder: shown everywhere, and audited."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import IssueApiKey
from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.lived_bank import wait_until_published
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition

Post = Callable[..., dict[str, Any]]
WHY = {"reason": "收到异议，正在复核"}


@pytest.fixture
def act(client: TestClient, provider: Provider) -> Callable[..., Any]:
    """Let the provider do something with an outcome: `act(outcome, "suspension")`."""

    def ask(outcome: str, what: str, **body: str) -> Any:
        path = f"/api/v1/outcomes/{outcome}/{what}"
        return client.post(path, json={**WHY, **body}, headers=provider.headers)

    return ask


def findings(bank: Bank, citizen: Citizen) -> list[object]:
    """Give what the full audit and the citizen's own find."""
    wait_until_published(bank)
    key = bank.keystore.get([citizen.id])[citizen.id]
    with bank.readers.snapshot() as connection:
        own = audit_own(connection, key, bank.evidence, bank.trust)
        return [
            *audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings,
            *own.findings,
        ]


def mine(client: TestClient, citizen: Citizen) -> list[dict[str, Any]]:
    """Give the citizen's own outcomes."""
    page = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    outcomes: list[dict[str, Any]] = page["outcomes"]
    return outcomes


def test_a_suspended_outcome_gives_no_new_credit_and_what_it_gave_is_frozen_meanwhile(
    recognition: Recognition, citizen: Citizen, client: TestClient, bank: Bank
) -> None:
    """Lifted, it counts as before; its pass said so all the while, and nothing was released."""
    centre = bank.writer.write(IssueApiKey(institution_id=recognition.centre)).answer
    used = recognition.hours("16", "2025春", account_number=citizen.account_number)
    idle = recognition.hours("16", "2025秋", account_number=citizen.account_number)

    def convert(outcome: str) -> Any:
        body = {"rule": "class-hours", "outcomes": [outcome]}
        return client.post("/api/v1/conversions", json=body, headers=citizen.headers)

    def each(what: str) -> None:
        for outcome in (used, idle):
            path = f"/api/v1/outcomes/{outcome}/{what}"
            headers = {"Authorization": f"Bearer {centre}"}
            assert client.post(path, json=WHY, headers=headers).status_code == 201

    made = convert(used)
    assert made.status_code == 201
    path = f"/api/v1/conversions/{made.json()['id']}"
    shared = {"outcomes": [used], "expires_at": EXPIRES}
    token = client.post("/api/v1/passes", json=shared, headers=citizen.headers).json()["token"]
    each("suspension")

    report = client.post("/api/v1/verify", json={"document": token}).json()
    assert (report["verdict"], report["reason"]) == ("suspended", "suspended")
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    assert (totals["recorded"], totals["recognised"]) == ([], "0")
    assert client.get(path, headers=citizen.headers).json()["status"] == "frozen"
    refused = convert(idle)
    assert refused.json()["errors"][0]["code"] == "status-not-active", refused.text
    assert findings(bank, citizen) == []

    each("suspension/end")
    assert client.post("/api/v1/verify", json={"document": token}).json()["verdict"] == "valid"
    assert client.get(path, headers=citizen.headers).json()["status"] == "recognised"
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    assert totals["recognised"] == "1"
    assert convert(idle).status_code == 201
    assert [one["kind"] for one in mine(client, citizen)[0]["events"]] == ["suspended", "lifted"]
    assert findings(bank, citizen) == []


def test_a_holder_gives_an_outcome_up_and_nobody_can_post_it_back(
    post_result: Post, citizen: Citizen, client: TestClient, bank: Bank
) -> None:
    """注销 is hers to ask; a second time changes nothing, and the audits know who asked."""
    outcome = post_result(citizen)["id"]
    shared = {"outcomes": [outcome], "expires_at": EXPIRES}
    token = client.post("/api/v1/passes", json=shared, headers=citizen.headers).json()["token"]
    path = f"/api/v1/accounts/me/outcomes/{outcome}/cancellation"

    first, second = (client.post(path, json=WHY, headers=citizen.headers) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    report = client.post("/api/v1/verify", json={"document": token}).json()
    assert (report["verdict"], report["reason"]) == ("revoked", "cancelled")
    (shown,) = mine(client, citizen)
    assert (shown["status"], shown["reason"]) == ("cancelled", WHY["reason"])
    with pytest.raises(AssertionError, match="outcome-not-active"):
        post_result(citizen)
    assert findings(bank, citizen) == []


def test_an_outcome_of_another_cannot_be_given_up(
    post_result: Post, make_citizen: Callable[[], Citizen], client: TestClient
) -> None:
    """To her, it is not there."""
    hers, other = make_citizen(), make_citizen()
    outcome = post_result(hers)["id"]
    path = f"/api/v1/accounts/me/outcomes/{outcome}/cancellation"
    assert client.post(path, json=WHY, headers=other.headers).status_code == 404


def test_what_is_wrong_in_an_event_is_named_and_changes_nothing(
    act: Callable[..., Any], post_result: Post, citizen: Citizen, bank: Bank
) -> None:
    """A certificate without an end, or a new end before the old one, is not extended."""
    certificate = {"series": "电工", "number": "A-1", "valid_until": "2097-06-30"}
    dated = post_result(citizen, certificate=certificate)["id"]
    plain = post_result(citizen, term="2014J")["id"]
    wrong = [
        (act(plain, "extension", valid_until="2028"), "valid_until"),
        (act(dated, "extension", valid_until="2097-06-30"), "valid_until"),
        (act(dated, "extension", valid_until="soon"), "valid_until"),
        (act(dated, "suspension", reason=" "), "reason"),
    ]
    for answer, field in wrong:
        assert answer.status_code == 422, answer.text
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert act(plain, "suspension/end").status_code == 200
    with bank.readers.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM outcome_event").scalar() == 0


def test_a_provider_asks_what_its_own_learner_held_and_is_told_of_nothing_else(
    client: TestClient, provider: Provider, make_provider: Callable[[str], Provider]
) -> None:
    """Another provider's learner of the same number is another person."""
    result = {"learner": "7", "course": "BBB", "term": "2014B", "result": "Pass"}
    body = {**result, "credits": "30", "awarded_on": "2014-09-23"}
    client.post("/api/v1/outcomes", json=body, headers=provider.headers)
    asked = {"learner": "7", "definition": "BBB", "on": "2015-01-01"}
    other = make_provider("职业学校")

    told = client.post("/api/v1/holdings", json=asked, headers=provider.headers).json()
    assert (told["answer"], told["reason"]) == ("yes", "valid-then")
    assert client.post("/api/v1/holdings", json=asked, headers=other.headers).status_code == 404
    vague = client.post("/api/v1/holdings", json={**asked, "on": "2015"}, headers=provider.headers)
    assert [one["field"] for one in vague.json()["errors"]] == ["on"]


def test_the_learner_is_told_of_a_suspension_its_lifting_and_an_extension_once_each(
    post_result: Post, citizen: Citizen, client: TestClient, act: Callable[..., Any], bank: Bank
) -> None:
    """In both languages: which result, by whom, why, until when; a repetition says nothing."""
    outcome = post_result(
        citizen,
        certificate={"series": "S", "number": "1", "valid_until": "2097-06-30"},
    )["id"]
    acts = (
        ("suspension", {}),
        ("suspension/end", {}),
        ("extension", {"valid_until": "2098-06-30"}),
    )
    for what, more in acts:
        assert act(outcome, what, **more).status_code == 201
        again = act(outcome, what, **more)
        assert again.status_code == (422 if more else 200)
    for language, words in (("en", "valid until 2098-06-30"), ("zh", "有效期至 2098-06-30")):
        headers = {**citizen.headers, "Accept-Language": language}
        notices = client.get("/api/v1/accounts/me/notices", headers=headers).json()["notices"]
        assert [one["subject"] for one in notices] == [
            "outcome-suspended",
            "outcome-lifted",
            "outcome-extended",
        ]
        assert words in notices[2]["text"]
        for one in notices:
            for fact in ("开放大学", WHY["reason"]):
                assert fact in one["text"]
    assert findings(bank, citizen) == []


def test_what_is_refused_tells_nobody(
    post_result: Post, citizen: Citizen, client: TestClient, act: Callable[..., Any]
) -> None:
    """An extension of what never ends, and an empty reason."""
    outcome = post_result(citizen)["id"]
    assert act(outcome, "extension", valid_until="2098-06-30").status_code == 422
    assert act(outcome, "suspension", reason=" ").status_code == 422
    page = client.get("/api/v1/accounts/me/notices", headers=citizen.headers).json()
    assert page["notices"] == []
