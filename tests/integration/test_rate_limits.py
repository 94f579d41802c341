"""How many requests a client may make, and how it is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from api.app import create_app
from api.throttling import GUESSING, OPENING, PER_KEY, VERIFYING, client_network
from creditbank.bank import Bank, open_bank
from creditbank.cache.limits import Limit
from creditbank.settings import Settings
from tests.fixtures.bank import Provider

PASS = {"document": "ABCD-EFGH"}
VENUE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def from_address(bank: Bank, address: str) -> TestClient:
    """Make a client that comes from an address."""
    return TestClient(create_app(bank), base_url="http://bank.test", client=(address, 5000))


def use_up(bank: Bank, limit: Limit, client: str) -> None:
    """Make as many requests as a limit lets through."""
    for _ in range(limit.quota):
        bank.limits.count(limit, client)


@pytest.fixture
def unlimited(settings: Settings) -> Iterator[Bank]:
    """The bank behind a proxy that limits requests itself."""
    opened = open_bank(settings.model_copy(update={"rate_limits": False}))
    yield opened
    opened.close()


def test_every_verification_tells_where_the_client_stands(bank: Bank) -> None:
    """The fields are those of draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4."""
    with from_address(bank, VENUE) as client:
        client.post("/api/v1/verify", json=PASS)
        answer = client.post("/api/v1/verify", json=PASS)

    assert answer.status_code == 200
    assert answer.headers["RateLimit-Policy"] == '"verify";q=12000;w=60'
    assert answer.headers["RateLimit"] in {
        '"verify";r=11998;t=60',
        '"verify";r=11998;t=59',
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/verify"), ("POST", "/verify"), ("GET", "/V/X"), ("GET", "/verify/X")],
)
def test_one_address_that_verified_too_much_waits_and_the_others_do_not(
    bank: Bank, method: str, path: str
) -> None:
    """A machine that tries codes cannot slow the verifiers; every door counts alike."""
    use_up(bank, VERIFYING, VENUE)
    with from_address(bank, VENUE) as client:
        refused = client.request(method, path)
    with from_address(bank, ELSEWHERE) as client:
        elsewhere = client.request(method, path)

    assert refused.status_code == 429
    assert refused.json()["code"] == "too-many-requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"] == f'"verify";r=0;t={refused.headers["Retry-After"]}'
    assert elsewhere.status_code != 429


@pytest.mark.parametrize(("language", "word"), [("en", "Nothing was taken"), ("zh", "未受理")])
def test_the_refusal_is_worded_in_the_language_of_the_client(
    bank: Bank, language: str, word: str
) -> None:
    """The remedy says how long to wait."""
    use_up(bank, VERIFYING, VENUE)
    with from_address(bank, VENUE) as client:
        refused = client.post("/api/v1/verify", headers={"Accept-Language": language})

    assert word in refused.json()["detail"]
    assert refused.headers["Retry-After"] in refused.json()["detail"]


def test_a_key_that_runs_wild_waits_and_other_keys_do_not(
    bank: Bank, make_provider: Callable[[str], Provider]
) -> None:
    """A provider's faulty program does not cost the others their service."""
    wild, calm = make_provider("甲大学"), make_provider("乙大学")
    key_id = wild.api_key.split("_")[1]
    use_up(bank, PER_KEY, key_id)
    with from_address(bank, VENUE) as client:
        refused = client.get("/api/v1/outcomes/x", headers=wild.headers)
        served = client.get("/api/v1/outcomes/x", headers=calm.headers)

    assert refused.status_code == 429
    assert served.status_code == 404
    assert served.headers["RateLimit-Policy"] == '"key";q=60000;w=60'


def test_who_has_no_key_cannot_use_up_anothers_limit(bank: Bank, provider: Provider) -> None:
    """Only the holder of a key is counted under it."""
    key_id = provider.api_key.split("_")[1]
    forged = {"Authorization": f"Bearer cbk_{key_id}_wrong"}
    with from_address(bank, VENUE) as client:
        refused = client.get("/api/v1/outcomes/x", headers=forged)

    assert refused.status_code == 401
    assert "RateLimit" not in refused.headers
    assert bank.limits.count(PER_KEY, key_id).count == 1


