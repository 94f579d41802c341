"""A counter without a page: staff sign in at the terminal and serve the learner before them."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.learners.consent_texts import consent_texts
from creditbank.learners.notices import Channel
from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD, Citizen, sign_in
from tests.fixtures.terminal import Terminal

NUMBER = "990101190101010015"


@pytest.fixture
def clerk(bank: Bank, make_login: Callable[..., str]) -> str:
    """A clerk of the bank, by her login name."""
    return make_login(bank.installation.institution_id, Role.CLERK)


@pytest.fixture
def served(clerk: str, citizen: Citizen) -> tuple[str, ...]:
    """The options that say who serves whom."""
    return ("--account", citizen.account_number, "--login", clerk)


@pytest.fixture
def visiting(terminal: Terminal, served: tuple[str, ...]) -> tuple[str, ...]:
    """The same, once her visit has begun."""
    assert terminal.answer("delegations", "give", "--kind", "counter", *served)["delegation"]
    return served


def test_contacts_are_kept_for_a_learner_while_she_is_visiting(
    terminal: Terminal, served: tuple[str, ...], client: TestClient, citizen: Citizen
) -> None:
    """Without a visit her account is as unknown as any other; she reads what was done."""
    add = ("contacts", "add", "021 5550 0100", "--kind", "phone", *served)
    assert "(not-found)" in terminal.refused(*add)
    visit = terminal.answer("delegations", "give", "--kind", "counter", *served)["delegation"]
    contact = terminal.answer(*add)["contact"]
    checked = terminal.answer("contacts", "check", contact, "--how", "called", *served)
    assert checked == {"contact": contact, "checked": "called"}
    [listed] = terminal.answer("contacts", "list", *served)["contacts"]
    assert (listed["contact"], listed["checked_how"]) == ("021 5550 0100", "called")
    assert "contact=021 5550 0100" in terminal.run("contacts", "list", *served).stdout
    [given] = terminal.answer("delegations", "list", *served)["delegations"]
    assert (given["id"], given["stands"]) == (visit, True)
    assert terminal.answer("contacts", "remove", contact, *served)["removed"] is True
    terminal.answer("delegations", "end", visit, *served)
    assert "(not-found)" in terminal.refused("contacts", "list", *served)
    acts = client.get("/api/v1/accounts/me/acts", headers=citizen.headers).json()["acts"]
    assert [one["act"] for one in acts] == ["contacts", "read", "read", "read", "contacts"]


def test_who_does_not_serve_the_learner_is_refused_in_words(
    terminal: Terminal,
    served: tuple[str, ...],
    citizen: Citizen,
    provider: Provider,
    make_login: Callable[..., str],
) -> None:
    """A wrong password, a stranger's clerk, a role that serves nobody, an unknown number."""
    give = ("delegations", "give", "--kind", "counter")
    assert "(sign-in-refused)" in terminal.refused(*give, *served, typed=("wrong",))
    account = ("--account", citizen.account_number)
    for role, code in ((Role.CLERK, "(not-found)"), (Role.EXPERT, "(forbidden)")):
        login = make_login(provider.institution, role)
        assert code in terminal.refused(*give, *account, "--login", login)
    nobody = ("--account", "00000000000000", *served[2:])
    assert "(account-unknown)" in terminal.refused(*give, *nobody)


def test_a_service_point_is_set_from_a_day_on(
    terminal: Terminal, visiting: tuple[str, ...], provider: Provider, bank: Bank
) -> None:
    """Not from a day that is past."""
    today = civil_day(bank.clock())
    at = ("service-points", "set", "--institution", provider.institution, *visiting)
    said = terminal.refused(*at, "--since", str(today - timedelta(days=1)))
    assert "  from: " in said
    terminal.answer(*at, "--since", str(today))
    [point] = terminal.answer("service-points", "list", *visiting)["service_points"]
    assert point == {"institution": provider.institution, "from": str(today), "until": None}


def test_notices_are_listed_and_marked_as_delivered(
    terminal: Terminal, served: tuple[str, ...], citizen: Citizen, tell: Callable[..., str]
) -> None:
    """A letter that was brought is not brought again."""
    letter = tell(citizen, Channel.LETTER)
    [waiting] = terminal.answer("notices", "list", *served)["notices"]
    assert waiting["id"] == letter
    assert terminal.answer("notices", "deliver", letter, *served)["delivered"] is True
    assert terminal.answer("notices", "list", *served)["notices"] == []


