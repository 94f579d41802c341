"""What somebody typed while her session ended is hers alone, and stands in its form again."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.web.kept_forms import BYTES_MAX, KEPT_FOR
from creditbank.access.logins import CreateStaffLogin
from creditbank.access.roles import Role
from creditbank.access.sessions import IDLE, LIFETIME
from creditbank.bank import Bank, open_bank
from creditbank.settings import Settings
from tests.fixtures.clocks import Clock
from tests.fixtures.evidence import a_picture
from tests.fixtures.pages import COOKIE, Visitor
from tests.fixtures.people import PASSWORD, Citizen, staff_password_hash
from tests.integration.pages.test_second_factor import code_at, set_up

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What is kept lies in no database."""

DEPOSIT = "/me/matters/new/deposit"
TYPED = {"title": "太极拳二级", "awarding_body": "市体育总会", "text": "第一行\n<b>第二行"}


@pytest.fixture
def clock() -> Clock:
    """The bank's clock."""
    return Clock(datetime(2026, 3, 2, 1, tzinfo=UTC))


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank whose time is set by hand."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def hers(visitor: Visitor, citizen: Citizen) -> Visitor:
    """A browser in which the citizen is logged in."""
    log_in(visitor, citizen)
    return visitor


def log_in(visitor: Visitor, citizen: Citizen, **more: str) -> Any:
    """Log a citizen in by her number and password."""
    return visitor.post("/login", login=citizen.account_number, password=PASSWORD, **more)


def kept_in(page: Any) -> str:
    """Give what a page of log-in carries."""
    assert page.status_code == 422, page.text
    found = re.search(r'name="kept" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def test_a_form_that_was_sent_too_late_stands_filled_again_after_logging_in(
    hers: Visitor, citizen: Citizen, clock: Clock
) -> None:
    """Nothing is sent by itself, and the file that she chose is asked for anew."""
    clock.now += IDLE
    photo = {"photo": ("photo.jpg", a_picture(), "image/jpeg")}
    asked = hers.request("POST", DEPOSIT, data=TYPED, files=photo)
    assert "What you typed is not lost" in asked.text
    assert "太极拳" not in asked.text

    wrong = hers.post("/login", login="nobody", password="wrong", kept=kept_in(asked))
    shown = log_in(hers, citizen, kept=kept_in(wrong))
    assert shown.status_code == 200
    assert f'action="{DEPOSIT}"' in shown.text
    assert 'value="太极拳二级"' in shown.text
    assert "第一行\n&lt;b&gt;第二行</textarea>" in shown.text
    assert "Choose a file again" in shown.text
    assert "太极拳二级" not in hers.get("/me/matters").text
    assert hers.request("POST", DEPOSIT, data=TYPED | {"awarded_on": "2019"}, files=photo)
    assert "太极拳二级" in hers.get("/me/matters").text


def test_who_else_logs_in_there_sees_nothing_of_it(
    hers: Visitor, make_citizen: Callable[[], Citizen], clock: Clock
) -> None:
    """At a shared computer: neither after her log-in, nor in the page that asks for it."""
    clock.now += IDLE
    kept = kept_in(hers.post(DEPOSIT, **TYPED))
    other = log_in(hers, make_citizen(), kept=kept)
    assert (other.status_code, other.headers["location"]) == (303, "/me")
    home = hers.get("/me").text
    assert "somebody else who typed it" in home
    assert "太极拳" not in home + hers.get(DEPOSIT).text


def test_what_is_too_old_or_was_made_up_opens_nothing(
    hers: Visitor, citizen: Citizen, clock: Clock
) -> None:
    """She is logged in all the same."""
    clock.now += IDLE
    kept = kept_in(hers.post(DEPOSIT, **TYPED))
    for text in (kept[:-8] + "AAAAAAA=", "x", "ÿ", "A" * 100_000):
        assert log_in(hers, citizen, kept=text).headers["location"] == "/me"
    clock.now += KEPT_FOR
    assert log_in(hers, citizen, kept=kept).headers["location"] == "/me"


def test_it_is_kept_over_night_and_no_password_is(
    hers: Visitor, citizen: Citizen, clock: Clock
) -> None:
    """A session of yesterday is known for a day, also when others logged in meanwhile."""
    clock.now += LIFETIME + timedelta(hours=3)
    log_in(Visitor(hers.client), citizen)
    secrets = {"old_password": PASSWORD, "password": "a new one of hers"}
    assert hers.post("/me/password", **secrets).status_code == 303
    fields = {"kind": "email", "contact": "a@example.org"}
    shown = log_in(hers, citizen, kept=kept_in(hers.post("/me/contacts", **fields)))
    assert 'value="a@example.org"' in shown.text


def test_nothing_is_kept_of_who_logged_out_of_other_sites_and_of_nobody(
    hers: Visitor, citizen: Citizen, clock: Clock
) -> None:
    """Each is led to log in, as before; so is who typed more than a page can carry."""
    left = Visitor(hers.client, dict(hers.cookies))
    clock.now += IDLE
    long = hers.request("POST", DEPOSIT, data={"text": "长" * (BYTES_MAX // 3)}, files={"a": b"x"})
    assert (long.status_code, long.headers["location"]) == (303, "/login")
    foreign = hers.request("POST", DEPOSIT, data=TYPED, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code in {303, 403}
    secret = hers.cookies[COOKIE]
    hers.cookies[COOKIE] = f"{secret[:-4]}AAAA"
    assert hers.post(DEPOSIT, **TYPED).headers["location"] == "/login"
    log_in(left, citizen)
    out = Visitor(hers.client, dict(left.cookies))
    left.post("/logout")
    assert out.post(DEPOSIT, **TYPED).headers["location"] == "/login"


def test_staff_find_their_form_again_after_the_second_step(
    bank: Bank, visitor: Visitor, clock: Clock
) -> None:
    """The page that it came from is asked for again, with what it was asked."""
    command = CreateStaffLogin(
        name="the-clerk",
        password_hash=staff_password_hash(),
        institution_id=bank.installation.institution_id,
        roles=frozenset({Role.CLERK}),
    )
    bank.writer.write(command)
    visitor.post("/login", login="the-clerk", password=PASSWORD)
    secret = set_up(bank, visitor)
    clock.now += IDLE
    came = {"Referer": "http://bank.test/desk/counter/open?from=find"}
    fields = {"name": "来访者", "birth_year": "1950"}
    asked = visitor.request("POST", "/desk/counter/open", data=fields, headers=came)
    code = visitor.post("/login", login="the-clerk", password=PASSWORD, kept=kept_in(asked))
    assert (code.status_code, "来访者" in code.text) == (200, False)
    kept = re.search(r'name="kept" value="([^"]+)"', code.text)
    assert kept is not None
    wrong = visitor.post("/login/code", code="1", kept=kept[1])
    shown = visitor.post("/login/code", code=code_at(bank, secret), kept=kept_in(wrong))
    assert shown.status_code == 200, shown.text
    assert 'value="来访者"' in shown.text