def test_limits_are_off_where_a_proxy_limits(unlimited: Bank) -> None:
    """CREDITBANK_RATE_LIMITS=false leaves it to what stands before the bank."""
    use_up(unlimited, VERIFYING, VENUE)
    with from_address(unlimited, VENUE) as client:
        answer = client.post("/api/v1/verify", json=PASS)

    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("no address" * 100, ("no address" * 100)[:64]),
    ],
)
def test_a_client_is_known_by_its_network(host: str, network: str) -> None:
    """Who has a /64 of IPv6 addresses is one client, and nothing long becomes a name."""
    request = Request({"type": "http", "client": (host, 1)})

    assert client_network(request) == network


WRONG = {"grant_type": "password", "username": "nobody", "password": "guess"}


def test_an_address_that_guesses_wrong_too_often_waits(bank: Bank) -> None:
    """Half a try a second: six digits stand for weeks against one address."""
    use_up(bank, replace(GUESSING, quota=GUESSING.quota - 2), VENUE)
    with from_address(bank, VENUE) as client:
        answers = [client.post("/api/v1/token", data=WRONG) for _ in range(3)]
        claim = {"code": "ABCD", "name": "x", "birth_year": 1958, "password": "long enough 12"}
        claimed = client.post("/api/v1/account-claims", json=claim)
    with from_address(bank, ELSEWHERE) as client:
        elsewhere = client.post("/api/v1/token", data=WRONG)

    statuses = [answer.status_code for answer in answers]
    assert statuses == [elsewhere.status_code] * 2 + [429]
    assert answers[1].headers["RateLimit"].startswith('"guess";r=0;t=')
    assert claimed.status_code == 429


WRONG_TRIES = {
    "a password": ("/api/v1/token", {"data": WRONG}),
    "a secret": (
        "/api/v1/token",
        {"data": {"grant_type": "client_credentials", "client_id": "x", "client_secret": "guess"}},
    ),
    "a claim code": (
        "/api/v1/account-claims",
        {"json": {"code": "ABCD", "name": "x", "birth_year": 1958, "password": "long enough 12"}},
    ),
}


@pytest.mark.parametrize(("path", "body"), WRONG_TRIES.values(), ids=WRONG_TRIES)
def test_a_wrong_try_is_counted_wherever_something_can_be_guessed(
    bank: Bank, path: str, body: dict[str, Any]
) -> None:
    """An open door beside a bounded one bounds nobody."""
    with from_address(bank, VENUE) as client:
        refused = client.post(path, **body)

    assert refused.headers["RateLimit"].startswith(f'"guess";r={GUESSING.quota - 1};t=')
    assert bank.limits.look(GUESSING, VENUE).count == 1


def test_who_signs_in_rightly_is_not_counted(bank: Bank, provider: Provider) -> None:
    """A class that signs in together shares one address."""
    key_id = provider.api_key.split("_")[1]
    form = {
        "grant_type": "client_credentials",
        "client_id": key_id,
        "client_secret": provider.api_key,
    }
    with from_address(bank, VENUE) as client:
        statuses = {client.post("/api/v1/token", data=form).status_code for _ in range(3)}

    assert statuses == {200}
    assert bank.limits.look(GUESSING, VENUE).count == 0


def test_who_opens_accounts_without_a_key_is_bounded_by_address(
    bank: Bank, provider: Provider
) -> None:
    """Anybody may open an account, nobody all of them; a provider's key has a limit of its own."""
    use_up(bank, OPENING, VENUE)
    body = {"learner_number": "20230001"}
    with from_address(bank, VENUE) as client:
        anybody = client.post("/api/v1/accounts", json={"name": "学员"})
        with_key = client.post("/api/v1/accounts", json=body, headers=provider.headers)

    assert anybody.status_code == 429
    assert anybody.headers["RateLimit-Policy"] == '"open";q=120;w=60'
    assert with_key.status_code == 201
