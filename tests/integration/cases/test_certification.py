"""Certifying definitions, as experts and citizens meet it, through the doors."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.cli.passes import create_pass
from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.imports import TableCounts
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
MakeStaff = Callable[..., dict[str, str]]


@pytest.fixture
def clerk(make_staff: MakeStaff, provider: Provider) -> dict[str, str]:
    """The provider's clerk."""
    return make_staff(provider.institution, Role.CLERK)


@pytest.fixture
def experts(make_staff: MakeStaff, bank: Bank) -> list[dict[str, str]]:
    """Four experts of the bank."""
    return [make_staff(bank.installation.institution_id, Role.EXPERT) for _ in range(4)]


def definitions(client: TestClient, provider: Provider, code: str) -> list[dict[str, Any]]:
    """Read the definitions of a code as anybody does."""
    query = {"institution": provider.institution, "code": code}
    found: list[dict[str, Any]] = client.get("/api/v1/definitions", params=query).json()[
        "definitions"
    ]
    return found


def own_outcomes(client: TestClient, citizen: Citizen) -> list[dict[str, Any]]:
    """Read a citizen's list."""
    answer = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers)
    outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
    return outcomes


def certify(
    client: TestClient, clerk: dict[str, str], experts: list[dict[str, str]], definition: str
) -> dict[str, Any]:
    """Have a definition certified from 2014 to 2016."""
    terms = {"credits": "30", "valid_from": "2014-01-01", "valid_until": "2016-12-31"}
    path = f"/api/v1/definitions/{definition}/submissions"
    submitted = client.post(path, json=terms, headers=clerk).json()
    path = f"/api/v1/certifications/{submitted['id']}"
    for expert, vote in zip(experts, ("for", "for", "against", "recused"), strict=True):
        answer = client.post(f"{path}/votes", json={"vote": vote}, headers=expert)
        assert answer.status_code == 201, answer.text
    answer = client.post(f"{path}/decision", json={"minutes": "同意认证"}, headers=experts[0])
    assert answer.status_code == 200, answer.text
    certified: dict[str, Any] = answer.json()
    return certified


def test_an_uncertified_course_is_posted_and_says_so_until_it_is_certified(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    clerk: dict[str, str],
    experts: list[dict[str, str]],
    citizen: Citizen,
    post_result: Post,
) -> None:
    """As of the day of the award: certifying it later for earlier years changes no statement."""
    posted = post_result(citizen)
    later = post_result(citizen, term="2019J", awarded_on="2019-10-01")
    before = own_outcomes(client, citizen)
    assert {one["certification"] for one in before} == {"uncertified"}
    (definition,) = definitions(client, provider, "BBB")
    assert definition["state"] == "draft"
    certified = certify(client, clerk, experts, definition["id"])
    assert certified["state"] == "certified"
    after = own_outcomes(client, citizen)
    assert [one["certification"] for one in after] == ["certified", "uncertified"]
    assert [one["stated"] for one in after] == [one["stated"] for one in before]
    path = f"/api/v1/outcomes/{posted['id']}"
    seen = client.get(path, headers=provider.headers).json()
    assert seen["certification"] == "certified"
    made = create_pass(bank, [posted["id"], later["id"]], days=9, purpose="求职")
    report = client.post("/api/v1/verify", json={"document": made.token}).json()
    shown = {one["entry_index"]: one["certification"] for one in report["content"]["outcomes"]}
    assert list(shown.values()) == ["certified", "uncertified"]
    page = client.get(f"/verify/{made.token}").text
    assert "已认证" in page
    assert "未认证" in page


def test_what_is_certified_is_public_without_the_names_of_experts(
    client: TestClient,
    provider: Provider,
    clerk: dict[str, str],
    experts: list[dict[str, str]],
    bank: Bank,
) -> None:
    """The log's document counts votes; who voted and the minutes stand behind a salted hash."""
    (definition,) = definitions(client, provider, "BBB")
    certify(client, clerk, experts, definition["id"])
    with bank.readers.reading() as connection:
        wanted = text("SELECT data FROM ledger_object WHERE media_type LIKE '%definition%'")
        document = connection.execute(wanted).scalar_one()
    told = bytes(document).decode()
    assert '"votes":{"against":1,"for":2,"recused":1}' in told
    assert "同意认证" not in told
    assert "login-" not in told


def test_the_submitter_votes_on_nothing_and_nobody_votes_twice(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    make_staff: MakeStaff,
    experts: list[dict[str, str]],
    table_counts: TableCounts,
) -> None:
    """Nor is anything decided below the quorum, by another institution, or by an API key."""
    own = bank.installation.institution_id
    both = make_staff(own, Role.CLERK, Role.EXPERT)
    (definition,) = definitions(client, provider, "BBB")
    path = f"/api/v1/definitions/{definition['id']}/submissions"
    submitted = client.post(path, json={"valid_from": "2014-01-01"}, headers=both).json()
    again = client.post(path, json={"valid_from": "2014-01-01"}, headers=both)
    assert again.json()["type"].endswith("definition-state")
    path = f"/api/v1/certifications/{submitted['id']}"
    client.post(f"{path}/votes", json={"vote": "for"}, headers=experts[0])
    stranger = make_staff(provider.institution, Role.EXPERT)
    before = table_counts()
    for who, verb, body, code in (
        (both, "votes", {"vote": "for"}, "vote-by-submitter"),
        (experts[0], "votes", {"vote": "recused"}, "vote-cast-already"),
        (experts[1], "votes", {"vote": "maybe"}, "invalid-input"),
        (experts[1], "decision", {"minutes": " "}, "invalid-input"),
        (experts[1], "decision", {"minutes": "同意"}, "quorum-missing"),
        (experts[1], "withdrawal", {"from_day": "2020-01-01", "reason": "停开"},
         "definition-state"),
        (stranger, "votes", {"vote": "for"}, "not-found"),
    ):  # fmt: skip
        answer = client.post(f"{path}/{verb}", json=body, headers=who)
        assert answer.json()["type"].endswith(code), answer.text
    assert table_counts() == before
