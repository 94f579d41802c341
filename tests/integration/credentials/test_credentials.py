"""A citizen has a credential of an outcome, in envelopes that other software accepts."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from certificates.credential_jwt import open_token, token_verifies
from certificates.data_integrity import proofs_of, verifies
from certificates.did import ASSERTION, methods_of
from certificates.open_badge import ledger_evidence_of
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.endings import ask, erase
from tests.fixtures.lived_credentials import set_in
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
LEVEL = {"series": "电工", "number": "A-1", "valid_from": "2014-10-01", "valid_until": "2097-06-30"}


@pytest.fixture
def create(client: TestClient, citizen: Citizen) -> Callable[..., Any]:
    """Ask for the credential of an outcome: `create(id, show_name=True)`."""

    def act(outcome: str, **more: object) -> Any:
        body = {"outcome": outcome, **more}
        return client.post("/api/v1/credentials", json=body, headers=citizen.headers)

    return act


def fetch(client: TestClient, url: str, accept: str | None = None) -> Any:
    """Fetch a credential by its link."""
    headers = {} if accept is None else {"Accept": accept}
    return client.get(url.removeprefix("http://bank.test"), headers=headers)


def test_the_credential_says_what_the_ledger_states_and_is_signed_in_each_envelope(
    client: TestClient, bank: Bank, citizen: Citizen, post_result: Post, create: Callable[..., Any]
) -> None:
    """Three envelopes of one document, each by a key that the DID document names."""
    posted = post_result(citizen, credits="2.5", class_hours="48", certificate=LEVEL)
    made = create(posted["id"], show_name=True)
    assert made.status_code == 201
    document = fetch(client, made.json()["url"]).json()
    keys = methods_of(client.get("/.well-known/did.json").json(), ASSERTION)
    (proof,) = proofs_of(document)
    assert verifies(document, proof, keys[proof["verificationMethod"]])
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    for accept in ("application/jwt", "application/vc+jwt"):
        token = open_token(fetch(client, made.json()["url"], accept).text)
        assert token_verifies(token, keys[token.method])
        assert token.credential == unsecured
    subject = document["credentialSubject"]
    assert (subject["creditsEarned"], subject["licenseNumber"]) == (2.5, "A-1")
    assert subject["identifier"][0]["identityHash"] == "示例学习者"
    assert "48 课时 class hours" in subject["narrative"]
    assert document["validUntil"] == "2097-06-30T23:59:59+08:00"
    evidence = ledger_evidence_of(document)
    assert evidence is not None
    assert (evidence.log, evidence.index) == (bank.signer.name, posted["entry"]["index"])
    assert evidence.leaf_hash == posted["entry"]["leaf_hash"]


def test_a_learner_is_not_named_and_never_linked_unless_she_chose_to_be(
    client: TestClient, citizen: Citizen, post_result: Post, create: Callable[..., Any]
) -> None:
    """Two credentials of one person have nothing of hers in common."""
    made = [create(post_result(citizen, term=term)["id"]).json() for term in ("2013", "2014")]
    documents = [fetch(client, one["url"]).json() for one in made]
    assert all("identifier" not in one["credentialSubject"] for one in documents)
    assert len({one["credentialSubject"]["id"] for one in documents}) == 2
    assert citizen.account_number not in str(documents)


def test_there_is_one_credential_of_an_outcome(
    client: TestClient, citizen: Citizen, post_result: Post, create: Callable[..., Any]
) -> None:
    """Asking again gives its link again, and the list has it once."""
    outcome = post_result(citizen)["id"]
    first, again = create(outcome), create(outcome, show_name=True)
    assert first.json() == again.json()
    listed = client.get("/api/v1/credentials", headers=citizen.headers).json()["credentials"]
    assert listed == [first.json()]


def test_only_the_learner_has_credentials_of_her_outcomes_while_they_stand(
    client: TestClient,
    provider: Provider,
    make_citizen: Callable[[], Citizen],
    citizen: Citizen,
    post_result: Post,
    create: Callable[..., Any],
) -> None:
    """Another's is alike unknown; one that was taken back gives none."""
    other = post_result(make_citizen())["id"]
    assert create(other).json()["code"] == "not-found"
    mine = post_result(citizen)["id"]
    taken_back = {"status": "void", "reason": "录错"}
    client.post(f"/api/v1/outcomes/{mine}/revocation", json=taken_back, headers=provider.headers)
    assert create(mine).json()["code"] == "outcome-not-active"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/vc"),
        ("*/*", "application/vc"),
        ("text/html,application/json;q=0.9", "application/json"),
        ("application/jwt;q=0.2, application/vc+jwt", "application/vc+jwt"),
        ("image/gif", None),
    ],
)
def test_the_envelope_is_the_one_asked_for(
    client: TestClient,
    citizen: Citizen,
    post_result: Post,
    create: Callable[..., Any],
    accept: str | None,
    content_type: str | None,
) -> None:
    """Whoever asks for none of them is told which there are (RFC 9110, section 12)."""
    answer = fetch(client, create(post_result(citizen)["id"]).json()["url"], accept)
    if content_type is None:
        assert (answer.status_code, answer.json()["code"]) == (406, "envelope-unknown")
        return
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_that_was_never_given_out_is_unknown(client: TestClient) -> None:
    """Whether it has the form of a token or not."""
    for token in ("A" * 26, "a", "0" * 26):
        answer = client.get(f"/api/v1/credentials/{token}")
        assert (answer.status_code, answer.json()["code"]) == (404, "credential-unknown")


def test_an_erased_learner_s_credential_is_gone(
    client: TestClient, bank: Bank, citizen: Citizen, post_result: Post, create: Callable[..., Any]
) -> None:
    """Its link says so, its status bit is set, and the audit is sound."""
    url = create(post_result(citizen)["id"]).json()["url"]
    entry = fetch(client, url).json()["credentialStatus"][0]
    assert ask(client, "POST", "erasure", citizen).status_code in {200, 201, 202}
    assert erase(bank) == 1
    answer = fetch(client, url)
    assert (answer.status_code, answer.json()["code"]) == (410, "credential-erased")
    with bank.readers.snapshot() as connection:
        bits = set_in(connection, "revocation")
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert int(entry["statusListIndex"]) in bits
    assert (report.differing, report.unexplained) == (0, 0), report.findings


def test_the_ledger_commits_to_the_signed_bytes_and_the_audit_to_the_ledger(
    bank: Bank, citizen: Citizen, post_result: Post, create: Callable[..., Any]
) -> None:
    """A sound bank has nothing that differs."""
    create(post_result(citizen)["id"])
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert (report.differing, report.unexplained) == (0, 0), report.findings
