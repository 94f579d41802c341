"""Staff log in in two steps: a password, and a code from their phone."""

import re
from base64 import b32decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import text

from creditbank.access.logins import CreateStaffLogin
from creditbank.access.roles import Role
from creditbank.access.second_factors import SHA1_OF_APPS
from creditbank.access.sessions import find_session
from creditbank.access.staff import ChangeStaffLogin
from creditbank.bank import Bank, open_bank
from creditbank.settings import Settings
from tests.fixtures.clocks import Clock
from tests.fixtures.pages import COOKIE, Visitor
from tests.fixtures.people import PASSWORD, staff_password_hash

NAME = "the-clerk"


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
def clerk(bank: Bank) -> str:
    """A clerk's login."""
    command = CreateStaffLogin(
        name=NAME,
        password_hash=staff_password_hash(),
        institution_id=bank.installation.institution_id,
        roles=frozenset({Role.CLERK}),
    )
    return bank.writer.write(command).answer


@pytest.fixture
def clerks(visitor: Visitor, clerk: str) -> Visitor:
    """A browser in which the clerk has shown her password."""
    del clerk
    answer = visitor.post("/login", login=NAME, password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login/code")
    return visitor


def secret_on(page: str) -> bytes:
    """Give the secret that a page shows, as an app would take it."""
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    return b32decode(found[1].replace(" ", ""))


def code_at(bank: Bank, secret: bytes, steps: int = 0) -> str:
    """Give the code that the app shows some steps of time from now."""
    at = int(bank.clock().timestamp()) + 30 * steps
    return TOTP(secret, 6, SHA1_OF_APPS, 30).generate(at).decode()


def set_up(bank: Bank, visitor: Visitor) -> bytes:
    """Set the second factor up; gives its secret."""
    secret = secret_on(visitor.get("/login/code").text)
    answer = visitor.post("/login/code", code=code_at(bank, secret))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    return secret


def test_a_password_alone_opens_nothing_of_staff(clerks: Visitor) -> None:
    """Every page leads to the second step."""
    assert clerks.get("/desk").headers["location"] == "/login/code?to=/desk"


def test_the_first_code_confirms_the_secret_and_opens_the_desk(clerks: Visitor, bank: Bank) -> None:
    """The session of before, which a thief of the password may have, ends."""
    half = clerks.cookies[COOKIE]
    set_up(bank, clerks)

    assert clerks.get("/desk").status_code == 200
    assert clerks.cookies[COOKIE] != half
    with bank.readers.reading() as connection:
        assert find_session(connection, half, bank.clock()) is None


def test_the_secret_is_shown_until_it_is_confirmed_and_never_again(
    clerks: Visitor, bank: Bank
) -> None:
    """Who has the password alone cannot set up a phone of her own."""
    secret = set_up(bank, clerks)
    clerks.post("/logout")
    clerks.post("/login", login=NAME, password=PASSWORD)
    page = clerks.get("/login/code").text

    assert "data:image/png" not in page
    assert re.search(r"<code>", page) is None
    answer = clerks.post("/login/code", code=code_at(bank, secret, 1))
    assert answer.headers["location"] == "/desk"


def test_a_code_is_taken_once(clerks: Visitor, bank: Bank) -> None:
    """Who looked over her shoulder is late."""
    secret = secret_on(clerks.get("/login/code").text)
    used = code_at(bank, secret)
    clerks.post("/login/code", code=used)
    clerks.post("/logout")
    clerks.post("/login", login=NAME, password=PASSWORD)

    answer = clerks.post("/login/code", code=used)
    assert answer.status_code == 422
    assert "used already" in answer.text


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (1, 303), (2, 422)])
def test_a_clock_may_be_one_step_off(clerks: Visitor, bank: Bank, steps: int, status: int) -> None:
    """RFC 6238, section 5.2."""
    secret = secret_on(clerks.get("/login/code").text)
    answer = clerks.post("/login/code", code=code_at(bank, secret, steps))
    assert answer.status_code == status


def test_wrong_codes_are_bounded_for_each_login(clerks: Visitor, bank: Bank) -> None:
    """Six digits are a million; ten tries a quarter of an hour find none of them."""
    secret = secret_on(clerks.get("/login/code").text)
    for _ in range(10):
        assert clerks.post("/login/code", code="000000").status_code == 422

    answer = clerks.post("/login/code", code=code_at(bank, secret))
    assert "Too many" in answer.text


def test_the_secret_is_sealed_and_a_new_offer_draws_another(clerks: Visitor, bank: Bank) -> None:
    """What is in the database opens nothing, and an unconfirmed secret lasts one login."""
    first = secret_on(clerks.get("/login/code").text)
    clerks.post("/login", login=NAME, password=PASSWORD)
    second = secret_on(clerks.get("/login/code").text)

    assert first != second
    with bank.readers.reading() as connection:
        [row] = connection.execute(text("SELECT * FROM second_factor")).all()
    assert second not in bytes(row.sealed_secret)


def test_a_role_that_is_taken_away_is_gone_at_the_next_click(
    clerks: Visitor, bank: Bank, clerk: str
) -> None:
    """Rights are those of today, not those of the login."""
    set_up(bank, clerks)
    with bank.writer._engine.begin() as connection:  # noqa: SLF001 - as an administrator would
        connection.execute(text(f"UPDATE login SET roles = '[]' WHERE id = '{clerk}'"))

    with bank.readers.reading() as connection:
        session = find_session(connection, clerks.cookies[COOKIE], bank.clock())
    assert session is not None
    assert session.actor.scopes == frozenset()


def test_a_citizen_has_no_second_step(
    visitor: Visitor, signed_in: Callable[..., Visitor], citizen: Any
) -> None:
    """Who is logged in whole is told so; who is not is led to log in."""
    assert visitor.get("/login/code").headers["location"] == "/login?to=/login/code"
    assert signed_in(citizen.headers).get("/login/code").status_code == 409


def test_a_lost_phone_is_forgotten_and_every_session_ends(
    clerks: Visitor, bank: Bank, clerk: str
) -> None:
    """The operator does it; at the next login she sets up another."""
    secret = set_up(bank, clerks)
    bank.writer.write(ChangeStaffLogin(login_id=clerk, forgets_second_factor=True))

    assert clerks.get("/desk").headers["location"] == "/login?to=/desk"
    clerks.post("/login", login=NAME, password=PASSWORD)
    assert secret_on(clerks.get("/login/code").text) != secret
