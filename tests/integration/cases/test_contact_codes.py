"""A learner shows that a contact reaches her: by a code that goes there and nowhere else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.learners.contact_codes import LIFETIME, TRIES
from tests.fixtures.people import Citizen
from tests.fixtures.whose import audited

Json = dict[str, Any]
ME = "/api/v1/accounts/me"


@pytest.fixture
def contact(client: TestClient, citizen: Citizen) -> str:
    """The id of a phone number of the citizen's."""
    return add(client, citizen, "phone", "021 5550 0100")


def add(client: TestClient, citizen: Citizen, kind: str, text: str) -> str:
    """Add a contact; gives its id."""
    body = {"kind": kind, "contact": text}
    added = client.post(f"{ME}/contacts", json=body, headers=citizen.headers)
    assert added.status_code == 201, added.text
    found: str = added.json()["id"]
    return found


def send(client: TestClient, citizen: Citizen, contact: str) -> Any:
    """Ask for a code."""
    return client.post(f"{ME}/contacts/{contact}/code", headers=citizen.headers)


def confirm(client: TestClient, citizen: Citizen, contact: str, code: str) -> Any:
    """Type a code."""
    path = f"{ME}/contacts/{contact}/confirmation"
    return client.post(path, json={"code": code}, headers=citizen.headers)


def letters(client: TestClient, citizen: Citizen, clerk: dict[str, str]) -> list[Json]:
    """Give what staff still have to bring to a citizen."""
    path = f"/api/v1/accounts/{citizen.id}/notices/undelivered"
    listed: list[Json] = client.get(path, headers=clerk).json()["notices"]
    return listed


def code_in(letter: Json) -> str:
    """Give the code that a notice tells."""
    words = str(letter["text"]).replace(".", " ").split()
    [code] = [one for one in words if len(one) == 9 and one[4] == "-"]
    return code


def level(client: TestClient, citizen: Citizen) -> int:
    """Give the identity level."""
    found: int = client.get(f"{ME}/identity", headers=citizen.headers).json()["identity_level"]
    return found


@pytest.mark.parametrize(
    ("kind", "text"), [("phone", "021 5550 0100"), ("email", "learner@example.org")]
)
def test_the_code_that_reached_a_contact_raises_the_level_to_one(
    client: TestClient, bank: Bank, citizen: Citizen, clerk: dict[str, str], kind: str, text: str
) -> None:
    """It goes by the contact's own way, is not shown in the account, and works once."""
    contact = add(client, citizen, kind, text)
    sent = send(client, citizen, contact)
    assert sent.status_code == 201
    assert send(client, citizen, contact).json() == sent.json()
    own = client.get(f"{ME}/notices", headers=citizen.headers).json()["notices"]
    assert own == []
    [letter] = letters(client, citizen, clerk)
    assert (letter["subject"], letter["channel"]) == ("contact-code", kind)
    assert text in letter["text"]
    typed = code_in(letter).lower().replace("-", " ")
    assert level(client, citizen) == 0
    assert confirm(client, citizen, contact, typed).status_code == 204
    assert level(client, citizen) == 1
    [listed] = client.get(f"{ME}/contacts", headers=citizen.headers).json()["contacts"]
    assert (listed["checked_how"], listed["checked_at"] is None) == ("code", False)
    told = client.get(f"{ME}/notices", headers=citizen.headers).json()["notices"]
    assert [one["subject"] for one in told] == ["contact-checked"]
    assert confirm(client, citizen, contact, typed).json()["code"] == "contact-code-over"
    assert send(client, citizen, contact).json()["code"] == "contact-is-checked"
    assert audited(bank) == []
    client.delete(f"{ME}/contacts/{contact}", headers=citizen.headers)
    assert level(client, citizen) == 0


