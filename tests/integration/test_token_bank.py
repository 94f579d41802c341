"""A bank whose keys lie in a token signs as any other, and refuses while the token is away."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from certificates.data_integrity import proofs_of, verifies
from certificates.did import ASSERTION, methods_of
from certificates.keys import Purpose
from creditbank.bank import Bank, open_bank
from creditbank.errors import Misconfigured, Refusal
from creditbank.founding import init_bank
from creditbank.settings import Settings
from ledger.read import read_head, read_leaf
from ledger.receipt import verify_receipt
from tests.fixtures.bank import PASSWORD_FILE, Provider
from tests.fixtures.people import RESULT, Citizen
from tests.fixtures.tokens import SoftToken
from tests.integration.credentials.test_issuer_keys import is_sound, issue, verifies_by

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def settings(empty: Settings, soft_token: SoftToken) -> Settings:
    """Settings of a bank that was founded on a token."""
    founded = empty.model_copy(update=soft_token.settings)
    founding = init_bank(founded)
    (founded.data_dir / PASSWORD_FILE).write_text(str(founding.password))
    return founded


def test_a_bank_on_a_token_keeps_no_secret_of_its_keys(bank: Bank) -> None:
    """Each purpose has a key of its own in the token, of the suite that a file would have."""
    places = {key.purpose: (key.signer.place, key.suite) for key in bank.ring.keys}
    assert places == {purpose: ("token", purpose.suite) for purpose in Purpose}
    assert "secret" not in str(bank.ring.to_content())


def test_what_a_bank_on_a_token_signs_verifies(
    bank: Bank, client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """Receipt, pass, credential in both envelopes, and status list, by the keys as served."""
    posted = post_result(citizen)
    with bank.readers.reading() as connection:
        leaf = read_leaf(connection, posted["entry"]["index"])
    keys = client.get("/ledger/vkey").text.splitlines()
    assert verify_receipt(posted["receipt"], leaf, keys).size > posted["entry"]["index"]

    expires = (bank.clock() + timedelta(days=90)).isoformat()
    body = {"outcomes": [posted["id"]], "expires_at": expires}
    made = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    report = client.post("/api/v1/verify", json={"document": made["offline_text"]}).json()
    assert report["verdict"] == "valid"

    credential = issue(client, citizen, posted["id"])
    assert verifies_by(credential, client)
    methods = methods_of(client.get("/.well-known/did.json").json(), ASSERTION)
    for entry in credential["document"]["credentialStatus"]:
        path = entry["statusListCredential"].removeprefix("http://bank.test")
        served = client.get(path).json()
        (proof,) = proofs_of(served)
        assert verifies(served, proof, methods[proof["verificationMethod"]])
    assert is_sound(bank)


def test_a_token_that_is_away_refuses_and_loses_nothing(
    bank: Bank,
    client: TestClient,
    citizen: Citizen,
    provider: Provider,
    post_result: Post,
    soft_token: SoftToken,
) -> None:
    """What was answered is recorded once with its receipt; what was refused is sent again."""
    learners = [f"learner-{number}" for number in range(4)]
    outcome = post_result(citizen)["id"]

    def post(learner: str) -> Any:
        body = {**RESULT, "learner": learner}
        return client.post("/api/v1/outcomes", json=body, headers=provider.headers)

    soft_token.take_away()
    refused = [post(learners[0])]
    await_readiness(client, 503)
    with bank.readers.reading() as connection:
        before = read_head(connection).size
    refused += [post(learner) for learner in learners[1:]]
    refused.append(
        client.post("/api/v1/credentials", json={"outcome": outcome}, headers=citizen.headers)
    )
    with bank.readers.reading() as connection:
        assert read_head(connection).size == before
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (503, "signer-down")
        assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/livez").status_code == 200
    seen = client.get(f"/api/v1/outcomes/{outcome}", headers=provider.headers)
    assert seen.status_code == 200

    soft_token.bring_back()
    await_readiness(client, 200)
    answers = [post(learner) for learner in learners]
    assert [answer.status_code for answer in answers] == [200, 201, 201, 201]
    assert len({answer.json()["entry"]["index"] for answer in answers}) == len(learners)
    for answer in answers:
        with bank.readers.reading() as connection:
            leaf = read_leaf(connection, answer.json()["entry"]["index"])
        assert verify_receipt(answer.json()["receipt"], leaf, bank.verifier_keys)
    assert verifies_by(issue(client, citizen, outcome), client)
    assert is_sound(bank)


def test_a_bank_does_not_open_without_its_token(settings: Settings, soft_token: SoftToken) -> None:
    """It could not acknowledge anything; with the token it opens again."""
    soft_token.take_away()
    with pytest.raises(Refusal, match="signer-down"):
        open_bank(settings)
    soft_token.bring_back()
    open_bank(settings).close()


@pytest.mark.parametrize(
    "given",
    [{"signer": "pkcs11"}, {"pkcs11_token": "bank"}, {"pkcs11_module": "m", "pkcs11_token": "t"}],
)
def test_a_token_is_named_whole_or_not_at_all(given: dict[str, str]) -> None:
    """At start, in one sentence with the variable that is missing."""
    with pytest.raises(Misconfigured, match="CREDITBANK_PKCS11_PIN_FILE"):
        Settings(**given)  # type: ignore[arg-type]  # as the environment gives them


def await_readiness(client: TestClient, status: int) -> None:
    """Wait until the bank says of itself what it is."""
    deadline = time.monotonic() + 30
    while client.get("/readyz").status_code != status:
        assert time.monotonic() < deadline
        time.sleep(0.05)
