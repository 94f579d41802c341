"""The issuer's keys are rotated and cut off; what was signed before goes on to verify."""

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.app import create_app
from api.cli.main import app
from certificates.credential_jwt import open_token, token_verifies
from certificates.data_integrity import proofs_of, verifies
from certificates.did import ASSERTION, methods_of
from certificates.keys import Purpose
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank, open_bank
from tests.fixtures.lived_credentials import set_in
from tests.fixtures.people import Citizen
from tests.fixtures.tokens import SoftToken

Post = Callable[..., dict[str, Any]]
Run = Callable[..., Any]


@pytest.fixture
def run(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over the test's bank, as a process of its own would open it."""
    for name in ("data_dir", "database_url", "keystore_url", "origin"):
        value = getattr(bank.settings, name)
        if value is not None:
            monkeypatch.setenv(f"CREDITBANK_{name.upper()}", str(value))

    def act(*arguments: str) -> Any:
        done: Result = CliRunner().invoke(app, [*arguments, "--json"])
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    return act


def issue(client: TestClient, citizen: Citizen, outcome: str) -> Any:
    """Have a credential issued; gives its document and its token."""
    body = {"outcome": outcome}
    made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
    path = made["url"].removeprefix("http://bank.test")
    token = client.get(path, headers={"Accept": "application/jwt"}).text
    return {**made, "document": client.get(path).json(), "token": token}


def verifies_by(document: Any, client: TestClient) -> bool:
    """Say whether both envelopes verify by the DID document as it is served."""
    keys = methods_of(client.get("/.well-known/did.json").json(), ASSERTION)
    (proof,) = proofs_of(document["document"])
    token = open_token(document["token"])
    by_proof = verifies(document["document"], proof, keys[proof["verificationMethod"]])
    return by_proof and token_verifies(token, keys[token.method])


def is_sound(bank: Bank) -> bool:
    """Say whether the full audit finds nothing."""
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert report.findings == ()
    return (report.differing, report.unexplained) == (0, 0)


def test_after_a_rotation_the_new_key_signs_and_what_the_old_one_signed_verifies(
    bank: Bank, client: TestClient, citizen: Citizen, post_result: Post, run: Run
) -> None:
    """For each purpose; the rotation is in the ledger, and the retired key stays listed."""
    outcomes = [post_result(citizen, term=term)["id"] for term in ("2013", "2014")]
    old = issue(client, citizen, outcomes[0])
    for purpose in ("credential", "credential_jwt", "status_list", "pass"):
        rotated = run("keys", "rotate", purpose)
        assert bank.ring.current(Purpose(purpose)).kid.hex() != rotated["key"]
    with closing(open_bank(bank.settings)) as later, TestClient(create_app(later)) as then:
        new = issue(then, citizen, outcomes[1])
        assert verifies_by(old, then)
        assert verifies_by(new, then)
        methods = [one["document"]["proof"][0]["verificationMethod"] for one in (old, new)]
        assert methods[0] != methods[1]
        assert then.get("/status/revocation-1").status_code == 200
        assert is_sound(later)
    listed = run("keys", "show")["keys"]
    assert len(listed) == len(Purpose) + 4
    assert sum(one["retired_at"] is not None for one in listed) == 4


def test_keys_of_a_file_go_on_in_a_token(
    bank: Bank,
    client: TestClient,
    citizen: Citizen,
    post_result: Post,
    run: Run,
    soft_token: SoftToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is rotated into it, or back; of the old ones the public part stays, and verifies."""
    outcomes = [post_result(citizen, term=term)["id"] for term in ("2013", "2014")]
    old = issue(client, citizen, outcomes[0])
    for name, value in soft_token.settings.items():
        monkeypatch.setenv(f"CREDITBANK_{name.upper()}", str(value))
    purposes = ("credential", "credential_jwt", "status_list", "pass", "verification")
    for purpose in purposes:
        run("keys", "rotate", purpose)
    listed = run("keys", "show")["keys"]
    assert {one["purpose"]: (one["place"], one["suite"]) for one in listed} == {
        "checkpoint": ("file", "Ed25519"),
        **{one: ("token", Purpose(one).suite.value) for one in purposes},
    }
    assert [one["place"] for one in listed if one["retired_at"]] == ["gone"] * len(purposes)
    moved = bank.settings.model_copy(update=soft_token.settings)
    with closing(open_bank(moved)) as later, TestClient(create_app(later)) as then:
        assert verifies_by(old, then)
        assert verifies_by(issue(then, citizen, outcomes[1]), then)
        assert is_sound(later)
    monkeypatch.setenv("CREDITBANK_SIGNER", "file")
    back = run("keys", "rotate", "credential")["key"]
    assert {one["key"]: one["place"] for one in run("keys", "show")["keys"]}[back] == "file"


def test_a_stolen_key_is_cut_off_at_a_place_of_the_ledger(
    bank: Bank, client: TestClient, citizen: Citizen, post_result: Post, run: Run
) -> None:
    """What it signed before stays valid, what it signed later is suspended."""
    before, after = (
        issue(client, citizen, post_result(citizen, term=term)["id"]) for term in ("2013", "2014")
    )
    kid = before["document"]["proof"][0]["verificationMethod"].rpartition("#")[2]
    place = str(after["entry_index"])
    cut = run("keys", "cut-off", kid, "--from-entry", place, "--reason", "密钥泄露")
    assert run("keys", "cut-off", kid, "--from-entry", place, "--reason", "再次") == cut
    indexes = [
        int(one["document"]["credentialStatus"][1]["statusListIndex"]) for one in (before, after)
    ]
    with bank.readers.reading() as connection:
        suspended = set_in(connection, "suspension")
    assert [one in suspended for one in indexes] == [False, True]
    assert is_sound(bank)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "--from-entry", "1", "--reason", "泄露"), "16"),
        (("0" * 16, "--from-entry", "999999", "--reason", "泄露"), "entries"),
        (("0" * 16, "--from-entry", "1", "--reason", " "), "reason"),
    ],
)
@pytest.mark.usefixtures("run")
def test_a_key_is_cut_off_with_its_id_a_place_and_a_reason(
    bank: Bank, arguments: tuple[str, ...], said: str
) -> None:
    """Each is named where it is wrong, and nothing is cut off."""
    done = CliRunner().invoke(app, ["keys", "cut-off", *arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert is_sound(bank)
