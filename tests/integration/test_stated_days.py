"""With an outcome stands the day on which it was handed in, and what its grade is exactly."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank, open_bank
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.clocks import Clock
from tests.fixtures.imports import URL, settled
from tests.fixtures.people import RESULT, Citizen, sign_in
from tests.fixtures.whose import audited

ON_MONDAY = datetime(2094, 3, 1, 17, tzinfo=UTC)
"""In Shanghai it is Tuesday, 2 March 2094, already."""
POSTED_ON = "2094-03-02"


@pytest.fixture
def clock() -> Clock:
    """The bank's clock."""
    return Clock(ON_MONDAY)


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank with that clock."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def stated(client: TestClient, citizen: Citizen) -> Callable[[], list[dict[str, Any]]]:
    """Give what is stated of the citizen's outcomes, read by herself."""

    def read() -> list[dict[str, Any]]:
        token = sign_in(client, citizen.account_number)
        headers = {"Authorization": f"Bearer {token}"}
        page = client.get("/api/v1/accounts/me/outcomes", headers=headers).json()
        return [one["stated"] for one in page["outcomes"]]

    return read


def sends(client: TestClient, provider: Provider, learner: object, **changes: object) -> Any:
    """Post a result."""
    body = {**RESULT, "learner": learner, **changes}
    return client.post("/api/v1/outcomes", json=body, headers=provider.headers)


@pytest.mark.parametrize(
    ("grade", "scale", "exact"),
    [
        ("81.50", "percent", "81.5"),
        ("100", "percent", "100"),
        ("通过", "none", None),
        ("81.5", "none", None),
        (None, None, None),
    ],
)
def test_a_grade_has_an_exact_value_where_its_scale_has_one(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    stated: Callable[[], list[dict[str, Any]]],
    bank: Bank,
    *,
    grade: str | None,
    scale: str | None,
    exact: str | None,
) -> None:
    """As printed it stays too; a number on no known scale is no value."""
    learner = {"account_number": citizen.account_number}
    answer = sends(client, provider, learner, grade=grade, grade_scale=scale)
    assert answer.status_code == 201, answer.text
    (fields,) = stated()
    assert (fields.get("grade"), fields.get("grade_value")) == (grade, exact)
    assert audited(bank) == []


def test_a_single_post_states_its_civil_day_and_repeated_later_it_is_the_same_result(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    clock: Clock,
    stated: Callable[[], list[dict[str, Any]]],
) -> None:
    """The day of posting is no part of what the result is."""
    learner = {"account_number": citizen.account_number}
    first = sends(client, provider, learner)
    clock.now += timedelta(days=9)
    again = sends(client, provider, learner)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert [one["posted_on"] for one in stated()] == [POSTED_ON]


def test_a_held_result_was_posted_when_it_came_and_not_when_it_was_attached(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    clock: Clock,
    stated: Callable[[], list[dict[str, Any]]],
    make_staff: Callable[..., dict[str, str]],
    bank: Bank,
) -> None:
    """A clerk's delay is not the provider's."""
    held = sends(client, provider, {"name": "示例学习者"}).json()["held"]
    clock.now += timedelta(days=9)
    checker = make_staff(provider.institution, Role.CHECKER)
    asked = {"account": citizen.account_number}
    path = f"/api/v1/held-outcomes/{held}/attachment"
    attached = client.post(path, json=asked, headers=checker)
    assert attached.status_code == 201, attached.text
    assert [one["posted_on"] for one in stated()] == [POSTED_ON]
    assert audited(bank) == []


def test_the_rows_of_a_file_were_posted_when_it_was_uploaded(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    clock: Clock,
    stated: Callable[[], list[dict[str, Any]]],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Also where a second person took days to countersign it."""
    head = make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR)
    client.put("/api/v1/batch-practice", json={"two_persons": True}, headers=head)
    content = (
        "account_number,course,term,result,awarded_on,credits\n"
        f"{citizen.account_number},BBB,2014B,Pass,2014-09-23,30\n"
    )
    headers = {**provider.headers, "Content-Type": "text/csv"}
    batch = client.post(URL, content=content.encode(), headers=headers).json()["id"]
    clock.now += timedelta(days=9)
    checker = make_staff(provider.institution, Role.CHECKER)
    client.post(f"{URL}/{batch}/countersignature", headers=checker)
    assert settled(client, batch, provider.headers)["counts"]["accepted"] == 1
    assert [one["posted_on"] for one in stated()] == [POSTED_ON]
