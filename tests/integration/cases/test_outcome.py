"""Outcomes as offices have them: each case as a clerk or a citizen lives it, through the doors."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from tests.fixtures.bank import Provider
from tests.fixtures.people import RESULT, Citizen

Post = Callable[..., dict[str, Any]]


def stated(client: TestClient, citizen: Citizen) -> list[dict[str, Any]]:
    """Give the citizen's own list of outcomes."""
    answer = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers)
    outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
    return outcomes


def try_post(client: TestClient, provider: Provider, citizen: Citizen, **changes: object) -> Any:
    """Post a result of a citizen as some provider; gives the answer."""
    learner = {"account_number": citizen.account_number}
    body = {**RESULT, "learner": learner, **changes}
    return client.post("/api/v1/outcomes", json=body, headers=provider.headers)


def test_a_resit_a_retake_and_a_deferred_examination_are_no_conflict_with_the_first(
    post_result: Post, citizen: Citizen, client: TestClient
) -> None:
    """补考, 重修 and 缓考 of one course and term stand beside 正考."""
    for kind, grade in (("first", "42"), ("resit", "61"), ("retake", "78"), ("deferred", "80")):
        post_result(citizen, attempt_kind=kind, grade=grade)
    post_result(citizen, attempt_kind="resit", attempt=2, grade="66")

    kinds = [(one["stated"]["attempt_kind"], one["status"]) for one in stated(client, citizen)]
    assert kinds == [(kind, "active") for kind in ("first", "resit", "retake", "deferred", "resit")]


def test_a_grade_is_replaced_by_a_correction_and_never_by_posting_again(
    post_result: Post, citizen: Citizen, client: TestClient, provider: Provider
) -> None:
    """The old grade stays provable, the new one counts."""
    posted = post_result(citizen)
    again = try_post(client, provider, citizen, grade="92")
    corrected = client.post(
        f"/api/v1/outcomes/{posted['id']}/correction",
        json={**RESULT, "grade": "92", "reason": "成绩录入错误"},
        headers=provider.headers,
    )
    assert (again.status_code, again.json()["code"]) == (409, "outcome-conflict")
    assert corrected.status_code == 201
    grades = [(one["stated"]["grade"], one["status"]) for one in stated(client, citizen)]
    assert grades == [("81.5", "superseded"), ("92", "active")]


def test_a_joint_outcome_counts_once_whichever_body_posts_it(
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
) -> None:
    """Posted by the second body it is a duplicate; with other content a conflict."""
    second = make_provider("联合办学学院")
    bodies = [
        {"institution": provider.institution, "name": "开放大学", "role": "certifying"},
        {"institution": second.institution, "name": "联合办学学院", "role": "delivering"},
    ]
    first = try_post(client, provider, citizen, awarded_by=bodies)
    same = try_post(client, second, citizen, awarded_by=bodies[::-1], received_on="2014-10-08")
    other = try_post(client, second, citizen, awarded_by=bodies, grade="92")

    assert first.status_code == 201, first.text
    assert (same.status_code, same.json()["duplicate"]) == (200, True)
    assert same.json()["id"] == first.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "outcome-conflict")
    assert "grade" in other.json()["detail"]
    (only,) = stated(client, citizen)
    assert [one["role"] for one in only["stated"]["awarded_by"]] == ["certifying", "delivering"]
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    assert [one["credits"] for one in totals["recorded"]] == ["30"]
