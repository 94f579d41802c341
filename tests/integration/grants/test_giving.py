"""A citizen lets a named employer look at what she chooses, until when, and sees each look."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.grants import GRANTS, HELD, Granting
from tests.fixtures.people import Citizen
from tests.fixtures.tampering import Operator

Post = Callable[..., dict[str, Any]]


def test_an_employer_sees_what_a_pass_over_the_same_would_show(
    granting: Granting, post_result: Post, client: TestClient, citizen: Citizen, bank: Bank
) -> None:
    """The same claims, checks and evidence; and how each outcome stands."""
    outcomes = [post_result(citizen)["id"], post_result(citizen, term="2013J")["id"]]
    choice = {"shown": ["credits"], "show_name": True, "purpose": "复核"}
    grant = granting.give(*outcomes, **choice)
    until = (bank.clock() + timedelta(days=90)).isoformat()
    body = {"outcomes": outcomes, "expires_at": until, **choice}
    made = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    by_pass = client.post("/api/v1/verify", json={"document": made["token"]}).json()

    seen = granting.look(grant)
    report = seen["report"]
    assert (seen["state"], report["verdict"]) == ("live", "valid")
    assert report["checks"] == by_pass["checks"]
    assert report["content"]["outcomes"] == by_pass["content"]["outcomes"]
    assert report["content"]["holder"] == "示例学习者"
    assert report["content"]["audience"] == "示例用人单位"
    assert [one["disclosures"] for one in report["evidence"]] == [
        one["disclosures"] for one in by_pass["evidence"]
    ]
    assert [one["status"] for one in seen["outcomes"]] == ["active", "active"]
    assert seen["changed"] is False


def test_she_sees_each_look_and_a_list_is_none(
    granting: Granting, post_result: Post, client: TestClient, citizen: Citizen
) -> None:
    """In a list no outcome is shown: only whose it is, where she says so, and what for."""
    grant = granting.give(post_result(citizen)["id"], show_name=True)
    (held,) = client.get(HELD, headers=granting.employer.headers).json()["grants"]
    assert (held["holder"], held["purpose"], held["outcomes"]) == ("示例学习者", "在职期间复核", 1)
    assert held["last_looked_at"] is None
    assert granting.looks(grant) == []
    for _ in range(2):
        granting.look(grant)
    assert [one["verdict"] for one in granting.looks(grant)] == ["valid", "valid"]
    given = granting.given(grant)
    assert (given["looks"], given["last_looked_at"]) == (2, granting.looks(grant)[0]["at"])
    assert given["employer_name"] == "示例用人单位"
    one = client.get(f"{GRANTS}/{grant}", headers=citizen.headers).json()
    assert one == given


def test_a_grant_to_another_employer_is_not_found(
    granting: Granting,
    post_result: Post,
    client: TestClient,
    citizen: Citizen,
    provider: Provider,
    bank: Bank,
    make_employer: Callable[..., Provider],
    make_staff: Callable[..., dict[str, str]],
    make_citizen: Callable[[], Citizen],
) -> None:
    """Not by the school that posted it, not by the bank's director; her own staff find it."""
    grant = granting.give(post_result(citizen)["id"])
    director = make_staff(bank.installation.institution_id, Role.DIRECTOR)
    for headers in (make_employer("另一用人单位").headers, provider.headers, director):
        answer = client.get(f"{HELD}/{grant}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "grant-unknown")
        assert client.get(HELD, headers=headers).json()["grants"] == []
    clerk = make_staff(granting.employer.institution, Role.CLERK)
    assert client.get(f"{HELD}/{grant}", headers=clerk).json()["state"] == "live"
    checker = make_staff(granting.employer.institution, Role.CHECKER)
    assert client.get(f"{HELD}/{grant}", headers=checker).status_code == 403
    other = make_citizen().headers
    for method, path in (("GET", ""), ("GET", "/looks"), ("DELETE", "")):
        answer = client.request(method, f"{GRANTS}/{grant}{path}", headers=other)
        assert answer.json()["code"] == "grant-unknown"
    assert len(granting.looks(grant)) == 1


def test_a_list_leads_on_where_there_are_more(
    granting: Granting, post_result: Post, client: TestClient, citizen: Citizen
) -> None:
    """By the id of the last."""
    outcome = post_result(citizen)["id"]
    given = {granting.give(outcome) for _ in range(3)}
    path, found = f"{HELD}?limit=2", []
    while path:
        page = client.get(path, headers=granting.employer.headers).json()
        found += [one["id"] for one in page["grants"]]
        path = page["next"]
    assert found == sorted(given)


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"employer": "inst-nobody"}, "employer"),
    ({"employer": None}, "employer"),
    ({"expires_at": "2020-01-01T00:00:00+08:00"}, "expires_at"),
    ({"expires_at": "2099-01-01T00:00:00+08:00"}, "expires_at"),
    ({"expires_at": "2027-01-01T00:00:00"}, "expires_at"),
    ({"shown": ["account_number"]}, "shown"),
    ({"purpose": ""}, "purpose"),
    ({"purpose": " 复核"}, "purpose"),
    ({"purpose": "a\x00b"}, "purpose"),
    ({"outcomes": []}, "outcomes"),
    ({"outcomes": ["1"] * 51}, "outcomes"),
    ({"pin": "1234"}, "pin"),
)


