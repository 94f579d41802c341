"""A request under an Idempotency-Key acts once, whichever process it reaches."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from creditbank.bank import Bank, open_bank
from creditbank.settings import Settings
from ledger.read import read_head
from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.people import RESULT, Citizen

KEY = {"Idempotency-Key": "f3b1c1de-0001"}
PATH = "/api/v1/outcomes"


@pytest.fixture
def other_client(settings: Settings, client: TestClient) -> Iterator[TestClient]:
    """An HTTP client of a second bank process's parts over the same databases."""
    assert client
    opened = open_bank(settings)
    with TestClient(create_app(opened), base_url="http://bank.test") as second:
        yield second
    opened.close()


def size_of(bank: Bank) -> int:
    """Give the size of the log."""
    with bank.readers.reading() as connection:
        return read_head(connection).size


def test_a_repeated_request_is_answered_as_the_first_time_by_every_process(
    client: TestClient, other_client: TestClient, provider: Provider, bank: Bank
) -> None:
    """The provider's network broke before it saw the answer."""
    headers, body = {**provider.headers, **KEY}, {**RESULT, "learner": "1"}
    first = client.post(PATH, json=body, headers=headers)
    size = size_of(bank)
    again = [one.post(PATH, json=body, headers=headers) for one in (client, other_client)]

    assert first.status_code == 201
    for answer in again:
        assert answer.status_code == 200
        assert answer.json()["id"] == first.json()["id"]
        assert answer.json()["entry"] == first.json()["entry"]
    assert size_of(bank) == size


def test_two_processes_that_get_one_request_at_once_record_one_result(
    client: TestClient, other_client: TestClient, provider: Provider, bank: Bank
) -> None:
    """Sent twenty times, to both."""
    headers, body = {**provider.headers, **KEY}, {**RESULT, "learner": "1"}
    size = size_of(bank)
    with ThreadPoolExecutor(20) as pool:
        clients = [client, other_client] * 10
        answers = list(pool.map(lambda one: one.post(PATH, json=body, headers=headers), clients))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert size_of(bank) == size + 2  # the account and the outcome


def test_another_request_under_the_same_key_is_refused(
    client: TestClient, other_client: TestClient, provider: Provider, bank: Bank
) -> None:
    """A counter that starts anew must not swallow results."""
    headers = {**provider.headers, **KEY}
    client.post(PATH, json={**RESULT, "learner": "1"}, headers=headers)
    size = size_of(bank)
    other = other_client.post(PATH, json={**RESULT, "learner": "2"}, headers=headers)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert size_of(bank) == size


def test_a_refused_request_may_be_mended_under_its_key(
    client: TestClient, provider: Provider
) -> None:
    """Refusals are not kept."""
    headers, body = {**provider.headers, **KEY}, {**RESULT, "learner": "1"}
    refused = client.post(PATH, json={**body, "credits": "0.3"}, headers=headers)
    mended = client.post(PATH, json=body, headers=headers)
    assert (refused.status_code, mended.status_code) == (422, 201)


def test_keys_of_two_institutions_do_not_meet(
    client: TestClient, provider: Provider, make_provider: Callable[[str], Provider]
) -> None:
    """Nor those of two routes."""
    other, body = make_provider("职业学校"), {**RESULT, "learner": "1"}
    answers = [
        client.post(PATH, json=body, headers={**one.headers, **KEY}) for one in (provider, other)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    change = f"{PATH}/{answers[0].json()['id']}/revocation"
    reason = {"status": "void", "reason": "录错人"}
    revoked = [
        client.post(change, json=reason, headers={**provider.headers, **KEY}) for _ in range(2)
    ]
    assert [answer.status_code for answer in revoked] == [201, 200]
    assert revoked[0].json()["entry"] == revoked[1].json()["entry"]


def test_a_key_is_forgotten_after_thirty_days(
    bank: Bank, settings: Settings, provider: Provider
) -> None:
    """Then it names a new attempt."""
    body = {**RESULT, "learner": "1"}

    def post_at(days: int, learner: str) -> Any:
        opened = open_bank(settings, clock=lambda: bank.clock() + timedelta(days=days))
        with TestClient(create_app(opened)) as client:
            answer = client.post(
                PATH, json={**body, "learner": learner}, headers={**provider.headers, **KEY}
            )
        opened.close()
        return answer.status_code

    assert [post_at(0, "1"), post_at(29, "2"), post_at(31, "2")] == [201, 422, 201]


@pytest.mark.parametrize(
    "key", ["", "x" * 256, "a b", "a  b", "a\tb", "a\x7fb", "a\x01b", "\x1b[0m", "é", "a\u00a0b"]
)
def test_a_key_with_a_space_or_a_control_character_is_refused_with_the_remedy(
    key: str, client: TestClient, provider: Provider, bank: Bank
) -> None:
    """Before anything else is looked at: what is not seen is lost or doubled on the way."""
    size = size_of(bank)
    for language, remedy in (("en", "no space"), ("zh", "不含空格")):
        headers = {**provider.headers, "Accept-Language": language, "Idempotency-Key": key.encode()}
        answer = client.post(PATH, json={**RESULT, "learner": "1"}, headers=headers)
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["field"]) == (422, "Idempotency-Key")
        assert error["code"] == "idempotency-key-wrong"
        assert remedy in error["detail"]
        assert "UUID" in error["detail"]
    assert size_of(bank) == size


def test_every_visible_character_may_stand_in_a_key(client: TestClient, provider: Provider) -> None:
    """Whatever a program makes its names of."""
    key = "".join(map(chr, range(ord("!"), ord("~") + 1)))
    headers = {**provider.headers, "Idempotency-Key": key}
    answers = [
        client.post(PATH, json={**RESULT, "learner": "1"}, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 200]


def test_a_pass_is_created_once_and_its_code_shown_again(
    client: TestClient, citizen: Citizen, post_result: Callable[..., dict[str, Any]]
) -> None:
    """Its token is stored under her key alone, so the answer can be given again."""
    outcome = post_result(citizen)
    body = {"outcomes": [outcome["id"]], "expires_at": EXPIRES}
    headers = {**citizen.headers, **KEY}
    first, second = (client.post("/api/v1/passes", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
