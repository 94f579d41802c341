"""Institutions renamed, merged, split; a region abolished; a clerk outside her subtree."""

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.people import RESULT

CHINESE = re.compile("[\u4e00-\u9fff]")
Headers = dict[str, str]
Staff = Callable[..., Headers]
Change = Callable[..., httpx2.Response]


@pytest.fixture
def change(client: TestClient, administrator: Headers) -> Change:
    """Let the bank's administrator change an institution: `change(id, act="closed", …)`."""

    def send(institution: str, headers: Headers | None = None, **body: object) -> httpx2.Response:
        url = f"/api/v1/institutions/{institution}/changes"
        return client.post(url, json=body, headers=headers or administrator)

    return send


def post(client: TestClient, provider: Provider, **changes: object) -> httpx2.Response:
    """Post a result."""
    body = {**RESULT, "learner": "7", **changes}
    return client.post("/api/v1/outcomes", json=body, headers=provider.headers)


def stated(client: TestClient, provider: Provider, outcome: str) -> Any:
    """Give what an outcome states."""
    return client.get(f"/api/v1/outcomes/{outcome}", headers=provider.headers).json()["stated"]


def require_sound(bank: Bank) -> None:
    """Require that the full audit finds nothing."""
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert not report.findings


def test_a_renamed_institution_prints_the_name_of_the_day_of_the_award(
    bank: Bank, client: TestClient, provider: Provider, change: Change
) -> None:
    """The paper of 2014 names the university of 2014, whenever it is posted."""
    renamed = change(provider.institution, act="renamed", since="2015-06-21", name="国家开放大学")
    assert renamed.status_code == 201, renamed.text
    old = post(client, provider, awarded_on="2014-09-23").json()["id"]
    new = post(client, provider, term="2016B", awarded_on="2016-09-23").json()["id"]
    assert stated(client, provider, old)["provider"] == "开放大学"
    assert stated(client, provider, new)["provider"] == "国家开放大学"
    url = f"/api/v1/institutions/{provider.institution}"
    assert client.get(url, params={"on": "2015-06-20"}).json()["name"] == "开放大学"
    assert client.get(url, params={"on": "2015-06-21"}).json()["name"] == "国家开放大学"
    require_sound(bank)


def test_a_merged_institution_keeps_its_past_and_posts_nothing_later(
    bank: Bank,
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    change: Change,
) -> None:
    """Its results stay, its successor reads them, and its key opens nothing new."""
    successor = make_provider("职业大学")
    old = post(client, provider, awarded_on="2014-09-23").json()["id"]
    hidden = client.get(f"/api/v1/outcomes/{old}", headers=successor.headers)
    merged = change(
        provider.institution,
        act="merged",
        since="2015-08-31",
        successors=[successor.institution],
    )
    assert merged.status_code == 201, merged.text
    late = post(client, provider, term="2015A", awarded_on="2015-08-31")
    too_late = post(client, provider, term="2015B", awarded_on="2015-09-01")
    opened = client.post("/api/v1/accounts", json={"learner_number": "9"}, headers=provider.headers)
    assert hidden.status_code == 404
    assert stated(client, successor, old)["provider"] == "开放大学"
    assert late.status_code == 201, late.text
    assert too_late.status_code == 422
    assert too_late.json()["errors"][0]["field"] == "awarded_on"
    assert "2015-08-31" in too_late.text
    assert (opened.status_code, opened.json()["type"].rpartition("/")[2]) == (
        409,
        "institution-ended",
    )
    shown = client.get(f"/api/v1/institutions/{provider.institution}").json()
    assert (shown["ended"], shown["successors"]) == ("2015-08-31", [successor.institution])
    require_sound(bank)


