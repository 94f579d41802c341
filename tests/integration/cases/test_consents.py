"""Consent: item by item, given and withdrawn on the ledger, by whom it is to give."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.learners.consent_texts import consent_texts
from creditbank.learners.identity_number import check_symbol
from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD, Citizen, sign_in

Json = dict[str, Any]
OWN = "/api/v1/accounts/me/consents"


def shown(client: TestClient, purpose: str) -> Json:
    """Give what is sent to consent to the text that is shown for an item."""
    texts = client.get("/api/v1/consent-texts").json()["texts"]
    [text] = [one for one in texts if one["purpose"] == purpose]
    return {"purpose": purpose, "text_sha256": text["text_sha256"]}


def standing(client: TestClient, headers: dict[str, str]) -> list[str]:
    """Give the items that one consents to now."""
    return [one["purpose"] for one in client.get(OWN, headers=headers).json()["standing"]]


def test_each_item_is_given_and_withdrawn_alone_and_both_stand_on_the_ledger(
    client: TestClient, bank: Bank, citizen: Citizen
) -> None:
    """Nothing follows from anything else, and both audits know every step."""
    assert standing(client, citizen.headers) == []
    for purpose in ("contact", "research"):
        given = client.post(OWN, json=shown(client, purpose), headers=citizen.headers)
        assert given.status_code == 201, given.text
        assert given.json()["given_as"] == "holder"
    assert standing(client, citizen.headers) == ["contact", "research"]
    first = client.get(OWN, headers=citizen.headers).json()["standing"][0]
    path = f"{OWN}/{first['id']}/withdrawal"
    withdrawn = client.post(path, headers=citizen.headers).json()
    assert (withdrawn["act"], withdrawn["withdraws"]) == ("withdraw", first["id"])
    assert client.post(path, headers=citizen.headers).json()["id"] == withdrawn["id"]
    assert standing(client, citizen.headers) == ["research"]
    history = client.get(OWN, headers=citizen.headers).json()["history"]
    assert [(one["purpose"], one["act"]) for one in history] == [
        ("contact", "give"), ("research", "give"), ("contact", "withdraw"),
    ]  # fmt: skip
    key = bank.keystore.get([citizen.id])[citizen.id]
    with bank.readers.snapshot() as connection:
        assert audit_bank(connection, bank.keystore, bank.evidence, bank.trust).is_sound
        assert audit_own(connection, key, bank.evidence, bank.trust).differing == 0


def test_the_text_that_was_consented_to_is_a_public_document_for_ever(
    client: TestClient, citizen: Citizen
) -> None:
    """Whoever has the hash reads the words, in both languages; they name nobody."""
    asked = shown(client, "research")
    client.post(OWN, json=asked, headers=citizen.headers)
    served = client.get(f"/ledger/object/{asked['text_sha256']}")
    assert sha256(served.content).hexdigest() == asked["text_sha256"]
    assert served.json()["zh"] == consent_texts()["research"].zh
    assert served.json()["en"] == consent_texts()["research"].en


def test_the_same_consent_again_is_the_one_that_stands_and_a_new_one_follows_a_withdrawal(
    client: TestClient, citizen: Citizen
) -> None:
    """Two clicks are one consent; a change of mind is an entry of its own."""
    asked = shown(client, "contact")
    ids = [client.post(OWN, json=asked, headers=citizen.headers).json()["id"] for _ in range(2)]
    assert ids[0] == ids[1]
    client.post(f"{OWN}/{ids[0]}/withdrawal", headers=citizen.headers)
    again = client.post(OWN, json=asked, headers=citizen.headers).json()["id"]
    assert again != ids[0]
    assert standing(client, citizen.headers) == ["contact"]


def test_below_14_only_the_guardian_consents_and_withdraws(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    citizen: Citizen,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """What the child signs in to do herself is reading."""
    year = civil_day(datetime.now(UTC)).year - 10
    body = f"110101{year}0601001"
    stated = {
        "learner_number": "1",
        "name": "示例学习者",
        "birth_year": year,
        "identity_number": body + check_symbol(body),
    }
    opened = client.post("/api/v1/accounts", json=stated, headers=provider.headers).json()
    claim = {"code": opened["claim_code"], "name": "示例学习者", "birth_year": year}
    client.post("/api/v1/account-claims", json={**claim, "password": PASSWORD})
    child = {"Authorization": f"Bearer {sign_in(client, opened['account_number'])}"}
    asked = shown(client, "child-record")
    assert client.post(OWN, json=asked, headers=child).json()["code"] == "guardian-consents"
    account = f"/api/v1/accounts/{opened['id']}"
    beyond = client.post(f"{account}/consents", json=asked, headers=citizen.headers)
    assert beyond.status_code == 404
    clerk = make_staff(bank.installation.institution_id, Role.CLERK)
    guardian = {"kind": "guardian", "delegate": citizen.account_number}
    client.post(f"{account}/counter-delegations", json=guardian, headers=clerk)
    given = client.post(f"{account}/consents", json=asked, headers=citizen.headers).json()
    assert given["given_as"] == "guardian"
    path = f"consents/{given['id']}/withdrawal"
    assert client.post(f"/api/v1/accounts/me/{path}", headers=child).status_code == 403
    assert client.post(f"{account}/{path}", headers=citizen.headers).status_code == 201
    acts = client.get("/api/v1/accounts/me/acts", headers=child).json()["acts"]
    assert [one["act"] for one in acts] == ["consent", "consent"]


def test_a_helper_or_a_clerk_consents_for_nobody(
    client: TestClient,
    bank: Bank,
    make_citizen: Callable[[], Citizen],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Who helps an adult reads and writes for her, and does not decide."""
    learner, helper = make_citizen(), make_citizen()
    body = {"kind": "helper", "delegate": helper.account_number}
    client.post("/api/v1/accounts/me/delegations", json=body, headers=learner.headers)
    clerk = make_staff(bank.installation.institution_id, Role.CLERK)
    account = f"/api/v1/accounts/{learner.id}"
    client.post(f"{account}/counter-delegations", json={"kind": "counter"}, headers=clerk)
    for headers in (helper.headers, clerk):
        assert client.get(f"{account}/consents", headers=headers).status_code == 200
        asked = client.post(f"{account}/consents", json=shown(client, "contact"), headers=headers)
        assert asked.status_code == 404
    assert standing(client, learner.headers) == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"purpose": "everything"}, "purpose", "purpose-unknown"),
        ({"text_sha256": "0" * 64}, "text_sha256", "consent-text-differs"),
    ],
)
def test_consent_to_what_was_not_shown_is_refused_by_field(
    client: TestClient, citizen: Citizen, changes: Json, field: str, code: str
) -> None:
    """In both languages, and nothing is given."""
    for language in ("en", "zh"):
        headers = {**citizen.headers, "Accept-Language": language}
        body = {**shown(client, "contact"), **changes}
        answer = client.post(OWN, json=body, headers=headers).json()
        assert [(one["field"], one["code"]) for one in answer["errors"]] == [(field, code)]
        assert answer["errors"][0]["detail"]
    assert standing(client, citizen.headers) == []


