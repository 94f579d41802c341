"""A posted result is corrected or revoked on purpose; what it was stays provable."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.credits.reverse import RevokeOutcome
from creditbank.errors import Refusal
from creditbank.outcomes.revoke import Revocation
from ledger.leaf import decode
from ledger.read import read_leaf
from ledger.receipt import verify_receipt
from tests.fixtures.bank import Provider
from tests.fixtures.people import RESULT, Citizen

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def change(client: TestClient, provider: Provider) -> Callable[..., Any]:
    """Correct or revoke as the provider: `change("correction", outcome, body)`."""

    def act(kind: str, outcome_id: str, body: dict[str, Any], **headers: str) -> Any:
        path = f"/api/v1/outcomes/{outcome_id}/{kind}"
        return client.post(path, json=body, headers={**provider.headers, **headers})

    return act


def correction(**changes: object) -> dict[str, Any]:
    """Give the body of a correction."""
    return {**RESULT, "reason": "成绩录入错误", **changes}


def test_a_correction_supersedes_the_outcome_and_leads_from_one_leaf_to_the_other(
    change: Callable[..., Any], post_result: Post, citizen: Citizen, client: TestClient, bank: Bank
) -> None:
    """The learner sees both, and which one stands."""
    posted = post_result(citizen)
    corrected = change("correction", posted["id"], correction(grade="92")).json()

    with bank.readers.reading() as connection:
        leaf = read_leaf(connection, corrected["entry"]["index"])
    assert (decode(leaf)["t"], decode(leaf)["ref"]) == ("correct", posted["entry"]["index"])
    verify_receipt(corrected["receipt"], leaf, bank.verifier_keys)
    page = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    assert [(one["id"], one["status"]) for one in page["outcomes"]] == [
        (posted["id"], "superseded"),
        (corrected["id"], "active"),
    ]
    assert page["outcomes"][1]["stated"]["corrects"] == posted["id"]
    assert page["outcomes"][1]["stated"]["correction_reason"] == "成绩录入错误"


def test_after_a_correction_the_right_result_is_a_duplicate_and_the_wrong_one_a_conflict(
    change: Callable[..., Any],
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
) -> None:
    """The provider's own system may send its whole term again."""
    posted = post_result(citizen)
    corrected = change("correction", posted["id"], correction(grade="92")).json()

    def again(grade: str) -> Any:
        learner = {"account_number": citizen.account_number}
        body = {**RESULT, "learner": learner, "grade": grade}
        return client.post("/api/v1/outcomes", json=body, headers=provider.headers)

    assert again("92").json()["id"] == corrected["id"]
    assert again("81.5").json()["code"] == "outcome-conflict"


def test_a_correction_may_move_a_result_to_the_term_it_belongs_to(
    change: Callable[..., Any], post_result: Post, citizen: Citizen
) -> None:
    """Unless that term's result is recorded already."""
    first, second = post_result(citizen), post_result(citizen, term="2014J")

    taken = change("correction", first["id"], correction(term="2014J"))
    moved = change("correction", first["id"], correction(term="2013J"))

    assert (taken.status_code, taken.json()["code"]) == (409, "outcome-conflict")
    assert moved.status_code == 201
    assert change("correction", second["id"], correction(term="2014B")).status_code == 201