def test_a_document_is_recorded_from_a_file_and_its_number_is_no_argument(
    terminal: Terminal, served: tuple[str, ...], tmp_path: Path
) -> None:
    """A field that is wrong is named, and so is a file that is not there."""
    seen: dict[str, Any] = {
        "type": "identity_card", "number": NUMBER, "name": "示例学习者", "checked": "original_seen",
    }  # fmt: skip
    file = tmp_path / "seen.json"
    file.write_text(json.dumps({**seen, "checked": "guessed"}), "utf-8")
    assert "  checked: " in terminal.refused("documents", "record", str(file), *served)
    file.write_text(json.dumps({**seen, "colour": "red"}), "utf-8")
    assert "  colour: " in terminal.refused("documents", "record", str(file), *served)
    file.write_text(json.dumps(seen), "utf-8")
    assert terminal.answer("documents", "record", str(file), *served)["identity_level"] == 2
    missing = str(tmp_path / "none.json")
    assert missing in terminal.refused("documents", "record", missing, *served)


def test_an_account_is_claimed_at_the_counter_with_a_password_that_is_typed_twice(
    terminal: Terminal, bank: Bank, client: TestClient, provider: Provider, clerk: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Once; then it is its learner's."""
    opened = client.post(
        "/api/v1/accounts", json={"learner_number": "N-1"}, headers=provider.headers
    ).json()
    file = tmp_path / "seen.json"
    seen = {"type": "identity_card", "number": NUMBER, "name": "学习者", "checked": "original_seen"}
    file.write_text(json.dumps(seen), "utf-8")
    own = ("--account", opened["account_number"], "--login", clerk)
    typed = (PASSWORD, "chosen by her", "chosen by her")
    terminal.answer("documents", "claim", str(file), *own, typed=typed)
    assert sign_in(client, opened["account_number"], "chosen by her")
    said = terminal.refused("documents", "claim", str(file), *own, typed=typed)
    assert "(account-claimed)" in said
    assert bank.keystore.find_by_number(opened["account_number"])


def test_a_learner_consents_at_the_terminal_with_her_own_password(
    terminal: Terminal, citizen: Citizen, clerk: str
) -> None:
    """Staff do not do it for her, and withdrawing takes no more than giving."""
    text = consent_texts()["contact"].sha256
    assert text in terminal.run("consents", "texts").stdout
    give = ("consents", "give", "contact", "--text", text)
    for_her = ("--login", clerk, "--for", citizen.account_number)
    assert "(forbidden)" in terminal.refused(*give, *for_her)
    own = ("--login", citizen.account_number)
    consent = terminal.answer(*give, *own)["consent"]
    [standing] = terminal.answer("consents", "list", *own)["consents"]
    assert (standing["id"], standing["given_as"]) == (consent, "holder")
    assert terminal.answer("consents", "withdraw", consent, *own)["withdraws"] == consent
    assert terminal.answer("consents", "list", *own)["consents"] == []


def test_a_former_name_that_a_learner_reported_is_decided_at_the_terminal(
    terminal: Terminal, served: tuple[str, ...], client: TestClient, citizen: Citizen
) -> None:
    """It is on no list afterwards, and among her names."""
    report = {"name": "婚前姓名", "from": "1980-01-01"}
    path = "/api/v1/accounts/me/reported-names"
    name = client.post(path, json=report, headers=citizen.headers).json()["id"]
    [listed] = terminal.answer("names", "list", *served)["names"]
    assert listed == {"id": name, "name": "婚前姓名", "from": "1980-01-01", "until": None}
    decide = ("names", "decide", name, "--seen", "户口簿", "--confirmed", *served)
    assert terminal.answer(*decide) == {"name": name, "confirmed": True}
    assert "(not-found)" in terminal.refused(*decide)
    assert terminal.answer("names", "list", *served)["names"] == []
    identity = client.get("/api/v1/accounts/me/identity", headers=citizen.headers).json()
    assert "婚前姓名" in [one["name"] for one in identity["names"]]
