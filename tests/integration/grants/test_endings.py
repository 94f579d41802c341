"""A grant ends when its learner, its day, her account or its employer does: nothing is shown."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.audits.full import audit_bank
from creditbank.bank import Bank, open_bank
from creditbank.conversion.days import civil_day
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.clocks import Clock
from tests.fixtures.endings import ask, erase
from tests.fixtures.grants import GRANTS, HELD, Granting
from tests.fixtures.merging import Two
from tests.fixtures.people import Citizen, sign_in

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def clock() -> Clock:
    """A clock that is set on to days to come."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank that goes by it."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


def test_a_grant_ends_at_once_and_stays_ended(
    granting: Granting, post_result: Post, citizen: Citizen, client: TestClient
) -> None:
    """Ending it again changes nothing; what was looked at before stays in her list."""
    grant = granting.give(post_result(citizen)["id"])
    granting.look(grant)
    for _ in range(2):
        answer = client.delete(f"{GRANTS}/{grant}", headers=citizen.headers)
        assert answer.status_code == 204
        assert granting.state(grant) == "ended"
    given = granting.given(grant)
    assert (given["state"], given["looks"]) == ("ended", 1)
    assert given["ended_at"] is not None


def test_a_grant_is_over_with_its_day(
    granting: Granting, post_result: Post, citizen: Citizen, clock: Clock
) -> None:
    """To the second, and for her too."""
    until = clock().replace(microsecond=0) + timedelta(days=30)
    grant = granting.give(post_result(citizen)["id"], expires_at=until.isoformat())
    clock.now = until - timedelta(seconds=1)
    assert granting.state(grant) == "live"
    clock.now = until
    assert granting.state(grant) == "expired"


def test_a_limited_account_shows_nothing_and_a_closed_one_has_ended_its_grants(
    granting: Granting, post_result: Post, citizen: Citizen, client: TestClient
) -> None:
    """What is limited comes back as passes do; what was closed is granted anew, or not."""
    grant = granting.give(post_result(citizen)["id"])
    assert ask(client, "POST", "limit", citizen).status_code == 201
    assert granting.state(grant) == "ended"
    assert granting.ask("x").status_code == 409
    assert ask(client, "DELETE", "limit", citizen).status_code == 200
    assert granting.state(grant) == "live"
    assert ask(client, "POST", "closure", citizen).status_code == 201
    assert granting.state(grant) == "ended"
    assert ask(client, "DELETE", "closure", citizen).status_code == 200
    assert granting.state(grant) == "ended"


def test_a_frozen_account_gives_no_grant_and_goes_on_showing_those_it_gave(
    granting: Granting,
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
    merging_director: dict[str, str],
) -> None:
    """And ends them; once its learner is dead nothing is shown."""
    outcome = post_result(citizen)["id"]
    grant, other = granting.give(outcome), granting.give(outcome)
    path = f"/api/v1/accounts/{citizen.id}/state-changes"
    froze = client.post(path, json={"act": "freeze", "reason": "核对"}, headers=merging_director)
    assert froze.is_success
    assert granting.ask(outcome).json()["code"] == "account-not-in-use"
    assert granting.state(grant) == "live"
    client.delete(f"{GRANTS}/{grant}", headers=citizen.headers)
    assert (granting.state(grant), granting.state(other)) == ("ended", "live")
    death = {"act": "record-death", "reason": "家属申报", "died_on": "2026-01-01"}
    assert client.post(path, json=death, headers=merging_director).is_success
    assert granting.state(other) == "ended"


def test_of_an_erased_account_an_employer_hears_only_that_it_is_gone(
    granting: Granting, post_result: Post, citizen: Citizen, client: TestClient, bank: Bank
) -> None:
    """Neither outcomes nor looks are left, nor the account's id; and every audit is sound."""
    grant = granting.give(post_result(citizen)["id"])
    granting.look(grant)
    assert ask(client, "POST", "erasure", citizen).json()["counts"]["standing_grant"] == 1
    assert erase(bank) == 1
    assert granting.state(grant) == "gone"
    with bank.readers.snapshot() as connection:
        for table in ("standing_grant_outcome", "standing_grant_look"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
        row = connection.exec_driver_sql("SELECT account_id, sealed_document FROM standing_grant")
        account, document = row.one()
        assert (account == citizen.id, bytes(document)) == (False, b"")
        assert audit_bank(connection, bank.keystore, bank.evidence, bank.trust).is_sound


def test_an_employer_that_has_ended_sees_nothing_and_is_granted_nothing(
    granting: Granting,
    post_result: Post,
    citizen: Citizen,
    client: TestClient,
    administrator: dict[str, str],
    clock: Clock,
) -> None:
    """With its old key, too."""
    outcome = post_result(citizen)["id"]
    grant = granting.give(outcome)
    path = f"/api/v1/institutions/{granting.employer.institution}/changes"
    body = {"act": "closed", "since": civil_day(clock()).isoformat()}
    assert client.post(path, json=body, headers=administrator).is_success
    clock.now += timedelta(days=3)
    for path in (HELD, f"{HELD}/{grant}"):
        answer = client.get(path, headers=granting.employer.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "institution-ended")
    anew = replace(citizen, token=sign_in(client, citizen.account_number))
    (problem,) = replace(granting, citizen=anew).ask(outcome).json()["errors"]
    assert (problem["field"], problem["code"]) == ("employer", "institution-over")


def test_a_grant_goes_on_with_merged_accounts_and_what_showed_both_ends_when_they_part(
    client: TestClient,
    bank: Bank,
    employer: Provider,
    two: Two,
    post_result: Post,
    merge: Callable[..., Any],
    part: Callable[..., Any],
) -> None:
    """She grants what lies in either account, and ends what either gave."""
    first, second = post_result(two.merged)["id"], post_result(two.survivor, term="2013J")["id"]
    before = Granting(client, bank, two.merged, employer).give(first)
    assert merge(two).status_code == 201
    hers = Granting(client, bank, two.survivor, employer)
    both, own = hers.give(first, second), hers.give(second)
    assert [one["status"] for one in hers.look(both)["outcomes"]] == ["active", "active"]
    assert hers.state(before) == "live"
    assert hers.given(before)["state"] == "live"
    assert part(two).status_code == 201
    assert [hers.state(one) for one in (both, own, before)] == ["ended", "live", "live"]


def test_who_closes_an_account_ends_what_a_merged_one_granted(
    client: TestClient,
    bank: Bank,
    employer: Provider,
    two: Two,
    post_result: Post,
    merge: Callable[..., Any],
) -> None:
    """They are one person's."""
    grant = Granting(client, bank, two.merged, employer).give(post_result(two.merged)["id"])
    merge(two)
    hers = Granting(client, bank, two.survivor, employer)
    ask(client, "POST", "closure", two.survivor)
    ask(client, "DELETE", "closure", two.survivor)
    assert hers.state(grant) == "ended"
    assert hers.given(grant)["ended_at"] is not None
