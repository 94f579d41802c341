"""Rows that others posted of somebody who is erased: they lie beside her account, and go too."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.batch_reports import refused_rows
from creditbank.bank import Bank
from creditbank.outcomes.batches.find import find_batches
from creditbank.outcomes.held_rows import every_hold
from tests.fixtures.bank import Provider
from tests.fixtures.endings import ask, erase
from tests.fixtures.people import PASSWORD, Citizen, sign_in
from tests.fixtures.whose import HEADER, Post, audited, held_list, upload

NUMBER, PASSPORT = "学号-77-特别", "12AB34567"


@pytest.fixture
def hers(client: TestClient, citizen: Citizen, clerk: dict[str, str]) -> Citizen:
    """A citizen who showed a passport."""
    seen = {
        "type": "passport", "country": "FRA", "number": PASSPORT,
        "name": "示例学习者", "checked": "original_seen",
    }  # fmt: skip
    path = f"/api/v1/accounts/{citizen.id}/documents"
    assert client.post(path, json=seen, headers=clerk).status_code == 201
    return citizen


def said(bank: Bank, *batches: str) -> Iterator[str]:
    """Give whatever the bank can still open of rows that are held or were refused."""
    with bank.readers.reading() as connection:
        holds = list(every_hold(connection))
        stored = find_batches(connection, batches)
    keys = bank.keystore.get({one.key_id for one in holds})
    for hold in holds:
        if hold.sealed_row:
            yield from hold.fields(keys[hold.key_id]).values()
    for batch in stored.values():
        for row in refused_rows(bank, batch):
            yield from row.cells


def test_what_names_her_by_a_number_is_searched_and_removed(
    bank: Bank,
    client: TestClient,
    provider: Provider,
    checker: dict[str, str],
    post_row: Post,
    hers: Citizen,
) -> None:
    """Held or refused, posted alone or in a file; rows of others stay as they are."""
    number = hers.account_number
    document = {"type": "passport", "country": "FRA", "number": PASSPORT}
    for learner in ({"account_number": number}, {"document": document}):
        assert post_row({**learner, "name": "误写之名"}).status_code == 202
    rows = (
        "account_number,learner_name,course,term,result,credits,awarded_on\n"
        f"{number},误写之名,BBB,2015B,Pass,30,2015-09\n"
        f"{number},示例学习者,NONE,2015B,Pass,30,2015-09\n"
        ",旁人甲,BBB,2015B,Pass,30,2015-09\n"
        ",旁人乙,NONE,2015B,Pass,30,2015-09\n"
    )
    batch = upload(client, provider, rows.encode(), "utf-8")
    assert (batch["counts"]["held"], batch["counts"]["rejected"]) == (2, 2)
    before = set(said(bank, batch["id"]))
    assert {number, PASSPORT, "误写之名", "旁人甲", "旁人乙"} <= before

    assert ask(client, "POST", "erasure", hers).status_code == 201
    assert erase(bank) == 1

    after = set(said(bank, batch["id"]))
    assert {"旁人甲", "旁人乙"} <= after
    assert not {number, PASSPORT, "误写之名", "示例学习者"} & after
    assert [one["stated"]["learner_name"] for one in held_list(client, checker)] == ["旁人甲"]
    again = client.get(f"/api/v1/outcome-batches/{batch['id']}", headers=provider.headers).json()
    assert again["counts"] == batch["counts"]
    report = client.get(f"/api/v1/outcome-batches/{batch['id']}/rejected", headers=provider.headers)
    assert report.status_code == 200
    assert number not in report.text
    assert "旁人乙" in report.text
    assert audited(bank) == []


def test_a_provider_s_own_number_is_hers_at_that_provider(
    bank: Bank,
    client: TestClient,
    provider: Provider,
    open_account: Callable[..., dict[str, Any]],
) -> None:
    """By it the account was opened; a row of another number stays."""
    opened = open_account(learner_number=NUMBER, name="极罕见姓名甲", birth_year=1958)
    claim = {
        "code": opened["claim_code"], "name": "极罕见姓名甲", "birth_year": 1958,
        "password": PASSWORD,
    }  # fmt: skip
    assert client.post("/api/v1/account-claims", json=claim).is_success
    token = sign_in(client, opened["account_number"])
    hers = Citizen(opened["id"], opened["account_number"], token)
    rows = (
        f"{NUMBER},极罕见姓名甲,NONE,2015B,Pass,30,2015-09\nX-1,旁人,NONE,2015B,Pass,30,2015-09\n"
    )
    batch = upload(client, provider, (HEADER + rows).encode(), "utf-8")
    assert batch["counts"]["rejected"] == 2
    assert ask(client, "POST", "erasure", hers).status_code == 201
    assert erase(bank) == 1
    left = set(said(bank, batch["id"]))
    assert not {NUMBER, "极罕见姓名甲"} & left
    assert "旁人" in left
    assert audited(bank) == []