@pytest.mark.parametrize("status", ["void", "revoked"])
def test_a_revoked_outcome_counts_no_more_and_a_second_revocation_changes_nothing(
    status: str,
    change: Callable[..., Any],
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
    bank: Bank,
) -> None:
    """Its leaf stays where it was."""
    posted = post_result(citizen)
    body = {"status": status, "reason": "考试违纪"}
    first, second = (change("revocation", posted["id"], body) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    with bank.readers.reading() as connection:
        leaf = read_leaf(connection, first.json()["entry"]["index"])
    assert (decode(leaf)["t"], decode(leaf)["ref"]) == ("revoke", posted["entry"]["index"])
    verify_receipt(first.json()["receipt"], leaf, bank.verifier_keys)
    assert second.json()["entry"] is None
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    assert totals["recorded"] == []


def test_a_void_result_can_be_recorded_anew_but_a_revoked_one_cannot(
    change: Callable[..., Any],
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
) -> None:
    """A clerk's error is no fault of the holder; misconduct is not undone by posting again."""
    void, revoked = post_result(citizen), post_result(citizen, term="2014J")
    change("revocation", void["id"], {"status": "void", "reason": "录错人"})
    change("revocation", revoked["id"], {"status": "revoked", "reason": "考试违纪"})

    assert post_result(citizen)["id"] != void["id"]
    learner = {"account_number": citizen.account_number}
    again = client.post(
        "/api/v1/outcomes",
        json={**RESULT, "learner": learner, "term": "2014J"},
        headers=provider.headers,
    )
    assert (again.status_code, again.json()["code"]) == (409, "outcome-not-active")


TAKEN_BACK = {
    "void": ("revocation", {"status": "void", "reason": "录错人"}),
    "revoked": ("revocation", {"status": "revoked", "reason": "考试违纪"}),
    "superseded": ("correction", correction(grade="92")),
}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("void", "revoked"),
        ("revoked", "void"),
        ("superseded", "void"),
        ("superseded", "revoked"),
        ("void", "superseded"),
        ("revoked", "superseded"),
    ],
)
def test_an_outcome_that_does_not_stand_is_not_taken_back_in_another_way(
    first: str,
    then: str,
    change: Callable[..., Any],
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
) -> None:
    """Else misconduct could be made a clerk's error and be recorded anew."""
    posted = post_result(citizen)
    done, refused = (
        change(kind, posted["id"], body) for kind, body in (TAKEN_BACK[first], TAKEN_BACK[then])
    )

    assert done.status_code == 201
    assert (refused.status_code, refused.json()["code"]) == (409, "outcome-not-active")
    page = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    assert page["outcomes"][0]["status"] == first


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("revocation", {"status": "deleted", "reason": "x"}, "status"),
        ("revocation", {"status": "void", "reason": "  "}, "reason"),
        ("revocation", {"status": "void"}, "reason"),
        ("correction", correction(reason="a\x07b"), "reason"),
        ("correction", correction(credits="30.3"), "credits"),
        ("correction", correction(course="unknown"), "course"),
        ("correction", correction(learner="2"), "learner"),
    ],
)
def test_what_is_wrong_in_a_change_is_named_and_changes_nothing(
    kind: str,
    body: dict[str, Any],
    field: str,
    change: Callable[..., Any],
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
) -> None:
    """The outcome stands as before."""
    posted = post_result(citizen)
    answer = change(kind, posted["id"], body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    page = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    assert [one["status"] for one in page["outcomes"]] == ["active"]


def test_a_correction_that_changes_nothing_is_refused(
    change: Callable[..., Any], post_result: Post, citizen: Citizen
) -> None:
    """Nor may what is superseded be corrected once more."""
    posted = post_result(citizen)
    empty = change("correction", posted["id"], correction())
    change("correction", posted["id"], correction(grade="92"))
    late = change("correction", posted["id"], correction(grade="93"))
    assert empty.json()["code"] == "correction-empty"
    assert late.json()["code"] == "outcome-not-active"


def test_another_institution_neither_corrects_nor_revokes(
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
    make_provider: Callable[[str], Provider],
) -> None:
    """To it, the outcome is not there."""
    posted, other = post_result(citizen), make_provider("职业学校")
    bodies = {"correction": correction(), "revocation": {"status": "void", "reason": "x"}}
    for kind, body in bodies.items():
        path = f"/api/v1/outcomes/{posted['id']}/{kind}"
        assert client.post(path, json=body, headers=other.headers).status_code == 404


def test_the_command_itself_refuses_whoever_did_not_post_the_outcome(
    post_result: Post,
    citizen: Citizen,
    bank: Bank,
    client: TestClient,
    make_provider: Callable[[str], Provider],
) -> None:
    """Whatever door it came by."""
    posted, other = post_result(citizen), make_provider("职业学校")
    revocation = Revocation(
        institution_id=other.institution,
        posted_with="key",
        outcome_id=posted["id"],
        key=bank.keystore.get([citizen.id])[citizen.id],
        status="void",
        reason="x",
    )

    with pytest.raises(Refusal, match="not-found"):
        bank.writer.write(RevokeOutcome(revocation))
    page = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    assert [one["status"] for one in page["outcomes"]] == ["active"]
