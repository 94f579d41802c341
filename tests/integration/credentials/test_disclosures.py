"""A citizen proves one field of one outcome, and nothing else of it can be seen."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from creditbank.bank import Bank, open_bank
from ledger.receipt import verify_receipt
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]


def ask(client: TestClient, citizen: Citizen, outcome: str, form: str, *fields: str) -> Any:
    """Ask for fields of an outcome."""
    path = f"/api/v1/accounts/me/outcomes/{outcome}/{form}"
    return client.get(path, params={"field": fields}, headers=citizen.headers)


def digest(disclosure: str) -> str:
    """Give the digest of a disclosure as RFC 9901, section 4.2.3 has it."""
    hashed = hashlib.sha256(disclosure.encode()).digest()
    return urlsafe_b64encode(hashed).rstrip(b"=").decode()


def test_leaf_receipt_statement_and_one_disclosure_prove_one_field(
    client: TestClient, bank: Bank, citizen: Citizen, post_result: Post
) -> None:
    """From the log's key to what the field says, step by step, by nothing of ours but the note."""
    outcome = post_result(citizen)["id"]
    shown = ask(client, citizen, outcome, "disclosure", "credits").json()
    verify_receipt(shown["receipt"], shown["leaf"].encode(), bank.verifier_keys)
    leaf, statement = json.loads(shown["leaf"]), json.loads(shown["statement"])
    assert leaf["stmt"] == hashlib.sha256(shown["statement"].encode()).hexdigest()
    (disclosure,) = shown["disclosures"]
    assert digest(disclosure) in statement["_sd"]
    _, name, value = json.loads(urlsafe_b64decode(disclosure + "=="))
    assert ({name: value}, value) == (shown["fields"], "30")
    assert "81.5" not in str(shown)
    assert "BBB" not in str(shown)


def test_only_fields_that_were_stated_and_outcomes_of_one_s_own(
    client: TestClient,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    post_result: Post,
) -> None:
    """Another's is alike unknown; a field that is not there is named with those that are."""
    outcome = post_result(citizen)["id"]
    wrong = ask(client, citizen, outcome, "disclosure", "credits", "colour").json()
    assert wrong["errors"][0]["code"] == "field-not-stated"
    assert "awarded_on" in wrong["errors"][0]["detail"]
    assert ask(client, make_citizen(), outcome, "disclosure", "credits").status_code == 404
    assert ask(client, citizen, outcome, "disclosure").status_code == 422


def test_a_token_has_the_digests_of_the_statement_and_the_door_is_closed_unless_opened(
    client: TestClient, bank: Bank, citizen: Citizen, post_result: Post
) -> None:
    """So one disclosure serves a wallet and the log."""
    outcome = post_result(citizen)["id"]
    assert ask(client, citizen, outcome, "sd-jwt", "credits").json()["code"] == "door-closed"
    statement = ask(client, citizen, outcome, "disclosure", "credits").json()["statement"]
    settings = bank.settings.model_copy(update={"sd_jwt": True})
    with closing(open_bank(settings)) as open_door, TestClient(create_app(open_door)) as then:
        answer = ask(then, citizen, outcome, "sd-jwt", "credits", "title")
    assert answer.headers["Content-Type"] == "application/dc+sd-jwt"
    token, *disclosures, end = answer.text.split("~")
    header, payload = (json.loads(urlsafe_b64decode(one + "==")) for one in token.split(".")[:2])
    assert (header["typ"], end, len(disclosures)) == ("dc+sd-jwt", "", 2)
    assert payload["_sd"] == json.loads(statement)["_sd"]
