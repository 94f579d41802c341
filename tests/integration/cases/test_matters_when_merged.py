"""What a person had asked for, and what waited for a second person, at a merge."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.evidence import hand_in
from tests.fixtures.merging import Two
from tests.fixtures.people import RESULT, Citizen
from tests.fixtures.whose import account_of, audited, held_list

ME = "/api/v1/accounts/me"

Act = Callable[..., Any]
Headers = dict[str, str]


@pytest.fixture
def file(client: TestClient, provider: Provider) -> Act:
    """File a matter: `file(citizen, "certification", deposit=…)` gives the answer."""

    def act(citizen: Citizen, kind: str = "missing_result", **asked: object) -> Any:
        missing = {"course": "BBB", "term": "2014B", "text": "未见成绩"}
        body = {"kind": kind, "institution": provider.institution}
        body |= missing if kind == "missing_result" else asked
        return client.post(f"{ME}/matters", json=body, headers=citizen.headers)

    return act


@pytest.fixture
def deposit(client: TestClient) -> Callable[[Citizen], str]:
    """Keep an outcome as declared by its citizen; gives its id."""

    def act(citizen: Citizen) -> str:
        body = {
            "title": "社区摄影班结业",
            "awarding_body": "示例社区学校",
            "awarded_on": "2014-09",
            "evidence": [hand_in(client, citizen)],
        }
        answer = client.post(f"{ME}/deposits", json=body, headers=citizen.headers)
        kept: str = answer.json()["id"]
        return kept

    return act


@pytest.fixture
def decide(client: TestClient, checker: Headers) -> Act:
    """Decide a matter as its institution; gives the answer."""

    def act(matter: str, decision: str, **more: object) -> Any:
        body = {"decision": decision, "text": "与存档一致", **more}
        return client.post(f"/api/v1/matters/{matter}/decision", json=body, headers=checker)

    return act


def states(client: TestClient, citizen: Citizen) -> dict[str, str]:
    """Give the state of each matter that a citizen lists, newest first."""
    listed = client.get(f"{ME}/matters", headers=citizen.headers).json()["matters"]
    return {one["id"]: one["state"] for one in listed}


def test_she_lists_answers_and_withdraws_what_either_account_asked_for(
    client: TestClient,
    two: Two,
    file: Act,
    decide: Act,
    merge: Act,
    part: Act,
    bank: Bank,
) -> None:
    """Whether it was returned before or after; parted, each has its own again."""
    returned, open_, own = (
        file(one).json()["id"] for one in (two.merged, two.merged, two.survivor)
    )
    assert decide(returned, "returned").status_code == 201
    assert merge(two).status_code == 201
    assert list(states(client, two.survivor).items()) == [
        (own, "open"), (open_, "open"), (returned, "returned"),
    ]  # fmt: skip
    path, headers = f"{ME}/matters", two.survivor.headers
    answered = client.post(f"{path}/{returned}/answer", json={"text": "见附件"}, headers=headers)
    assert (answered.status_code, answered.json()["state"]) == (201, "open"), answered.text
    withdrawn = client.post(f"{path}/{open_}/withdrawal", headers=headers)
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (201, "withdrawn")
    assert decide(returned, "refused", code="not-found-in-records").status_code == 201
    told = client.get(f"{ME}/notices", headers=headers).json()["notices"]
    assert "matter-refused" in {one["subject"] for one in told}
    assert audited(bank) == []
    assert part(two).status_code == 201
    assert states(client, two.survivor) == {own: "open"}
    assert states(client, two.merged) == {open_: "withdrawn", returned: "refused"}
    hidden = client.post(f"{path}/{open_}/withdrawal", headers=headers)
    assert hidden.status_code == 404


def test_what_the_merged_account_asked_for_is_attested_and_recorded_in_the_other(
    client: TestClient,
    two: Two,
    file: Act,
    deposit: Callable[[Citizen], str],
    decide: Act,
    checker: Headers,
    merge: Act,
    part: Act,
    bank: Bank,
) -> None:
    """A deposit of either may be attested; whoever decides opens its evidence."""
    kept = deposit(two.merged)
    asked = file(two.merged, "certification", deposit=kept).json()["id"]
    later = deposit(two.merged)
    assert merge(two).status_code == 201
    first = decide(asked, "attested", result=RESULT)
    assert (first.status_code, first.json()["state"]) == (201, "attested"), first.text
    assert account_of(bank, first.json()["outcome"]) == two.survivor.id
    again = file(two.survivor, "certification", deposit=later)
    assert again.status_code == 201, again.text
    listed = client.get(f"{ME}/matters", headers=two.survivor.headers).json()["matters"]
    [piece] = next(one["evidence"] for one in listed if one["id"] == later)
    path = f"/api/v1/matters/{again.json()['id']}/evidence/{piece}"
    assert client.get(path, headers=checker).status_code == 200
    second = decide(again.json()["id"], "attested", result={**RESULT, "term": "2015B"})
    assert second.status_code == 201, second.text
    assert set(states(client, two.survivor).values()) == {"attested"}
    assert len(states(client, two.survivor)) == 4
    assert audited(bank) == []
    assert part(two).status_code == 201
    assert account_of(bank, second.json()["outcome"]) == two.survivor.id
    assert audited(bank) == []


def test_a_deposit_that_is_no_more_hers_is_left_as_it_is(
    client: TestClient,
    two: Two,
    file: Act,
    deposit: Callable[[Citizen], str],
    decide: Act,
    merge: Act,
    part: Act,
    bank: Bank,
) -> None:
    """It was asked about while the accounts were one, and decided when they were parted."""
    assert merge(two).status_code == 201
    assert part(two).status_code == 201
    kept = deposit(two.merged)
    assert file(two.survivor, "certification", deposit=kept).status_code == 422
    assert merge(two).status_code == 201
    asked = file(two.survivor, "certification", deposit=kept).json()["id"]
    assert part(two).status_code == 201
    assert decide(asked, "attested", result=RESULT).status_code == 201
    assert states(client, two.survivor) == {asked: "attested"}
    assert states(client, two.merged) == {kept: "stored"}
    assert audited(bank) == []


@pytest.mark.parametrize("refused_because", [None, "档案中无此人"])
def test_a_back_entry_that_waited_at_the_merge_is_checked_in_the_account_that_goes_on(
    client: TestClient,
    provider: Provider,
    two: Two,
    make_staff: Callable[..., Headers],
    checker: Headers,
    merge: Act,
    bank: Bank,
    refused_because: str | None,
) -> None:
    """Or refused with a reason, which the staff read."""
    clerk = make_staff(provider.institution, Role.CLERK)
    body = {
        **RESULT,
        "learner": {"account_number": two.merged.account_number},
        "archive_reference": "1998-1",
    }
    entered = client.post("/api/v1/back-entries", json=body, headers=clerk)
    assert entered.status_code == 201, entered.text
    assert merge(two).status_code == 201
    path = f"/api/v1/back-entries/{entered.json()['id']}"
    checked = client.post(
        f"{path}/check", json={"refused_because": refused_because}, headers=checker
    )
    assert checked.status_code == 201, checked.text
    if refused_because is None:
        assert account_of(bank, checked.json()["outcome"]) == two.survivor.id
    assert client.get(path, headers=checker).json()["reason"] == refused_because
    assert audited(bank) == []


def test_a_held_result_is_attached_by_the_opaque_id_of_the_merged_account_too(
    client: TestClient,
    two: Two,
    post_row: Act,
    checker: Headers,
    merge: Act,
    bank: Bank,
) -> None:
    """As by its number: it is recorded in the account that goes on."""
    assert post_row({"name": "示例学习者"}).status_code == 202
    assert merge(two).status_code == 201
    [held] = held_list(client, checker)
    path = f"/api/v1/held-outcomes/{held['id']}/attachment"
    attached = client.post(path, json={"account": two.merged.id}, headers=checker)
    assert attached.status_code == 201, attached.text
    assert account_of(bank, attached.json()["id"]) == two.survivor.id
    assert audited(bank) == []
