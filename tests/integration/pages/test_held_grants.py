"""An employer's people look at what they were granted: each look is told, and no other page is."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank, open_bank
from creditbank.conversion.days import civil_day
from creditbank.institutions.change import ChangeInstitution
from creditbank.institutions.history import Act
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.clocks import Clock
from tests.fixtures.grants import GRANTS, Granting
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
Hired = Callable[..., Visitor]
LOOK = "Look, and let the holder be told"
ONE_ENGINE = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""Of what the pages ask only the order of the list depends on the engine."""
HANDED = re.compile(r'<input type="hidden" name="(from|attempt)" value="([^"]*)"')


@pytest.fixture
def clock() -> Clock:
    """A clock that is set on by hand."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank that goes by it."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def hired(
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
    employer: Provider,
) -> Hired:
    """Let somebody of an employer visit the pages."""

    def hire(role: Role = Role.CLERK, institution: str | None = None) -> Visitor:
        return signed_in(make_staff(institution or employer.institution, role))

    return hire


def handed(shown: Any) -> dict[str, str]:
    """Give what the form of a page hands along."""
    return {name: unescape(value) for name, value in HANDED.findall(shown.text)}


def revoke(client: TestClient, provider: Provider, outcome: str) -> None:
    """Let the school take an outcome back."""
    body = {"status": "revoked", "reason": "只写给机构看的缘由"}
    path = f"/api/v1/outcomes/{outcome}/revocation"
    assert client.post(path, json=body, headers=provider.headers).status_code == 201


@ONE_ENGINE
def test_a_look_is_told_to_the_citizen_and_list_and_grant_are_none(
    granting: Granting,
    hired: Hired,
    citizen: Citizen,
    post_result: Post,
    client: TestClient,
    provider: Provider,
    clock: Clock,
) -> None:
    """First it says whom it will be told to; then the verdict, each outcome, and what changed."""
    good, bad = (post_result(citizen, term=term)["id"] for term in ("2014J", "2015J"))
    grant = granting.give(good, bad, show_name=True)
    clerk, page = hired(), f"/desk/grants/{grant}"
    assert "/desk/grants" in clerk.get("/desk").text
    listed = clerk.get("/desk/grants").text
    assert all(words in listed for words in ("示例学习者", "在职期间复核", "not yet", page))
    before = clerk.get(page)
    assert (LOOK in before.text, "The holder is told" in before.text) == (True, True)
    assert granting.looks(grant) == []

    seen = clerk.post(page, **handed(before))
    assert "<h1>Valid</h1>" in seen.text
    assert "Nothing changed since" in seen.text
    assert [one["verdict"] for one in granting.looks(grant)] == ["valid"]

    clock.now += timedelta(minutes=1)
    revoke(client, provider, bad)
    seen = clerk.post(page, **handed(clerk.get(page)))
    assert "<h1>Revoked</h1>" in seen.text
    assert "Withdrawn by the institution that awarded it" in seen.text
    assert f'<time datetime="{civil_day(granting.bank.clock())}">' in seen.text
    assert "只写给机构看的缘由" not in seen.text
    assert [one["verdict"] for one in granting.looks(grant)] == ["revoked", "valid"]


@ONE_ENGINE
def test_what_was_sent_twice_is_one_look_and_loses_no_change(
    granting: Granting,
    hired: Hired,
    citizen: Citizen,
    post_result: Post,
    client: TestClient,
    provider: Provider,
    clock: Clock,
) -> None:
    """Another language, a page loaded again, and a colleague who looked a minute before."""
    outcome = post_result(citizen)["id"]
    grant = granting.give(outcome)
    clerk, director, page = hired(), hired(Role.DIRECTOR), f"/desk/grants/{grant}"
    forms = [handed(one.get(page)) for one in (clerk, director)]
    clock.now += timedelta(minutes=1)
    revoke(client, provider, outcome)
    told = "Withdrawn by the institution that awarded it"
    for fields in (forms[0], forms[0], {**forms[0], "language": "zh"}):
        seen = clerk.post(page, **fields).text
        assert ("颁发机构已撤销" if "language" in fields else told) in seen
    assert len(granting.looks(grant)) == 1
    clock.now += timedelta(minutes=1)
    assert told in director.post(page, **forms[1]).text
    assert len(granting.looks(grant)) == 2
    clerk.headers["Accept-Language"], clerk.cookies["creditbank-language"] = "en", "en"
    assert "Nothing changed since" in clerk.post(page, **handed(clerk.get(page))).text


@ONE_ENGINE
def test_changes_are_told_since_another_day_and_days_are_refused_at_their_field(
    granting: Granting,
    hired: Hired,
    citizen: Citizen,
    post_result: Post,
    client: TestClient,
    provider: Provider,
    bank: Bank,
) -> None:
    """What was told already is told again; such a look is told to the citizen too."""
    outcome = post_result(citizen)["id"]
    grant = granting.give(outcome)
    clerk, page = hired(), f"/desk/grants/{grant}"
    revoke(client, provider, outcome)
    clerk.post(page, **handed(clerk.get(page)))
    today = civil_day(bank.clock())
    seen = clerk.post(page, **{**handed(clerk.get(page)), "since": today.isoformat()})
    assert "Withdrawn by the institution that awarded it" in seen.text
    assert len(granting.looks(grant)) == 2
    for wrong in ("soon", (today + timedelta(days=1)).isoformat()):
        refused = clerk.post(page, since=wrong)
        assert refused.status_code == 422
        assert all(one in refused.text for one in ('href="#since"', f'value="{wrong}"'))
    assert clerk.post(page, **{"from": "yesterday"}).status_code == 422
    assert len(granting.looks(grant)) == 2


@ONE_ENGINE
def test_what_is_over_says_so_in_words_and_shows_nothing(
    granting: Granting, hired: Hired, citizen: Citizen, post_result: Post, client: TestClient
) -> None:
    """It ended between the page and the look: no look, and no content."""
    grant = granting.give(post_result(citizen)["id"], show_name=True)
    clerk, page = hired(), f"/desk/grants/{grant}"
    form = handed(clerk.get(page))
    assert client.delete(f"{GRANTS}/{grant}", headers=citizen.headers).status_code == 204
    answer = clerk.post(page, **form)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    for shown in (clerk.get(page).text, clerk.get("/desk/grants").text):
        assert "Ended by its holder" in shown
        assert ("示例学习者" in shown, "在职期间复核" in shown, LOOK in shown) == (False,) * 3
    assert granting.looks(grant) == []


@ONE_ENGINE
def test_no_other_institution_finds_a_grant_and_an_ended_one_is_told_so(
    granting: Granting,
    hired: Hired,
    citizen: Citizen,
    post_result: Post,
    provider: Provider,
    make_employer: Callable[..., Provider],
    bank: Bank,
    employer: Provider,
) -> None:
    """Neither another employer nor the school; roles that look at no grants are let in nowhere."""
    grant = granting.give(post_result(citizen)["id"])
    page = f"/desk/grants/{grant}"
    other = hired(Role.CLERK, make_employer("示例物业公司").institution)
    school = hired(Role.DIRECTOR, provider.institution)
    for stranger, words in ((other, "示例物业公司"), (school, "given to employers alone")):
        assert words in stranger.get("/desk/grants").text
        assert stranger.get(page).status_code == 404
        assert stranger.post(page).status_code == 404
    assert 'href="/desk/grants"' not in school.get("/desk").text
    clerk = hired()
    assert hired(Role.AUDITOR).get("/desk/grants").status_code == 403
    yesterday = civil_day(bank.clock()) - timedelta(days=1)
    closed = ChangeInstitution(
        institution_id=employer.institution,
        act=Act.CLOSED,
        since=yesterday.isoformat(),
        by=bank.installation.institution_id,
    )
    bank.writer.write(closed)
    for answer in (clerk.get("/desk/grants"), clerk.get(page), clerk.post(page)):
        assert (answer.status_code, "has ended" in answer.text) == (409, True)
    assert granting.looks(grant) == []


def test_a_long_list_has_pages_and_is_searched_by_name_and_purpose(
    granting: Granting,
    hired: Hired,
    citizen: Citizen,
    post_result: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whom nobody looked at for longest comes first."""
    monkeypatch.setattr("api.web.employer.held_grants.PAGE_GRANTS", 2)
    outcome = post_result(citizen)["id"]
    grants = [granting.give(outcome, purpose=f"第{number}份工作") for number in (1, 2, 3)]
    clerk = hired()
    clerk.post(f"/desk/grants/{grants[1]}", **handed(clerk.get(f"/desk/grants/{grants[1]}")))
    first, last = (clerk.get(f"/desk/grants?page={number}").text for number in (1, 2))
    assert ([one in first for one in grants], grants[1] in last) == ([True, False, True], True)
    assert "Page 2 of 2" in clerk.get("/desk/grants?page=99").text
    found = clerk.get("/desk/grants?q=第2份").text
    assert [one in found for one in grants] == [False, True, False]
    assert "No grant has this name" in clerk.get("/desk/grants?q=%20nobody").text