def test_what_is_wrong_in_a_request_is_named(
    granting: Granting, post_result: Post, citizen: Citizen
) -> None:
    """And no grant is given."""
    outcome = post_result(citizen)["id"]
    for changes, field in WRONG:
        answer = granting.ask(outcome, **changes)
        named = [one["field"] for one in answer.json().get("errors", ())]
        assert (answer.status_code, named) == (422, [field]), changes
    listed = granting.client.get(GRANTS, headers=citizen.headers).json()
    assert listed == {"grants": []}


def test_only_a_registered_employer_is_granted_anything_for_days_up_to_three_years(
    granting: Granting, post_result: Post, citizen: Citizen, provider: Provider, bank: Bank
) -> None:
    """A school is none; one day is what a pass is for."""
    outcome = post_result(citizen)["id"]
    refused = granting.ask(outcome, employer=provider.institution).json()
    assert refused["errors"][0]["code"] == "employer-unknown"
    for days, status in ((1, 422), (2, 201), (1096, 201), (1097, 422)):
        until = (bank.clock() + timedelta(days=days, seconds=-1 if days > 2 else 0)).isoformat()
        assert granting.ask(outcome, expires_at=until).status_code == status, days


def test_a_grant_shows_standing_outcomes_of_its_own_learner_only(
    granting: Granting,
    post_result: Post,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    client: TestClient,
    provider: Provider,
) -> None:
    """As a pass does; each once."""
    foreign = post_result(make_citizen())["id"]
    void, good = post_result(citizen)["id"], post_result(citizen, term="2013J")["id"]
    client.post(
        f"/api/v1/outcomes/{void}/revocation",
        json={"status": "void", "reason": "录错人"},
        headers=provider.headers,
    )
    for outcome in (foreign, void, "0" * 32):
        assert granting.ask(good, outcome).json()["code"] == "pass-outcomes-wrong"
    assert granting.ask(good, good).json()["errors"][0]["field"] == "outcomes"


def test_a_request_that_is_repeated_gives_one_grant(
    granting: Granting, post_result: Post, citizen: Citizen
) -> None:
    """The second answer is the first."""
    named = {**citizen.headers, "Idempotency-Key": "one"}
    body = {
        "employer": granting.employer.institution,
        "outcomes": [post_result(citizen)["id"]],
        "expires_at": (granting.bank.clock() + timedelta(days=9)).isoformat(),
        "purpose": "复核",
    }
    answers = [granting.client.post(GRANTS, json=body, headers=named) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()


def test_nothing_that_she_wrote_or_chose_to_show_lies_in_clear(
    granting: Granting, post_result: Post, citizen: Citizen, bank: Bank
) -> None:
    """Whom it is to and until when, and nothing of what is in it."""
    purpose = "极特别的用途"
    grant = granting.give(post_result(citizen)["id"], purpose=purpose, show_name=True)
    granting.look(grant)
    tables = ("standing_grant", "standing_grant_outcome", "standing_grant_look")
    with bank.readers.reading() as connection:
        rows = [
            tuple(row)
            for one in tables
            for row in connection.exec_driver_sql(f"SELECT * FROM {one}")
        ]
    values = (value for row in rows for value in row)
    stored = b"|".join(one if isinstance(one, bytes) else str(one).encode() for one in values)
    for word in (purpose, "示例学习者", "81.5", "2014-09-23", "示例用人单位"):
        assert word.encode() not in stored
    assert grant.encode() in stored


def test_a_row_that_was_changed_to_name_another_employer_opens_nothing(
    granting: Granting,
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
    make_employer: Callable[..., Provider],
) -> None:
    """Whom she granted it to is bound to the seal."""
    grant = granting.give(post_result(citizen)["id"], show_name=True)
    other = make_employer("另一用人单位")
    moved = f"UPDATE standing_grant SET institution_id = '{other.institution}' WHERE id = '{grant}'"
    operator = Operator(granting.bank)
    operator.run(moved)
    operator.close()
    (held,) = client.get(HELD, headers=other.headers).json()["grants"]
    assert held["holder"] is None
    seen = client.get(f"{HELD}/{grant}", headers=other.headers).json()
    assert (seen["report"]["verdict"], seen["report"]["content"]) == ("altered", None)
    assert seen["outcomes"] == []
