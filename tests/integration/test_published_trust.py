"""What others need to check the bank: keys, policy, a copy of the log, and a verdict offline."""

import json
import runpy
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import text
from typer.testing import CliRunner, Result

from api.app import create_app
from api.cli import verify as verify_command
from api.cli.main import app
from api.cli.passes import create_pass
from api.cli.trust_folder import read_trust, write_trust
from api.verification_view import report_view
from certificates.did import AUTHENTICATION, did_document, methods_of
from certificates.errors import DocumentRefused
from certificates.pass_text import to_text
from creditbank.bank import Bank
from creditbank.database import open_writing_engine
from creditbank.verification.compose import Trust
from creditbank.verification.offline import verify_offline
from tests.fixtures.bank import Provider
from tests.fixtures.lived_bank import folder_of_copy, post, wait_until_published
from tests.fixtures.people import Citizen
from tests.vectors.offline import OFFLINE_VECTORS, TRUST_FOLDER
from tests.vectors.passes import ISSUER, KEY, VECTORS

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]
GOLDEN = Trust(pass_keys={KEY.kid: KEY.verification_key}, issuer=ISSUER, log_keys=[])


@pytest.fixture
def run(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over the test's bank."""
    for name in ("data_dir", "database_url", "keystore_url", "origin"):
        value = getattr(bank.settings, name)
        if value is not None:
            monkeypatch.setenv(f"CREDITBANK_{name.upper()}", str(value))
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.fixture
def address(bank: Bank) -> Iterator[str]:
    """The bank behind a real socket."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = uvicorn.Server(uvicorn.Config(create_app(bank), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def test_keys_and_policy_are_served_to_everybody(bank: Bank, client: TestClient) -> None:
    """A verifier starts from the issuer's name and the log's key alone."""
    document = client.get("/.well-known/did.json")
    assert document.json() == bank.did_document
    presenting = methods_of(document.json(), AUTHENTICATION).values()
    assert {key.kid: key for key in presenting} == bank.trust.pass_keys
    assert document.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/.well-known/jwks.json").json()["keys"][0]["crv"] == "Ed25519"
    (log_key,) = bank.verifier_keys
    assert client.get("/ledger/vkey").text == f"{log_key}\n"
    assert client.get("/ledger/policy").text == (
        f"log {log_key} http://bank.test/ledger\nquorum none\n"
    )


def test_the_exported_folder_verifies_a_pass_without_the_bank(
    bank: Bank,
    client: TestClient,
    provider: Provider,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Online and offline agree in every check that both made."""
    held = create_pass(bank, [post(client, provider)], days=30)
    folder, text = tmp_path / "trust", to_text(held.document)
    assert run("keys", "export", str(folder)).exit_code == 0
    online = json.loads(run("verify", text, "--json").stdout)
    monkeypatch.setenv("CREDITBANK_DATA_DIR", str(tmp_path / "nowhere"))
    printed = tmp_path / "pass.txt"
    printed.write_text(f"{text}\n", "utf-8")
    done = run("verify", str(printed), "--offline", str(folder), "--json")
    offline = json.loads(done.stdout)
    assert (done.exit_code, offline["verdict"]) == (0, "valid")
    assert offline.keys() == online.keys()
    assert offline["content"] == online["content"]
    made = [one for one in offline["checks"] if one["result"] != "skipped"]
    assert [one for one in online["checks"] if one in made] == made
    assert {one["name"]: one["problem"] for one in offline["checks"]}["status"] is None
    assert offline["status_as_of"].startswith("20")
    altered = text[:-1] + ("1" if text.endswith("0") else "0")
    assert run("verify", altered, "--offline", str(folder)).exit_code == 1
    assert run("verify", text, "--offline", str(tmp_path / "nowhere")).exit_code == 2


def test_an_expired_pass_says_so(bank: Bank, client: TestClient, provider: Provider) -> None:
    """The time is passed in; the content was signed and is shown."""
    held = create_pass(bank, [post(client, provider)], days=30)
    report = bank.verifier.verify(held.token, bank.clock() + timedelta(days=31))
    assert report.verdict == "expired"
    assert report.content is not None


@pytest.mark.usefixtures("lived_bank")
def test_the_command_line_audits_the_bank_and_says_which_kind(run: Run) -> None:
    """A full audit with database and key store."""
    done = run("ledger", "audit", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["audit"], told["findings"]) == (0, "full", [])
    assert told["entries"] == told["size"] > 256


def test_the_command_line_audits_one_account_by_its_number(
    bank: Bank,
    make_citizen: Callable[[], Citizen],
    post_result: Callable[..., dict[str, Any]],
    run: Run,
) -> None:
    """Her entries alone, whatever became of another's; a number that nobody has is refused."""
    hers, others = make_citizen(), make_citizen()
    for citizen in (hers, others):
        post_result(citizen)
    wait_until_published(bank)
    asked = ("ledger", "audit", "--json", "--account")
    sound = run(*asked, hers.account_number)
    told = json.loads(sound.stdout)
    assert (sound.exit_code, told["audit"], told["entries"]) == (0, "own", 2)
    assert told["findings"] == []
    engine = open_writing_engine(bank.settings.bank_database)
    with engine.begin() as connection:
        her = {"account": hers.id}
        connection.execute(text("UPDATE outcome SET credits = 1 WHERE account_id = :account"), her)
    engine.dispose()
    lied_to = run(*asked, hers.account_number)
    first = json.loads(lied_to.stdout)["findings"][0]
    assert (lied_to.exit_code, first["table"]) == (1, "outcome")
    assert run(*asked, others.account_number).exit_code == 0
    unknown = run(*asked, "0" * 14)
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "account-unknown" in unknown.stderr


def test_anybody_audits_a_running_bank_or_a_copy(
    bank: Bank, client: TestClient, provider: Provider, address: str, run: Run, tmp_path: Path
) -> None:
    """The public audit over HTTP, and on a copied folder of which one byte was changed."""
    outcome = post(client, provider)
    wait_until_published(bank)
    told = json.loads(run("ledger", "audit", "--public", address, "--json").stdout)
    assert (told["audit"], told["differing"]) == ("public", 0)
    copy = folder_of_copy(client, tmp_path / "copy")
    assert run("ledger", "audit", "--public", str(copy)).exit_code == 0
    served = client.get("/api/v1/entry-counts").json()
    assert (served["agrees"], served["counted"]) == (True, told["size"])
    for where in ((), ("--public", address), ("--public", str(copy))):
        counted = json.loads(run("ledger", "count", *where, "--json").stdout)
        assert (counted["size"], counted["root"]) == (told["size"], told["root"])
        months = [(one["of"], one["kind"], one["entries"]) for one in counted["counts"]]
        assert months == [
            *((one["month"], one["kind"], one["entries"]) for one in served["months"]),
            *((one["institution"], one["kind"], one["entries"]) for one in served["institutions"]),
        ]
    bundle = next((copy / "tile" / "entries").rglob("*.p/*"))
    data = bytearray(bundle.read_bytes())
    data[-2] ^= 1
    bundle.write_bytes(data)
    done = run("ledger", "audit", "--public", str(copy), "--json")
    last = told["size"] - 1
    first = json.loads(done.stdout)["findings"][0]
    assert (done.exit_code, first["table"], first["index"]) == (1, "leaf", last)
    assert run("ledger", "count", "--public", str(copy)).exit_code == 1
    assert run("ledger", "checkpoint").stdout.startswith("bank.test/ledger\n")
    assert run("ledger", "proof", outcome).stdout.startswith("c2sp.org/tlog-proof@v1\n")
    assert run("ledger", "proof", "none").exit_code == 1


@pytest.mark.parametrize("vector", OFFLINE_VECTORS, ids=lambda vector: vector["name"])
def test_library_and_command_line_give_the_golden_reports(
    vector: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same report by every door, in every release; `tests/e2e` asks the page for them."""
    now = datetime.fromisoformat(vector["now"])
    report = verify_offline(vector["text"], trust=read_trust(TRUST_FOLDER), now=now)
    assert report_view(report).model_dump(mode="json") == vector["report"]
    monkeypatch.setattr(verify_command, "utc_now", lambda: now)
    shown = tmp_path / "shown"
    shown.write_text(vector["text"], "utf-8")
    asked = ["verify", str(shown), "--offline", str(TRUST_FOLDER), "--json"]
    assert json.loads(CliRunner().invoke(app, asked).stdout) == vector["report"]


def test_the_golden_vectors_are_made_again_as_they_are(tmp_path: Path) -> None:
    """Keys, times and salts are fixed; whoever changes a report sees it."""
    runpy.run_path(str(ROOT / "dev" / "offline_vectors.py"))["write"](tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in files_below(tmp_path)}
    assert made == {path: (TRUST_FOLDER.parent / path).read_bytes() for path in made}
    kept = {path.relative_to(TRUST_FOLDER.parent) for path in files_below(TRUST_FOLDER)}
    assert kept < made.keys()


def test_a_folder_without_lists_verifies_and_knows_no_status(tmp_path: Path) -> None:
    """As folders of before are."""
    document = did_document(ISSUER, presenting=[KEY.verification_key], asserting=[])
    log_url = "https://bank.example/ledger"
    now = datetime.fromisoformat(VECTORS[0]["now"])
    write_trust(tmp_path, document, [], status_lists={}, log_url=log_url, now=now)
    (tmp_path / "status").rmdir()
    assert read_trust(tmp_path) == GOLDEN


def test_a_folder_with_a_list_that_its_issuer_did_not_sign_is_refused(tmp_path: Path) -> None:
    """Whoever adds a list of his own revives nothing."""
    folder = shutil.copytree(TRUST_FOLDER, tmp_path / "trust")
    forged = folder / "status" / "revocation-1.json"
    document = json.loads(forged.read_text("utf-8"))
    document["validUntil"] = "2036-01-01T00:00:00Z"
    forged.write_text(json.dumps(document), "utf-8")
    with pytest.raises(DocumentRefused, match="not signed by its issuer"):
        read_trust(folder)
    asked = ["verify", VECTORS[0]["text"], "--offline", str(folder)]
    assert CliRunner().invoke(app, asked).exit_code == 2


def test_a_revocation_is_seen_by_an_exported_folder(
    bank: Bank, client: TestClient, provider: Provider, run: Run, tmp_path: Path
) -> None:
    """The folder of before says so as of its own date, a later one says that it no longer holds."""
    outcome = post(client, provider)
    text = to_text(create_pass(bank, [outcome], days=30).document)
    earlier, later = tmp_path / "earlier", tmp_path / "later"
    assert run("keys", "export", str(earlier)).exit_code == 0
    assert client.get("/status").json()["lists"] == [
        "revocation-1", "suspension-1", "pass-revocation-1", "pass-suspension-1",
    ]  # fmt: skip
    body = {"status": "revoked", "reason": "复核"}
    path = f"/api/v1/outcomes/{outcome}/revocation"
    assert client.post(path, json=body, headers=provider.headers).status_code == 201
    time.sleep(1.1)  # A list is of whole seconds.
    assert run("keys", "export", str(later)).exit_code == 0
    before = json.loads(run("verify", text, "--offline", str(earlier), "--json").stdout)
    done = run("verify", text, "--offline", str(later))
    assert before["verdict"] == "valid"
    assert (done.exit_code, "verdict: revoked" in done.stdout) == (1, True)
    assert "no-longer-holds" in done.stdout
    assert "status as of: 20" in done.stdout


def test_the_evidence_of_a_report_is_a_proof_that_is_kept(
    bank: Bank, client: TestClient, provider: Provider, run: Run, tmp_path: Path
) -> None:
    """What the online door gives for one outcome proves it years later, without the bank."""
    held = create_pass(bank, [post(client, provider)], days=30)
    document = {"document": to_text(held.document)}
    (evidence,) = client.post("/api/v1/verify", json=document).json()["evidence"]
    proof, folder = tmp_path / "proof.json", tmp_path / "trust"
    proof.write_text(json.dumps(evidence), "utf-8")
    assert run("keys", "export", str(folder)).exit_code == 0
    done = run("verify", str(proof), "--offline", str(folder), "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["verdict"]) == (0, "valid")
    assert report["evidence"] == [evidence | {"certification": None}]


def test_the_door_gives_the_golden_reports_that_need_no_record(client: TestClient) -> None:
    """What is no pass in one form is none for the online door."""
    unreadable = [one for one in VECTORS if one["report"]["verdict"] == "unknown"]
    assert len(unreadable) == 3
    for vector in unreadable:
        answer = client.post("/api/v1/verify", json={"document": vector["text"]})
        assert answer.json() == vector["report"]
