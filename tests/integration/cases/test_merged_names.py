"""Two accounts of one person that know her by different names."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.learners.known_names import recorded_names
from tests.fixtures.bank import Provider
from tests.fixtures.merging import Two
from tests.fixtures.people import RESULT, Citizen
from tests.fixtures.tampering import Change, Operator
from tests.fixtures.whose import audited, names_of


def test_every_name_of_the_merged_account_finds_her_in_the_other_until_they_are_parted(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    merge: Callable[..., Any],
    part: Callable[..., Any],
    bank: Bank,
) -> None:
    """The school knew her by the name of before her marriage, and by a number of its own."""
    stated = {"learner_number": "20230001", "name": "婚前姓名", "birth_year": 1958}
    opened = client.post("/api/v1/accounts", json=stated, headers=provider.headers).json()
    two = Two(Citizen(opened["id"], opened["account_number"], ""), citizen)

    def post(term: str, **learner: str) -> int:
        body = {**RESULT, "term": term, "learner": learner}
        return client.post("/api/v1/outcomes", json=body, headers=provider.headers).status_code

    by_number = {"account_number": citizen.account_number}
    assert post("2012B", **by_number, name="婚前姓名") == 202
    assert merge(two).status_code == 201
    assert post("2013B", learner_number="20230001", name="婚前姓名") == 201
    assert post("2013J", learner_number="20230001", name="示例学习者") == 201
    assert post("2014B", **by_number, name="婚前姓名") == 201
    assert names_of(client, citizen) == ["示例学习者", "婚前姓名"]
    assert audited(bank) == []
    assert part(two).status_code == 201
    assert names_of(client, citizen) == ["示例学习者"]
    assert post("2014J", **by_number, name="婚前姓名") == 202
    assert post("2015B", learner_number="20230001", name="示例学习者") == 202
    assert post("2015J", learner_number="20230001", name="婚前姓名") == 201
    assert audited(bank) == []


def opened_as(open_account: Callable[..., dict[str, Any]], number: str, name: str) -> Citizen:
    """Let the school open an account."""
    opened = open_account(learner_number=number, name=name, birth_year=1958)
    return Citizen(opened["id"], opened["account_number"], "")


def test_a_name_that_a_document_printed_while_a_merge_stood_stays_when_it_is_undone(
    client: TestClient,
    citizen: Citizen,
    clerk: dict[str, str],
    open_account: Callable[..., dict[str, Any]],
    merge: Callable[..., Any],
    part: Callable[..., Any],
) -> None:
    """The document was hers, whoever else had the name before."""
    two = Two(opened_as(open_account, "20230001", "婚前姓名"), citizen)
    assert merge(two).status_code == 201
    seen = {
        "type": "passport", "country": "FRA", "number": "98ZY76543", "name": "婚前姓名",
        "checked": "original_seen",
    }  # fmt: skip
    path = f"/api/v1/accounts/{citizen.id}/documents"
    assert client.post(path, json=seen, headers=clerk).status_code == 201
    assert part(two).status_code == 201
    assert names_of(client, citizen) == ["示例学习者", "婚前姓名"]


def test_a_name_that_two_merged_accounts_share_stays_until_both_are_parted(
    client: TestClient,
    citizen: Citizen,
    open_account: Callable[..., dict[str, Any]],
    merge: Callable[..., Any],
    part: Callable[..., Any],
) -> None:
    """And one that she only reported herself keeps nothing from joining."""
    reported = {"name": "婚前姓名"}
    path = "/api/v1/accounts/me/reported-names"
    assert client.post(path, json=reported, headers=citizen.headers).status_code == 201
    numbers = ("20230001", "20230002")
    first, second = (Two(opened_as(open_account, one, "婚前姓名"), citizen) for one in numbers)
    assert merge(first).status_code == 201
    assert merge(second).status_code == 201
    assert part(first).status_code == 201
    identity = client.get("/api/v1/accounts/me/identity", headers=citizen.headers).json()
    assert {"kind": "printed", "name": "婚前姓名", "from_day": None} in identity["names"]
    assert part(second).status_code == 201
    identity = client.get("/api/v1/accounts/me/identity", headers=citizen.headers).json()
    assert [one["kind"] for one in identity["names"]] == ["printed", "reported"]


def test_a_name_of_an_account_that_is_not_merged_is_found_by_the_audit(
    bank: Bank,
    citizen: Citizen,
    open_account: Callable[..., dict[str, Any]],
    merge: Callable[..., Any],
) -> None:
    """As is one whose seal was changed."""
    two = Two(opened_as(open_account, "20230001", "婚前姓名"), citizen)
    assert merge(two).status_code == 201
    with bank.readers.reading() as connection:
        [name] = recorded_names(connection, [citizen.id])
    operator = Operator(bank)
    changes = {
        "its seal does not open": Change("account_name", "sealed_name", f"id = '{name.id}'"),
        "it came with an account that is not merged into this": Change(
            "account", "merged_into", f"id = '{two.merged.id}'"
        ),
    }
    for problem, change in changes.items():
        with operator.changed(change):
            found = [str(one) for one in audited(bank)]
            assert [one for one in found if "account_name" in one and problem in one]
    operator.close()
    assert audited(bank) == []
