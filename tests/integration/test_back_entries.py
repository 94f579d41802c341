"""Back-entries: refused with a reason, kept in the subtree, and named where they are wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from tests.fixtures.bank import Provider

BODY: dict[str, Any] = {
    "learner": {"learner_number": "98-17", "name": "示例学习者"},
    "course": "FFF",
    "course_version": "1",
    "term": "1998",
    "result": "毕业",
    "awarded_on": "1998",
    "certificate": {"series": "中专毕业证书", "number": "98017"},
    "awarded_by": [{"name": "原县农业机械化学校"}],
    "archive_reference": "1998-031",
}
Staff = Callable[..., dict[str, str]]


@pytest.fixture
def enter(client: TestClient, provider: Provider, make_staff: Staff) -> Callable[..., Any]:
    """Enter a result as a clerk of the provider; gives the answer."""
    clerk = make_staff(provider.institution, Role.CLERK)

    def act(language: str = "en", **changes: Any) -> Any:
        headers = {**clerk, "Accept-Language": language}
        return client.post("/api/v1/back-entries", json={**BODY, **changes}, headers=headers)

    return act


def test_a_back_entry_is_refused_with_a_reason_and_nothing_is_recorded(
    enter: Callable[..., Any], client: TestClient, provider: Provider, make_staff: Staff, bank: Bank
) -> None:
    """Its account was never opened; who asks later reads why."""
    path = f"/api/v1/back-entries/{enter().json()['id']}"
    checker = make_staff(provider.institution, Role.CHECKER)
    for reason in ("  ", "a\x07b"):
        wrong = client.post(f"{path}/check", json={"refused_because": reason}, headers=checker)
        assert [one["field"] for one in wrong.json()["errors"]] == ["refused_because"]
    body = {"refused_because": "档案中无此人"}
    refused = client.post(f"{path}/check", json=body, headers=checker).json()
    assert (refused["state"], refused["outcome"], refused["receipt"]) == ("refused", None, None)
    shown = client.get(path, headers=checker).json()
    assert (shown["state"], shown["reason"]) == ("refused", "档案中无此人")
    with bank.readers.reading() as connection:
        counts = "SELECT (SELECT count(*) FROM outcome) + (SELECT count(*) FROM account)"
        assert connection.exec_driver_sql(counts).scalar() == 0


def test_who_stands_above_may_check_and_who_stands_beside_finds_nothing(
    enter: Callable[..., Any],
    client: TestClient,
    make_provider: Callable[[str], Provider],
    make_staff: Staff,
    bank: Bank,
) -> None:
    """The bank covers every institution; the audit knows its hand."""
    entry = enter().json()["id"]
    beside = make_staff(make_provider("职业学校").institution, Role.CHECKER)
    above = make_staff(bank.installation.institution_id, Role.CHECKER)
    path = f"/api/v1/back-entries/{entry}"
    assert client.get(path, headers=beside).status_code == 404
    assert client.post(f"{path}/check", json={}, headers=beside).status_code == 404
    assert client.get("/api/v1/back-entries", headers=beside).json() == {"entries": []}
    assert client.post(f"{path}/check", json={}, headers=above).status_code == 201
    with bank.readers.snapshot() as connection:
        audited = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert audited.findings == ()


def test_what_is_wrong_in_a_back_entry_is_named_in_both_languages_and_nothing_waits(
    enter: Callable[..., Any], bank: Bank
) -> None:
    """As where a result is posted."""
    wrong = [
        ({"archive_reference": ""}, "archive_reference"),
        ({"awarded_on": "1998-13"}, "awarded_on"),
        ({"course": "unknown"}, "course"),
        ({"awarded_by": [{"name": "甲", "role": "x"}]}, "awarding_role"),
    ]
    for changes, field in wrong:
        said = set()
        for language in ("en", "zh"):
            (problem,) = enter(language, **changes).json()["errors"]
            assert problem["field"] == field
            said.add(problem["detail"])
        assert len(said) == 2
    with bank.readers.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM back_entry").scalar() == 0


def test_a_back_entry_is_not_recorded_for_somebody_who_goes_by_another_name_meanwhile(
    enter: Callable[..., Any], client: TestClient, provider: Provider, make_staff: Staff, bank: Bank
) -> None:
    """Between the two persons the school opened an account with that number for somebody else."""
    path = f"/api/v1/back-entries/{enter().json()['id']}"
    other = {"learner_number": "98-17", "name": "另一人", "birth_year": 1980}
    opened = client.post("/api/v1/accounts", json=other, headers=provider.headers)
    assert opened.status_code == 201, opened.text
    checker = make_staff(provider.institution, Role.CHECKER)
    refused = client.post(f"{path}/check", json={}, headers=checker)
    assert (refused.status_code, refused.json()["code"]) == (409, "learner-name-differs")
    assert client.get(path, headers=checker).json()["state"] == "waiting"
    again = enter()
    assert (again.status_code, again.json()["code"]) == (409, "learner-name-differs")
    with bank.readers.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM outcome").scalar() == 0
