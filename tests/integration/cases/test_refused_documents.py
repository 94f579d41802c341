"""A document that is refused leads nowhere: its number is free for whoever it belongs to."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.learners.documents import identity_card
from creditbank.learners.link_document import record_linked
from creditbank.learners.record_document import RecordDocument, read_seen
from tests.fixtures.merging import Two
from tests.fixtures.people import PASSWORD, Citizen
from tests.fixtures.whose import Post, account_of, audited

NUMBER = "990101190101010015"
SEEN = {
    "type": "identity_card", "number": NUMBER, "name": "示例学习者", "checked": "original_seen",
}  # fmt: skip
LEARNER = {"document": {"type": "identity_card", "number": NUMBER}, "name": "示例学习者"}


@pytest.fixture
def record(client: TestClient, clerk: dict[str, str]) -> Callable[..., Any]:
    """Let the clerk record a document: `record(account_id, …)`; gives the answer."""

    def act(account: str, act: str = "documents", **changes: object) -> Any:
        path = f"/api/v1/accounts/{account}/{act}"
        return client.post(path, json={**SEEN, **changes}, headers=clerk)

    return act


def leads_to(bank: Bank) -> str | None:
    """Give the account that the number leads to, if any."""
    tag = identity_card(NUMBER).tag(bank.keystore.secrets)
    found = bank.keystore.find([tag]).get(tag)
    return None if found is None else found.account_id


def command_for(bank: Bank, account: str) -> RecordDocument:
    """Make the command of a clerk who was let through before the state changed."""
    return RecordDocument(
        key=bank.keystore.get([account])[account],
        seen=read_seen(SEEN, name_changed=True),
        keeps_number=True,
        by="0" * 32,
        institution="开放大学",
    )


def test_a_document_refused_for_a_merged_account_is_recorded_of_the_one_that_goes_on(
    bank: Bank, post_row: Post, record: Callable[..., Any], merge: Callable[..., Any], two: Two
) -> None:
    """And results that name it go there."""
    assert merge(two).status_code == 201
    refused = record(two.merged.id)
    assert (refused.status_code, refused.json()["code"]) == (409, "account-not-in-use")
    assert leads_to(bank) is None
    assert record(two.survivor.id).status_code == 201
    posted = post_row(LEARNER)
    assert posted.status_code == 201, posted.text
    assert account_of(bank, posted.json()["id"]) == two.survivor.id
    assert audited(bank) == []


def test_a_strangers_document_refused_for_a_limited_account_opens_an_account_of_his_own(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    record: Callable[..., Any],
    open_account: Callable[..., dict[str, Any]],
) -> None:
    """A slip at the counter keeps nobody out."""
    limited = client.post("/api/v1/accounts/me/limit", headers=citizen.headers)
    assert limited.status_code < 300, limited.text
    refused = record(citizen.id, name="另一人", name_changed=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "account-not-in-use")
    assert leads_to(bank) is None
    opened = open_account(learner_number="S-1", name="另一人", identity_number=NUMBER)
    assert leads_to(bank) == opened["id"] != citizen.id


def test_a_document_under_another_name_or_for_a_second_claim_leads_nowhere(
    bank: Bank, citizen: Citizen, record: Callable[..., Any]
) -> None:
    """Each is refused before its number is claimed."""
    assert record(citizen.id, name="另一人").json()["code"] == "document-name-differs"
    claimed = record(citizen.id, "counter-claim", password=PASSWORD)
    assert claimed.json()["code"] == "account-claimed"
    assert leads_to(bank) is None


def test_a_number_claimed_for_a_recording_that_is_then_refused_is_given_back(
    bank: Bank, record: Callable[..., Any], merge: Callable[..., Any], two: Two
) -> None:
    """The account was merged while the clerk typed; an earlier recording's number stays claimed."""
    assert merge(two).status_code == 201

    def refused() -> str:
        with pytest.raises(Refusal) as caught:
            record_linked(
                bank.writer, bank.readers, bank.keystore, command_for(bank, two.merged.id)
            )
        return caught.value.code

    assert refused() == "account-not-in-use"
    assert leads_to(bank) is None
    assert record(two.survivor.id).status_code == 201
    assert refused() == "document-elsewhere"
    assert leads_to(bank) == two.survivor.id


def test_a_tag_left_with_a_merged_account_follows_it_to_the_one_that_goes_on(
    bank: Bank, record: Callable[..., Any], merge: Callable[..., Any], two: Two
) -> None:
    """As every tag does that the account had when it was merged."""
    assert merge(two).status_code == 201
    merged = command_for(bank, two.merged.id).key
    bank.keystore.link(identity_card(NUMBER).tag(bank.keystore.secrets), merged)
    assert record(two.survivor.id).status_code == 201
    assert leads_to(bank) == two.survivor.id


def test_a_recorded_document_whose_number_leads_nowhere_is_linked_by_recording_it_again(
    bank: Bank, citizen: Citizen, record: Callable[..., Any]
) -> None:
    """Whatever broke off in between, repeating the request mends it."""
    assert record(citizen.id).status_code == 201
    key = command_for(bank, citizen.id).key
    bank.keystore.unlink(identity_card(NUMBER).tag(bank.keystore.secrets), key)
    assert leads_to(bank) is None
    assert record(citizen.id).status_code == 201
    assert leads_to(bank) == citizen.id
    assert audited(bank) == []
