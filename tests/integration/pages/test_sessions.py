"""Sessions at the pages: how they begin, what they open, and how each of them ends."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from creditbank.access.actor import CITIZEN_SCOPES
from creditbank.access.logins import set_login_disabled
from creditbank.access.sessions import IDLE, LIFETIME, EndSession, StartSession, find_session
from creditbank.access.tokens import authenticate
from creditbank.bank import Bank, open_bank
from creditbank.settings import Settings
from tests.fixtures.clocks import Clock
from tests.fixtures.pages import COOKIE, Visitor
from tests.fixtures.people import PASSWORD, Citizen

SOON = timedelta(minutes=50)


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


def log_in(visitor: Visitor, citizen: Citizen, **more: str) -> Any:
    """Log a citizen in by her number and password."""
    return visitor.post("/login", login=citizen.account_number, password=PASSWORD, **more)


def login_of(bank: Bank, citizen: Citizen) -> str:
    """Give the id of a citizen's login."""
    with bank.readers.reading() as connection:
        return authenticate(connection, citizen.token, bank.clock()).id


def holds(bank: Bank, visitor: Visitor, now: datetime) -> bool:
    """Say whether a session holds at a time."""
    with bank.readers.reading() as connection:
        return find_session(connection, visitor.cookies[COOKIE], now) is not None


def test_a_citizen_logs_in_by_number_and_password_alone(
    visitor: Visitor, citizen: Citizen, bank: Bank
) -> None:
    """No second factor is asked of a learner; the session is no more than her login."""
    answer = log_in(visitor, citizen)

    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    with bank.readers.reading() as connection:
        session = find_session(connection, visitor.cookies[COOKIE], bank.clock())
    assert session is not None
    assert session.is_proven
    assert session.actor.account_id == citizen.id
    assert session.actor.scopes == CITIZEN_SCOPES


def test_a_wrong_password_is_told_at_the_field_and_what_was_typed_is_kept(
    visitor: Visitor, citizen: Citizen
) -> None:
    """But for the password itself."""
    answer = visitor.post("/login", login=citizen.account_number, password="not hers at all")

    assert answer.status_code == 422
    assert 'href="#login"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{citizen.account_number}"' in answer.text
    assert "not hers at all" not in answer.text
    assert COOKIE not in visitor.cookies


def test_wrong_tries_are_bounded_as_at_the_door_of_tokens(
    visitor: Visitor, citizen: Citizen
) -> None:
    """They are counted together: a page is no second chance."""
    for _ in range(30):
        visitor.post("/login", login=citizen.account_number, password="wrong")

    assert "Too many" in log_in(visitor, citizen).text
    assert COOKIE not in visitor.cookies


def test_a_session_that_was_planted_before_opens_nothing_afterwards(
    visitor: Visitor, citizen: Citizen, bank: Bank, make_citizen: Callable[[], Citizen]
) -> None:
    """Session fixation: logging in draws a new secret and ends the one that was presented."""
    planted = bank.writer.write(
        StartSession(login_id=login_of(bank, make_citizen()), is_proven=False)
    ).answer
    visitor.cookies[COOKIE] = str(planted)
    log_in(visitor, citizen)

    assert visitor.cookies[COOKIE] != str(planted)
    with bank.readers.reading() as connection:
        assert find_session(connection, str(planted), bank.clock()) is None


def test_logging_out_ends_the_session_here_too(
    visitor: Visitor, citizen: Citizen, bank: Bank
) -> None:
    """A copy of the cookie opens nothing."""
    log_in(visitor, citizen)
    kept = Visitor(visitor.client, dict(visitor.cookies))
    answer = visitor.post("/logout")

    assert answer.headers["location"] == "/login"
    assert not holds(bank, kept, bank.clock())


def test_a_session_ends_an_hour_after_the_last_click_and_after_a_day_of_work(
    visitor: Visitor, citizen: Citizen, bank: Bank, clock: Clock
) -> None:
    """Whichever comes first; a click is noted every five minutes at most."""
    log_in(visitor, citizen)
    began = clock.now

    assert holds(bank, visitor, began + SOON)
    assert not holds(bank, visitor, began + IDLE)
    while clock.now + SOON < began + LIFETIME:
        clock.now += SOON
        assert visitor.get("/login").status_code == 303
        bank.writer.write(EndSession(session_id="none"))  # What was queued before is done.
    assert not holds(bank, visitor, began + LIFETIME)


