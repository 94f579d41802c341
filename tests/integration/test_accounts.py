"""Accounts are opened by citizens and by institutions, and claimed by their learners."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import MetaData, select

from api.app import create_app
from creditbank.bank import Bank, open_bank
from creditbank.database import open_reading_engine
from creditbank.keystore.account_key import is_account_number
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD, Citizen, sign_in

LEARNER: dict[str, Any] = {"learner_number": "20230001", "name": "示例 学习者", "birth_year": 1958}
CLAIM: dict[str, Any] = {"name": "示例学习者", "birth_year": 1958, "password": PASSWORD}
IDENTITY_NUMBER = "11010519491231002X"


@pytest.fixture
def open_account(client: TestClient, provider: Provider) -> Callable[..., dict[str, Any]]:
    """Let the provider open an account: `open_account(name=…)`."""

    def act(**changes: object) -> dict[str, Any]:
        stated = {**LEARNER, **changes}
        answer = client.post("/api/v1/accounts", json=stated, headers=provider.headers)
        return {"status": answer.status_code, **answer.json()}

    return act


@pytest.fixture
def claim(client: TestClient) -> Callable[..., Any]:
    """Try to claim an account: `claim(code, name=…)`."""

    def act(code: str, **changes: object) -> Any:
        return client.post("/api/v1/account-claims", json={"code": code, **CLAIM, **changes})

    return act


def test_a_provider_opens_an_account_once_for_each_of_its_learners(
    open_account: Callable[..., dict[str, Any]],
) -> None:
    """The second time gives the same account, and no second claim code."""
    first, second = open_account(), open_account()

    assert (first["status"], second["status"]) == (201, 200)
    assert first["id"] == second["id"]
    assert is_account_number(first["account_number"])
    assert first["claim_code"] is not None
    assert (second["existed"], second["claim_code"]) == (True, None)


def test_a_learner_claims_her_account_with_the_code_and_a_second_fact(
    open_account: Callable[..., dict[str, Any]], claim: Callable[..., Any], client: TestClient
) -> None:
    """Case, dashes and spaces of the code do not matter, nor how the name is spaced."""
    opened = open_account()

    claimed = claim(f" {opened['claim_code'].lower().replace('-', ' ')} ")

    assert claimed.status_code == 201
    token = sign_in(client, opened["account_number"])
    me = client.get("/api/v1/accounts/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["id"], me["state"], me["name"]) == (opened["id"], "open", "示例 学习者")
    assert claim(opened["claim_code"]).status_code == 403


def test_three_wrong_tries_lock_the_code_but_not_the_account(
    open_account: Callable[..., dict[str, Any]],
    claim: Callable[..., Any],
    client: TestClient,
    provider: Provider,
) -> None:
    """The school gives out a new code, which ends the old one."""
    opened = open_account()
    for wrong in ({"name": "别人"}, {"birth_year": 1959}, {"name": "别人"}):
        assert claim(opened["claim_code"], **wrong).json()["code"] == "claim-refused"
    assert claim(opened["claim_code"]).status_code == 403

    path = f"/api/v1/accounts/{opened['id']}/claim-codes"
    new = client.post(path, headers=provider.headers).json()["claim_code"]

    assert claim(new).status_code == 201


@pytest.mark.parametrize(("days", "status"), [(179, 201), (180, 403)])
def test_a_code_lives_180_days(
    days: int,
    status: int,
    open_account: Callable[..., dict[str, Any]],
    bank: Bank,
    settings: Settings,
) -> None:
    """A letter that was lost opens nothing for ever."""
    code = open_account()["claim_code"]
    later = open_bank(settings, clock=lambda: bank.clock() + timedelta(days=days))
    with TestClient(create_app(later)) as client:
        answer = client.post("/api/v1/account-claims", json={"code": code, **CLAIM})
    later.close()

    assert answer.status_code == status


def test_a_code_that_nobody_was_given_is_refused_like_a_wrong_fact(
    claim: Callable[..., Any], open_account: Callable[..., dict[str, Any]]
) -> None:
    """An answer tells nothing about which codes there are."""
    opened = open_account()
    unknown, wrong = claim("AAAA-AAAA-AAAA-AAAA"), claim(opened["claim_code"], name="别人")
    assert unknown.json() == wrong.json()
    assert unknown.status_code == wrong.status_code == 403


def test_an_account_without_a_name_is_not_claimed_over_the_wire(
    open_account: Callable[..., dict[str, Any]], client: TestClient, provider: Provider
) -> None:
    """There is no second fact, so there is no code: she comes to the counter."""
    opened = open_account(name=None, birth_year=None)
    path = f"/api/v1/accounts/{opened['id']}/claim-codes"
    asked = client.post(path, headers=provider.headers)
    assert opened["claim_code"] is None
    assert (asked.status_code, asked.json()["code"]) == (409, "account-not-claimable")


def test_a_foreign_institution_gets_no_code_for_an_account(
    open_account: Callable[..., dict[str, Any]],
    make_provider: Callable[[str], Provider],
    client: TestClient,
) -> None:
    """Not even whether the account exists."""
    opened = open_account()
    other = make_provider("职业学校")
    for account_id in (opened["id"], "0" * 32):
        path = f"/api/v1/accounts/{account_id}/claim-codes"
        assert client.post(path, headers=other.headers).status_code == 404


def test_a_citizen_opens_her_own_account_without_any_document(citizen: Citizen) -> None:
    """It is open at once; she signs in with its number."""
    assert is_account_number(citizen.account_number)


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"name": "示例学习者"}, "password"),
        ({"password": "short"}, "password"),
        ({"password": PASSWORD, "learner_number": "1"}, "learner_number"),
        ({"password": PASSWORD, "identity_number": IDENTITY_NUMBER}, "identity_number"),
        ({"password": PASSWORD, "birth_year": 1700}, "birth_year"),
        ({"password": PASSWORD, "birth_year": "1958"}, "birth_year"),
        ({"password": PASSWORD, "name": "a\tb"}, "name"),
        ({"password": PASSWORD, "height": "180"}, "height"),
    ],
)
def test_what_is_wrong_in_an_opening_is_named(
    stated: dict[str, object], field: str, client: TestClient
) -> None:
    """And nothing is opened."""
    answer = client.post("/api/v1/accounts", json=stated)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_an_identity_number_leads_two_providers_to_one_account(
    open_account: Callable[..., dict[str, Any]],
    make_provider: Callable[[str], Provider],
    client: TestClient,
) -> None:
    """Where the name is the same; with another name nothing is attached."""
    facts = {"identity_number": IDENTITY_NUMBER, "birth_year": 1949}
    opened = open_account(**facts)
    other = make_provider("职业学校")

    def elsewhere(**changes: object) -> Any:
        stated = {**LEARNER, **facts, "learner_number": "V-1", **changes}
        return client.post("/api/v1/accounts", json=stated, headers=other.headers)

    assert elsewhere(name="别人").json()["code"] == "learner-name-differs"
    assert elsewhere(name="示例·学习者").json()["id"] == opened["id"]
    assert elsewhere(learner_number="V-1").json()["id"] == opened["id"]


@pytest.mark.parametrize(
    ("language", "remedy"), [("en", "shows the document"), ("zh", "持证件到服务网点")]
)
def test_a_known_identity_number_under_another_name_opens_nothing_and_says_what_to_do(
    open_account: Callable[..., dict[str, Any]],
    make_provider: Callable[[str], Provider],
    client: TestClient,
    bank: Bank,
    language: str,
    remedy: str,
) -> None:
    """Neither a second account nor a key of one; the number still leads to whom it led to."""
    facts = {"identity_number": IDENTITY_NUMBER, "birth_year": 1949}
    opened = open_account(**facts)
    other = make_provider("职业学校")
    headers = {**other.headers, "Accept-Language": language}
    before = accounts_and_keys(bank)
    for name in ({"name": "别人"}, {}):
        stated = {"learner_number": "V-1", **facts, **name}
        refused = client.post("/api/v1/accounts", json=stated, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "learner-name-differs")
        assert remedy in refused.json()["detail"]
        assert opened["id"] not in refused.text
        assert opened["account_number"] not in refused.text
    assert accounts_and_keys(bank) == before
    again = client.post(
        "/api/v1/accounts", json={**LEARNER, **facts, "learner_number": "V-1"}, headers=headers
    )
    assert again.json()["id"] == opened["id"]


def test_a_stranger_learns_nothing_from_an_identity_number(
    open_account: Callable[..., dict[str, Any]], client: TestClient
) -> None:
    """Whether it is known, and by which name, the answer is the same."""
    open_account(identity_number=IDENTITY_NUMBER, birth_year=1949)
    answers = [
        client.post("/api/v1/accounts", json={"password": PASSWORD, **stated})
        for stated in (
            {"identity_number": IDENTITY_NUMBER},
            {"identity_number": IDENTITY_NUMBER, "name": "别人"},
            {"identity_number": "990101190101010015"},
        )
    ]
    assert {one.status_code for one in answers} == {422}
    assert len({str(one.json()["errors"]) for one in answers}) == 1


def accounts_and_keys(bank: Bank) -> tuple[int, int, int]:
    """Count what an opening adds."""
    with bank.readers.reading() as connection:
        accounts = connection.exec_driver_sql("SELECT count(*) FROM account").scalar_one()
    with bank.keystore._engine.connect() as connection:  # noqa: SLF001 - as a thief sees it
        keys, tags = (
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("account_key", "lookup_tag")
        )
    return accounts, keys, tags


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identity_number": "110105194912310021"}, "identity_number"),
        ({"identity_number": IDENTITY_NUMBER}, "birth_year"),
    ],
)
def test_an_identity_number_is_checked_in_itself_and_against_the_year_of_birth(
    changes: dict[str, object], field: str, open_account: Callable[..., dict[str, Any]]
) -> None:
    """LEARNER was born in 1958, the number says 1949."""
    answer = open_account(**changes)
    assert answer["status"] == 422
    assert answer["errors"][0]["field"] == field


def test_no_identity_number_lies_in_clear_in_either_database(
    open_account: Callable[..., dict[str, Any]], settings: Settings
) -> None:
    """It is sealed under the learner's key; the key store has a keyed hash of it."""
    opened = open_account(identity_number=IDENTITY_NUMBER, birth_year=1949)
    stored = everything_in(settings.bank_database) + everything_in(settings.key_database)
    assert opened["id"].encode() in stored
    for personal in (IDENTITY_NUMBER, str(LEARNER["name"]), opened["account_number"]):
        assert personal.encode() not in stored


def everything_in(url: str) -> bytes:
    """Give every value of every table of a database, one after the other."""
    engine = open_reading_engine(url)
    metadata = MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection)
        tables = metadata.sorted_tables
        rows = [row for table in tables for row in connection.execute(select(table))]
    engine.dispose()
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )
