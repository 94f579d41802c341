"""What a person held, and where she is enrolled, once her accounts are merged."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.merging import Two
from tests.fixtures.people import Citizen
from tests.fixtures.whose import audited
from tests.integration.cases.test_enrolment import ROW, enrol, plan, seen

NUMBER = "20230001"
FIRST = {"series": "电工", "number": "A-1", "valid_until": "2017-06-30"}
SECOND = {"series": "电工", "number": "B-7", "renews": {"series": "电工", "number": "A-1"}}

Json = dict[str, Any]


def test_a_certificate_of_the_merged_account_was_held_and_its_renewal_in_the_other_continues_it(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    open_account: Callable[..., Json],
    post_result: Callable[..., Json],
    merge: Callable[..., Any],
    part: Callable[..., Any],
    bank: Bank,
) -> None:
    """She is told so, and so is her school, by its own number for her, until they are parted."""
    opened = open_account(learner_number=NUMBER, name="示例学习者", birth_year=1958)
    two = Two(Citizen(opened["id"], opened["account_number"], ""), citizen)
    first = post_result(two.merged, course="FFF", certificate=FIRST)["id"]
    second = post_result(
        citizen, course="FFF", term="2018", awarded_on="2018-01-10", certificate=SECOND
    )["id"]

    def own(day: str) -> tuple[str, str | None]:
        path = f"/api/v1/accounts/me/holdings?definition=FFF&on={day}"
        answer = client.get(path, headers=citizen.headers).json()
        return answer["answer"], answer["outcome"]

    def asked(day: str) -> tuple[str, str | None]:
        body = {"learner": NUMBER, "definition": "FFF", "on": day}
        answer = client.post("/api/v1/holdings", json=body, headers=provider.headers).json()
        return answer["answer"], answer["outcome"]

    assert own("2016-05-01")[0] == "no"
    assert merge(two).status_code == 201
    for ask in (own, asked):
        assert ask("2016-05-01") == ("yes", first)
        assert ask("2017-09-01")[0] == "no"
        assert ask("2018-05-01") == ("yes", second)
    listed = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    assert [one["renewed_by"] for one in listed["outcomes"]] == [second, None]
    assert audited(bank) == []
    assert part(two).status_code == 201
    assert own("2016-05-01")[0] == "no"
    assert asked("2018-05-01")[0] == "no"
    listed = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    assert [one["id"] for one in listed["outcomes"]] == [second]


def test_the_enrolments_of_both_accounts_are_her_own_once_they_are_merged(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    open_account: Callable[..., Json],
    make_staff: Callable[..., dict[str, str]],
    merge: Callable[..., Any],
    part: Callable[..., Any],
    bank: Bank,
) -> None:
    """The school's next file changes the one there is; parted, each account has its own again."""
    clerk = make_staff(provider.institution, Role.CLERK)
    opened = open_account(learner_number="7", name="示例学习者", birth_year=1958)
    two = Two(Citizen(opened["id"], opened["account_number"], ""), citizen)
    plan(client, clerk)
    assert enrol(client, clerk, ROW).json()["added"] == 1
    mine = "/api/v1/accounts/me/enrolments"
    assert seen(client, citizen.headers, mine) == []
    assert merge(two).status_code == 201
    assert seen(client, citizen.headers, mine) == [("S-0007", "active", "0810")]
    assert enrol(client, clerk, ROW).json()["unchanged"] == 1
    graduated = ROW.replace("active,2023-09-01,", "graduated,2023-09-01,2026-01-10")
    assert enrol(client, clerk, graduated).json()["changed"] == 1
    assert seen(client, citizen.headers, mine) == [("S-0007", "graduated", "0810")]
    assert audited(bank) == []
    assert part(two).status_code == 201
    assert seen(client, citizen.headers, mine) == []
