"""A bank moves to another origin: what it signed before verifies where it was printed to be asked.

Host names decide: the client asks each origin by its own.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from typer.testing import CliRunner, Result

from api.app import create_app
from api.cli.main import app
from api.cli.passes import create_pass
from certificates.data_integrity import proofs_of, verifies
from certificates.did import ASSERTION, methods_of
from certificates.pass_text import to_text
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank, open_bank
from creditbank.database import open_writing_engine
from creditbank.doctor.examine import examine
from ledger.read import read_leaves_at
from tests.fixtures.people import Citizen

OLD, NEW = "http://bank.test", "https://credits.example"
OLD_DID, NEW_DID = "did:web:bank.test", "did:web:credits.example"
Post = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Before:
    """What a citizen had in hand when the bank moved."""

    document: Any
    url: str
    code: str
    text: str


@dataclass(frozen=True)
class Moved:
    """A bank after its move, what was given out before, and how it is asked."""

    bank: Bank
    client: TestClient
    before: Before
    citizen: Citizen

    def get(self, url: str, **headers: str) -> Any:
        """Ask at an origin, by its own host name."""
        parts = urlsplit(url)
        answer = self.client.get(parts.path, headers={"Host": parts.netloc, **headers})
        assert answer.status_code == 200, (url, answer.text)
        return answer

    def verdict(self, shown: str) -> str:
        """Show it at the verify door."""
        answer = self.client.post("/api/v1/verify", json={"document": shown})
        return str(answer.json()["verdict"])

    def issue(self, outcome: str) -> Any:
        """Have a credential issued; gives its document."""
        body = {"outcome": outcome}
        made = self.client.post("/api/v1/credentials", json=body, headers=self.citizen.headers)
        assert made.status_code == 201, made.text
        return self.get(made.json()["url"]).json()


@pytest.fixture
def run(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line of an operator who has set the new origin beside the former one."""
    told = {"origin": NEW, "former_origins": OLD}
    for name in ("data_dir", "database_url", "keystore_url"):
        value = getattr(bank.settings, name)
        if value is not None:
            told[name] = str(value)
    for name, value in told.items():
        monkeypatch.setenv(f"CREDITBANK_{name.upper()}", value)
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--json"])


@pytest.fixture
def outcomes(citizen: Citizen, post_result: Post) -> list[str]:
    """Three outcomes of one citizen."""
    return [post_result(citizen, term=term)["id"] for term in ("2013", "2014", "2015")]


@pytest.fixture
def before(bank: Bank, client: TestClient, citizen: Citizen, outcomes: list[str]) -> Before:
    """A credential and a pass of the bank before its move."""
    body = {"outcome": outcomes[0]}
    url = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()["url"]
    document = client.get(url.removeprefix(OLD)).json()
    held = create_pass(bank, outcomes[:1], days=30)
    assert client.get("/status/revocation-1").json()["issuer"] == OLD_DID
    return Before(
        document=document, url=url, code=f"{OLD}/V/{held.token}", text=to_text(held.document)
    )


@pytest.fixture
def moved(
    bank: Bank, before: Before, citizen: Citizen, run: Callable[..., Result]
) -> Iterator[Moved]:
    """The bank after `creditbank move`, opened anew."""
    done = run("move", "--from", OLD)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["issuer_did"], told["former_issuer_did"]) == (NEW_DID, OLD_DID)
    names = {"origin": NEW, "former_origins": OLD}
    settings = bank.settings.model_copy(update=names)
    with (
        closing(open_bank(settings)) as later,
        TestClient(create_app(later), base_url=NEW) as client,
    ):
        yield Moved(later, client, before, citizen)


def verifies_by(resolved: Any, document: Any) -> bool:
    """Say whether a document's proof is by a key that this DID document lists."""
    (proof,) = proofs_of(document)
    key = methods_of(resolved, ASSERTION)[proof["verificationMethod"]]
    return verifies(document, proof, key)


def test_what_was_given_out_before_verifies_after(moved: Moved) -> None:
    """The credential, its link, the printed code of the old origin, and the offline text."""
    before = moved.before
    for shown in (json.dumps(before.document), before.url, before.code, before.text):
        assert moved.verdict(shown) == "valid"
    page = moved.get(before.code, Accept="text/html")
    assert "有效" in page.text
    assert moved.get(before.url).json() == before.document


def test_a_stranger_resolves_both_names_and_the_lists_of_both(moved: Moved, outcomes: Any) -> None:
    """Each document names the other; a list is of the issuer of what points to it."""
    new = moved.issue(outcomes[1])
    for document, origin, did, other in (
        (moved.before.document, OLD, OLD_DID, NEW_DID),
        (new, NEW, NEW_DID, OLD_DID),
    ):
        resolved = moved.get(f"{origin}/.well-known/did.json").json()
        assert (resolved["id"], resolved["alsoKnownAs"]) == (did, [other])
        assert verifies_by(resolved, document)
        assert document["issuer"]["id"] == did
        for entry in document["credentialStatus"]:
            listed = moved.get(entry["statusListCredential"]).json()
            assert (listed["id"], listed["issuer"]) == (entry["statusListCredential"], did)
            (proof,) = proofs_of(listed)
            assert verifies(
                listed, proof, methods_of(resolved, ASSERTION)[proof["verificationMethod"]]
            )
    assert moved.verdict(json.dumps(new)) == "valid"


