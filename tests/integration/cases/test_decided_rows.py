"""What was stated of a row that somebody decided on lies nowhere any more but in its outcome."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.keystore.account_key import SealBroken
from creditbank.outcomes.held_rows import StoredHold, find_holds
from tests.fixtures.bank import Provider
from tests.fixtures.people import Citizen
from tests.fixtures.tampering import Change, Operator
from tests.fixtures.whose import HEADER, Post, audited, held_list, upload

NAMED = {"name": "示例学习者"}


@pytest.fixture
def decide(client: TestClient, checker: dict[str, str]) -> Callable[..., Any]:
    """Let the checker decide: `decide(held, "refusal", reason=…)`."""

    def act(held: str, act: str, attempt: str | None = None, **body: str) -> Any:
        headers = checker if attempt is None else {**checker, "Idempotency-Key": attempt}
        return client.post(f"/api/v1/held-outcomes/{held}/{act}", json=body, headers=headers)

    return act


def stored(bank: Bank, held: str) -> StoredHold:
    """Give a row as it is stored."""
    with bank.readers.reading() as connection:
        return find_holds(connection, [held])[held]


def test_the_sealed_copy_and_the_key_of_a_decided_row_are_destroyed(
    bank: Bank, post_row: Post, citizen: Citizen, decide: Callable[..., Any]
) -> None:
    """Attached or refused; whoever kept an old copy of the database opens it with nothing."""
    decisions = {
        "attachment": {"account": citizen.account_number},
        "refusal": {"reason": "not-identifiable"},
    }
    for place, (act, body) in enumerate(decisions.items()):
        held = post_row(NAMED, term=f"{2015 + place}B").json()["held"]
        before = stored(bank, held)
        [key] = bank.keystore.get([before.key_id]).values()
        assert before.fields(key)["learner_name"] == NAMED["name"]
        assert decide(held, act, **body).status_code == 201
        after = stored(bank, held)
        assert (after.sealed_row, after.key_id) == (b"", before.key_id)
        assert bank.keystore.get([before.key_id]) == {}
        for left in bank.keystore.get([held, citizen.id]).values():
            with pytest.raises(SealBroken):
                before.fields(left)
    assert audited(bank) == []


def test_an_attachment_is_repeated_under_its_own_key_and_answers_as_at_first(
    post_row: Post, citizen: Citizen, decide: Callable[..., Any]
) -> None:
    """Though what was stated is read no more."""
    held = post_row(NAMED).json()["held"]
    first = decide(held, "attachment", "once", account=citizen.account_number)
    again = decide(held, "attachment", "once", account=citizen.account_number)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    other = decide(held, "refusal", reason="not-identifiable")
    assert (other.status_code, other.json()["code"]) == (409, "held-decided")


def test_a_key_that_outlived_its_row_s_decision_goes_when_somebody_asks_again(
    bank: Bank,
    post_row: Post,
    decide: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process died between the two databases."""
    held = post_row(NAMED).json()["held"]
    with monkeypatch.context() as patched:
        patched.setattr("api.v1.held_outcomes.forget_row", lambda *_: None)
        assert decide(held, "refusal", reason="entered-twice").status_code == 201
    key_id = stored(bank, held).key_id
    assert list(bank.keystore.get([key_id])) == [key_id]
    assert decide(held, "refusal", reason="entered-twice").json()["code"] == "held-decided"
    assert bank.keystore.get([key_id]) == {}


def test_a_decided_row_of_a_file_goes_and_the_others_stay_readable(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    checker: dict[str, str],
    decide: Callable[..., Any],
) -> None:
    """They share the key of their batch."""
    rows = ",示例学习者,BBB,2014B,Pass,30,2014-09\n,另一人,BBB,2014B,Pass,30,2014-09\n"
    batch = upload(client, provider, (HEADER + rows).encode(), "utf-8")
    assert batch["counts"]["held"] == 2
    first, second = held_list(client, checker)
    assert decide(first["id"], "refusal", reason="withdrawn").status_code == 201
    assert stored(bank, first["id"]).sealed_row == b""
    [left] = held_list(client, checker)
    assert left == second
    assert audited(bank) == []


@pytest.mark.parametrize(
    "column", ["sealed_row", "due_on", "decided_by", "natural_tag", "content_tag"]
)
def test_the_audit_sees_every_change_of_a_refused_row(
    bank: Bank, post_row: Post, decide: Callable[..., Any], column: str
) -> None:
    """Its clear columns stand under the seal of the decision."""
    held = post_row(NAMED).json()["held"]
    assert decide(held, "refusal", reason="entered-twice").status_code == 201
    operator = Operator(bank)
    with operator.changed(Change("held_outcome", column)):
        assert [one for one in audited(bank) if "held_outcome" in str(one)]
    operator.close()