def test_a_split_institution_lists_its_successors(
    bank: Bank,
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    change: Change,
) -> None:
    """Each goes on under its own id; the tree of the days before is as it was."""
    heirs = [make_provider(name).institution for name in ("东校", "西校")]
    assert (
        change(
            provider.institution, act="split", since="2020-08-31", successors=heirs[:1]
        ).status_code
        == 422
    )
    split = change(provider.institution, act="split", since="2020-08-31", successors=heirs)
    assert split.status_code == 201, split.text
    url = f"/api/v1/institutions/{provider.institution}"
    assert client.get(url).json()["successors"] == heirs
    assert client.get(url, params={"on": "2020-08-31"}).json()["ended"] is None
    require_sound(bank)


def test_an_abolished_region_code_is_registered_with_a_warning_and_stays_readable(
    bank: Bank, client: TestClient, administrator: Headers
) -> None:
    """A school of Nanhui was one; the list's year is said, and an unknown code is no fault."""
    answers = [
        client.post(
            "/api/v1/institutions",
            json={"kind": "provider", "name": "学校", "region": region, "since": "1990-09-01"},
            headers=administrator,
        )
        for region in ("310119", "990101", "310115", "黄浦")
    ]
    assert [one.status_code for one in answers] == [201, 201, 201, 422]
    warnings = [one.json()["warnings"] for one in answers[:3]]
    assert "南汇区" in warnings[0][0]
    assert "310115" in warnings[0][0]
    assert "2023" in warnings[1][0]
    assert warnings[2] == []
    nanhui = answers[0].json()["institution"]
    shown = client.get(f"/api/v1/institutions/{nanhui}").json()
    assert (shown["region"], shown["region_name"]) == ("310119", "南汇区")
    read = client.get("/api/v1/codes/regions/310119").json()
    assert (read["abolished"], read["merged_into"], read["list_year"]) == (2009, "310115", 2023)
    require_sound(bank)


def test_a_clerk_outside_her_subtree_finds_nothing(
    bank: Bank,
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    make_staff: Staff,
    change: Change,
) -> None:
    """A clerk above reads and takes back; one beside or below is answered as of nothing."""
    above, beside, below = (make_provider(one).institution for one in ("上级", "旁系", "下级"))
    since = {"act": "moved", "since": "2010-01-01"}
    assert change(provider.institution, parent=above, **since).status_code == 201
    assert change(below, parent=provider.institution, **since).status_code == 201
    outcome = post(client, provider).json()["id"]
    url = f"/api/v1/outcomes/{outcome}"
    reason = {"status": "void", "reason": "登记有误"}
    unknown = client.get("/api/v1/outcomes/none", headers=make_staff(beside, Role.CLERK)).json()
    for institution in (beside, below):
        clerk = make_staff(institution, Role.CLERK)
        read = client.get(url, headers=clerk)
        assert (read.status_code, read.json()["type"]) == (404, unknown["type"])
        assert client.post(f"{url}/revocation", json=reason, headers=clerk).status_code == 404
    clerk = make_staff(above, Role.CLERK)
    assert client.get(url, headers=clerk).status_code == 200
    assert client.post(f"{url}/revocation", json=reason, headers=clerk).status_code == 201
    require_sound(bank)


def test_an_administrator_changes_her_subtree_and_nothing_beside_or_above(
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    make_staff: Staff,
    change: Change,
) -> None:
    """What she may not touch is not found, and nothing changes."""
    above, below = make_provider("上级").institution, make_provider("下级").institution
    moved = {"act": "moved", "since": "2010-01-01"}
    assert change(provider.institution, parent=above, **moved).status_code == 201
    assert change(below, parent=provider.institution, **moved).status_code == 201
    her = make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR)
    renamed = {"act": "renamed", "since": "2024-01-01", "name": "新校名"}
    assert change(above, headers=her, **renamed).status_code == 404
    assert change(below, headers=her, **renamed).status_code == 201
    assert change(below, headers=her, act="moved", since="2024-01-01").status_code == 422
    assert change(provider.institution, headers=her, parent=below, **moved).status_code == 409
    assert client.get(f"/api/v1/institutions/{above}").json()["name"] == "上级"
    orphan = {"kind": "provider", "name": "学校"}
    refused = client.post("/api/v1/institutions", json=orphan, headers=her)
    assert refused.json()["errors"][0]["field"] == "parent"