def test_a_revocation_after_the_move_is_told_under_the_name_before(
    moved: Moved, outcomes: list[str], provider: Any
) -> None:
    """Whoever holds the old credential asks the old list."""
    body = {"status": "revoked", "reason": "复核"}
    path = f"/api/v1/outcomes/{outcomes[0]}/revocation"
    assert moved.client.post(path, json=body, headers=provider.headers).status_code == 201
    assert moved.verdict(json.dumps(moved.before.document)) == "revoked"
    listed = moved.get(f"{OLD}/status/revocation-1").json()
    assert (listed["id"], listed["issuer"]) == (f"{OLD}/status/revocation-1", OLD_DID)


def test_an_extended_credential_keeps_its_link_its_list_and_its_name(moved: Moved) -> None:
    """Asked for again, it is the one that there is; a new version would be of the same name."""
    issuer = moved.bank.credential_issuer
    assert issuer.of_list(1).did == OLD_DID
    assert issuer.of_list(2) == issuer


def test_the_leaf_binds_the_keys_of_both_names(moved: Moved) -> None:
    """Whoever reads the log alone finds both, and the proof of each over the same words."""
    former = moved.bank.installation.formers[0]
    with moved.bank.readers.reading() as connection:
        leaf = json.loads(read_leaves_at(connection, [former.entry_index])[former.entry_index])
    document = moved.get(f"{NEW}/ledger/object/{leaf['object']}").json()
    assert (document["formerly"]["issuer"], document["issuer"]) == (OLD_DID, NEW_DID)
    resolved = {one["id"]: methods_of(one, ASSERTION) for one in document["did_documents"]}
    keys = set()
    for did, proof in zip((OLD_DID, NEW_DID), proofs_of(document), strict=True):
        key = resolved[did][proof["verificationMethod"]]
        assert verifies(document, proof, key)
        keys.add(key.kid)
    assert len(keys) == 2


def findings(bank: Bank) -> list[tuple[str, int]]:
    """Audit a bank in full."""
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    return [(one.table, one.index) for one in report.findings]


@pytest.mark.parametrize(
    "change",
    [
        "issuer_did = 'did:web:else.example'",
        "origin = 'https://else.example'",
        """lists = '{"revocation": 7}'""",
    ],
)
def test_a_former_name_that_was_changed_is_found(moved: Moved, change: str) -> None:
    """And a name of today that no leaf gives; before, nothing is."""
    assert findings(moved.bank) == []
    index = moved.bank.installation.formers[0].entry_index
    operate(moved.bank, f"UPDATE former_name SET {change}")
    assert findings(moved.bank) == [("former_name", index)]
    operate(moved.bank, "DELETE FROM former_name")
    assert findings(moved.bank) == [("former_name", index)]
    operate(moved.bank, "UPDATE installation SET issuer_did = 'did:web:else.example'")
    assert ("installation", index) in findings(moved.bank)


def operate(bank: Bank, statement: str) -> None:
    """Change a row by hand, as an operator of the database could."""
    engine = open_writing_engine(bank.settings.bank_database)
    with engine.begin() as connection:
        connection.execute(text(statement.replace(": ", "\\: ")))
    engine.dispose()


def test_a_process_of_before_signs_nothing_more(
    bank: Bank, client: TestClient, citizen: Citizen, outcomes: list[str], moved: Moved
) -> None:
    """It would sign under a name that the bank has no more; it says what is to be done."""
    asked = {"outcome": outcomes[1]}
    ends = (bank.clock() + timedelta(days=30)).isoformat()
    wanted = {"outcomes": outcomes[1:], "expires_at": ends}
    assert moved.bank.installation != bank.installation
    for path, body in (("credentials", asked), ("passes", wanted)):
        answer = client.post(f"/api/v1/{path}", json=body, headers=citizen.headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "issuer-moved"), answer.text


@pytest.mark.parametrize(
    ("changed", "field"),
    [({}, "from"), ({"origin": OLD}, "origin"), ({"former_origins": ""}, "former_origins")],
)
def test_a_move_that_would_lose_somebody_is_refused(
    bank: Bank,
    run: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str],
    field: str,
) -> None:
    """From where the bank is not, to where it is, or with nobody at the old address; all stays."""
    for name, value in changed.items():
        monkeypatch.setenv(f"CREDITBANK_{name.upper()}", value)
    done = run("move", "--from", OLD if changed else "https://else.example")
    assert done.exit_code == 2
    assert f"{field}: " in done.stderr
    with closing(open_bank(bank.settings)) as same:
        assert same.installation == bank.installation
        assert same.ring == bank.ring


def test_the_doctor_asks_for_the_move_and_then_for_the_old_address(
    moved: Moved, bank: Bank
) -> None:
    """Until all is in order."""
    settings = moved.bank.settings
    told = {
        "well": settings,
        "origin-unserved": settings.model_copy(update={"former_origins": None}),
        "name-differs": bank.settings,
    }
    for code, one in told.items():
        found = {finding.part: finding.code for finding in examine(one, moved.bank.clock)}
        assert found["names"] == code


def test_the_exported_folder_knows_both_names(
    moved: Moved, run: Callable[..., Result], tmp_path: Path
) -> None:
    """Who is offline verifies what was signed under either."""
    folder, credential = tmp_path / "trust", tmp_path / "credential.json"
    assert run("keys", "export", str(folder)).exit_code == 0
    credential.write_text(json.dumps(moved.before.document), "utf-8")
    for shown in (moved.before.text, str(credential)):
        done = run("verify", shown, "--offline", str(folder))
        report = json.loads(done.stdout)
        assert (done.exit_code, report["verdict"]) == (0, "valid"), report
        assert report["status_as_of"] is not None
