"""Two accounts of one person that know her by different names."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.merging import Two
from tests.fixtures.people import RESULT, Citizen
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