@pytest.mark.parametrize("numbers", ["sealed", "tag_only"])
def test_a_child_whose_card_was_seen_neither_consents_nor_names_a_helper_alone(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    make_staff: Callable[..., dict[str, str]],
    numbers: str,
) -> None:
    """Her card goes before the year of her opening, whether the bank keeps its number or not."""
    bank.keystore.keeps_numbers = numbers == "sealed"
    body = f"110101{civil_day(datetime.now(UTC)).year - 6}0601001"
    seen = {
        "type": "identity_card",
        "number": body + check_symbol(body),
        "name": "示例学习者",
        "checked": "original_seen",
    }
    clerk = make_staff(bank.installation.institution_id, Role.CLERK)
    account = f"/api/v1/accounts/{citizen.id}"
    recorded = client.post(f"{account}/documents", json=seen, headers=clerk)
    assert recorded.status_code == 201, recorded.text
    consent = client.post(OWN, json=shown(client, "child-record"), headers=citizen.headers)
    assert (consent.status_code, consent.json()["code"]) == (403, "guardian-consents")
    delegate = make_citizen().account_number
    helper = {"kind": "helper", "delegate": delegate}
    named = client.post("/api/v1/accounts/me/delegations", json=helper, headers=citizen.headers)
    assert (named.status_code, named.json()["code"]) == (403, "guardian-consents")
    guardian = {"kind": "guardian", "delegate": delegate}
    entered = client.post(f"{account}/counter-delegations", json=guardian, headers=clerk)
    assert entered.status_code == 201, entered.text