WRONG: dict[str, dict[str, Any]] = {
    "name": {"act": "renamed", "since": "2024-01-01"},
    "since": {"act": "renamed", "since": "2024-1-1", "name": "校"},
    "act": {"act": "flown", "since": "2024-01-01"},
    "uscc": {"act": "coded", "since": "2024-01-01", "uscc": "91350100M000100Y4Z"},
    "region": {"act": "relocated", "since": "2024-01-01", "region": "上海"},
    "parent": {"act": "moved", "since": "2024-01-01", "parent": "nowhere"},
    "successors": {"act": "merged", "since": "2024-01-01", "successors": ["nowhere"]},
}


def test_a_wrong_change_names_its_field_in_both_languages_and_changes_nothing(
    client: TestClient, provider: Provider, administrator: Headers, change: Change
) -> None:
    """The remedy stands beside the field."""
    for language in ("en", "zh"):
        headers = {**administrator, "Accept-Language": language}
        for field, body in WRONG.items():
            refused = change(provider.institution, headers=headers, **body)
            assert refused.status_code == 422
            told = {one["field"]: one["detail"] for one in refused.json()["errors"]}
            assert bool(CHINESE.search(told[field])) == (language == "zh")
    assert client.get(f"/api/v1/institutions/{provider.institution}").json()["history"] == []


def test_staff_have_the_rights_of_their_roles_until_these_are_taken_away(
    client: TestClient, provider: Provider, administrator: Headers
) -> None:
    """The password is shown once; a change of roles ends the tokens that had more."""
    body = {"name": "clerk-1", "institution": provider.institution, "roles": ["clerk"]}
    added = client.post("/api/v1/staff", json=body, headers=administrator)
    assert added.status_code == 201, added.text
    form = {
        "grant_type": "password",
        "username": "clerk-1",
        "password": added.json()["password"],
    }
    token = client.post("/api/v1/token", data=form).json()
    assert "outcomes:write" in token["scope"]
    clerk = {"Authorization": f"Bearer {token['access_token']}"}
    url = f"/api/v1/staff/{added.json()['id']}"
    changed = client.put(f"{url}/roles", json={"roles": ["auditor"]}, headers=administrator)
    assert changed.json()["roles"] == ["auditor"]
    assert client.get("/api/v1/staff", headers=clerk).status_code == 401
    again = client.post("/api/v1/token", data=form).json()
    assert set(again["scope"].split()) == {"audit:read", "outcomes:read"}
    assert client.delete(url, headers=administrator).status_code == 204
    assert client.post("/api/v1/token", data=form).status_code in {400, 401}
    listed = client.get("/api/v1/staff", headers=administrator).json()["staff"]
    assert [one["disabled"] for one in listed if one["name"] == "clerk-1"] == [True]


def test_staff_is_named_by_known_roles_of_ones_own_subtree_only(
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    make_staff: Staff,
) -> None:
    """No role reaches beyond the tree of whoever gives it."""
    her = make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR)
    beside = make_provider("旁系").institution
    body = {"name": "clerk-2", "institution": beside, "roles": ["clerk"]}
    assert client.post("/api/v1/staff", json=body, headers=her).status_code == 404
    own = {**body, "institution": provider.institution}
    unknown = client.post("/api/v1/staff", json={**own, "roles": ["king"]}, headers=her)
    assert unknown.json()["errors"][0]["field"] == "roles"
    listed = client.get("/api/v1/staff", headers=her).json()["staff"]
    assert {one["institution"] for one in listed} == {provider.institution}
    mine = listed[0]["id"]
    assert client.delete(f"/api/v1/staff/{mine}", headers=her).status_code == 409