def test_a_disabled_login_ends_its_sessions_at_once(
    visitor: Visitor, citizen: Citizen, bank: Bank
) -> None:
    """A frozen account is left while somebody is in it."""
    log_in(visitor, citizen)
    engine = bank.writer._engine  # noqa: SLF001 - as the command that freezes would
    with engine.begin() as connection:
        connection.execute(set_login_disabled(citizen.id, 1))

    assert not holds(bank, visitor, bank.clock())


def test_the_secret_of_a_session_is_stored_as_a_hash(
    visitor: Visitor, citizen: Citizen, bank: Bank
) -> None:
    """Whoever reads the database is logged in nowhere."""
    log_in(visitor, citizen)
    secret = visitor.cookies[COOKIE].split("_", 2)[2]

    with bank.readers.reading() as connection:
        [row] = connection.execute(text("SELECT * FROM session")).all()
    assert secret not in repr(row)
    assert len(row.secret_hash) == 32


@pytest.mark.parametrize(
    "cookie", ["", "cbs_0_0", "cbt_000000000000_nothing", "x" * 5_000, "cbs__"]
)
def test_whatever_is_presented_as_a_session_is_led_to_log_in(visitor: Visitor, cookie: str) -> None:
    """And from there back to where it wanted to go."""
    visitor.cookies[COOKIE] = cookie
    answer = visitor.get("/desk")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?to=/desk")


def test_a_token_of_the_api_is_no_session_and_a_session_no_token(
    visitor: Visitor, citizen: Citizen, client: TestClient
) -> None:
    """Neither leaks into the other's door."""
    log_in(visitor, citizen)
    headers = {"Authorization": f"Bearer {visitor.cookies[COOKIE]}"}
    assert client.get("/api/v1/accounts/me", headers=headers).status_code == 401
    visitor.cookies[COOKIE] = citizen.token
    assert visitor.get("/desk").status_code == 303


@pytest.mark.parametrize(
    "to", ["//elsewhere.example", "/\\elsewhere.example", "https://a.example", "x"]
)
def test_nobody_is_led_elsewhere_after_logging_in(
    visitor: Visitor, citizen: Citizen, to: str
) -> None:
    """A link to the login page cannot send her to another host."""
    assert log_in(visitor, citizen, to=to).headers["location"] == "/me"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_form_from_elsewhere_logs_nobody_in(
    visitor: Visitor, citizen: Citizen, headers: dict[str, str]
) -> None:
    """Not even into an account of the attacker's own, where she would leave her learning."""
    visitor.headers.pop("Sec-Fetch-Site")
    stated = {name: value for name, value in headers.items() if value}
    data = {"login": citizen.account_number, "password": PASSWORD}
    answer = visitor.request("POST", "/login", data=data, headers=stated)

    assert answer.status_code == 403
    assert COOKIE not in visitor.cookies


def test_a_browser_that_says_only_its_origin_is_let_in(visitor: Visitor, citizen: Citizen) -> None:
    """Old phones, and every browser on plain http."""
    visitor.headers.pop("Sec-Fetch-Site")
    visitor.headers["Origin"] = "http://bank.test"
    assert log_in(visitor, citizen).status_code == 303


def test_on_https_the_cookie_is_bound_to_the_host_and_to_https(
    bank: Bank, visitor: Visitor, citizen: Citizen
) -> None:
    """And on plain http, where a browser would refuse it, it is not."""
    plain = log_in(visitor, citizen).headers["set-cookie"]
    settings = bank.settings.model_copy(update={"origin": "https://bank.test"})
    visitor.client.app.state.bank = replace(bank, settings=settings)
    secure = log_in(visitor, citizen).headers["set-cookie"]

    assert re.fullmatch(r"creditbank-session=cbs_\S+; HttpOnly; Path=/; SameSite=lax", plain)
    assert re.fullmatch(
        r"__Host-creditbank-session=cbs_\S+; HttpOnly; Path=/; SameSite=lax; Secure", secure
    )