@pytest.mark.parametrize(("language", "words"), [("en", "tries left: 2"), ("zh", "剩余次数：2")])
def test_three_wrong_codes_lock_it_and_the_right_one_comes_too_late(
    client: TestClient,
    citizen: Citizen,
    clerk: dict[str, str],
    contact: str,
    language: str,
    words: str,
) -> None:
    """No other code is sent before the time of this one is over, so that nobody guesses on."""
    send(client, citizen, contact)
    path = f"{ME}/contacts/{contact}/confirmation"
    headers = {**citizen.headers, "Accept-Language": language}
    wrong = [client.post(path, json={"code": "AAAA-AAAA"}, headers=headers) for _ in range(TRIES)]
    assert [one.status_code for one in wrong] == [422] * TRIES
    [error] = wrong[0].json()["errors"]
    assert (error["field"], error["code"]) == ("code", "contact-code-wrong")
    assert words in error["detail"]
    [letter] = letters(client, citizen, clerk)
    for refused in (
        confirm(client, citizen, contact, code_in(letter)),
        send(client, citizen, contact),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "contact-code-locked")
    assert level(client, citizen) == 0


def test_a_code_holds_for_three_days_and_another_one_is_sent_afterwards(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    clerk: dict[str, str],
    contact: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where the first one was locked; the old code stays without effect."""
    send(client, citizen, contact)
    [letter] = letters(client, citizen, clerk)
    for _ in range(TRIES):
        confirm(client, citizen, contact, "AAAA-AAAA")
    later = bank.clock() + LIFETIME + timedelta(minutes=1)
    monkeypatch.setattr(bank.writer._transactions, "_clock", lambda: later)  # noqa: SLF001
    late = confirm(client, citizen, contact, code_in(letter))
    assert (late.status_code, late.json()["code"]) == (409, "contact-code-over")
    assert send(client, citizen, contact).status_code == 201
    [_, newer] = sorted(letters(client, citizen, clerk), key=lambda one: one["sent_at"])
    assert confirm(client, citizen, contact, code_in(letter)).status_code == 422
    assert confirm(client, citizen, contact, code_in(newer)).status_code == 204
    assert level(client, citizen) == 1


def test_a_code_is_of_one_contact_of_one_learner(
    client: TestClient,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    clerk: dict[str, str],
    contact: str,
) -> None:
    """Another of hers, or the same number of somebody else, is not checked by it."""
    other, somebody = add(client, citizen, "phone", "021 5550 0199"), make_citizen()
    theirs = add(client, somebody, "phone", "021 5550 0100")
    send(client, citizen, contact)
    [letter] = letters(client, citizen, clerk)
    code = code_in(letter)
    assert confirm(client, citizen, other, code).json()["code"] == "contact-code-over"
    assert confirm(client, somebody, contact, code).status_code == 404
    assert send(client, somebody, contact).status_code == 404
    send(client, citizen, other)
    send(client, somebody, theirs)
    assert confirm(client, citizen, other, code).status_code == 422
    assert confirm(client, somebody, theirs, code).status_code == 422
    assert confirm(client, citizen, contact, code).status_code == 204


def test_staff_say_how_they_checked_and_cannot_say_that_she_typed_a_code(
    client: TestClient, citizen: Citizen, clerk: dict[str, str], contact: str
) -> None:
    """Only her own typing says that."""
    path = f"/api/v1/accounts/{citizen.id}/contacts/{contact}/check"
    refused = client.post(path, json={"how": "code"}, headers=clerk)
    assert refused.json()["errors"][0]["code"] == "how-unknown"
    assert client.post(path, json={"how": "called"}, headers=clerk).status_code == 204


def test_in_a_limited_account_no_contact_is_checked(
    client: TestClient, citizen: Citizen, contact: str
) -> None:
    """Nothing new is done in it."""
    assert client.post(f"{ME}/limit", headers=citizen.headers).is_success
    for refused in (send(client, citizen, contact), confirm(client, citizen, contact, "x")):
        assert (refused.status_code, refused.json()["code"]) == (409, "account-not-in-use")
