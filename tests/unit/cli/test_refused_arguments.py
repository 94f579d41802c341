"""What a person mistypes is answered in words, with exit code 2 and no traceback."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app


def refused(*arguments: str) -> str:
    """Run a command that must be refused; gives what it says on stderr."""
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert isinstance(done.exception, SystemExit)
    assert (done.exit_code, done.stdout) == (2, "")
    return done.stderr


def audited(*arguments: str) -> str:
    """Run a public audit that must be refused."""
    return refused("ledger", "audit", "--public", *arguments)


def test_a_folder_without_a_log_is_named(tmp_path: Path) -> None:
    """An empty folder, one that is not there, and one beside keys that were given before."""
    keys = tmp_path / "keys"
    keys.write_text("", "utf-8")
    absent = tmp_path / "absent"
    for said in (
        audited(str(tmp_path)),
        audited(str(absent)),
        audited(str(absent), "--verifier-keys", str(keys)),
    ):
        assert "--public: no log can be read at" in said
        assert "or a folder with vkey" in said


def test_a_bank_that_is_down_is_named() -> None:
    """Nothing listens there any more."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    said = audited(f"http://127.0.0.1:{port}")
    assert f"--public: no log can be read at http://127.0.0.1:{port}" in said


@pytest.mark.parametrize("place", ["http://a b", "http://["])
def test_a_malformed_address_is_named(place: str) -> None:
    """An address that no host can have."""
    assert f"--public: no log can be read at {place}: " in audited(place)


def test_a_public_audit_of_one_account_is_refused(tmp_path: Path) -> None:
    """Rather than taking the whole log for her entries."""
    said = audited(str(tmp_path), "--account", "12345678901234")
    assert "a public audit knows no accounts" in said


@pytest.mark.parametrize("days", ["0", "-1", "367"])
def test_a_pass_holds_for_one_to_366_days(days: str) -> None:
    """The bound is said before a bank is opened."""
    said = refused("passes", "create", "--outcome", "any", "--days", days)
    assert "Invalid value for '--days'" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("CREDITBANK_SIGNER", "smartcard"), ("CREDITBANK_ORIGIN", "ftp://secret@bank.example")],
)
@pytest.mark.parametrize("command", ["init", "serve", "doctor"])
def test_a_setting_that_cannot_be_used_is_refused_at_start(
    name: str, value: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence names the variable; the value stays unsaid, it may hold a password."""
    monkeypatch.setenv("CREDITBANK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(name, value)
    said = refused(command)
    assert said.startswith(f"{name}: ")
    assert value not in said
    assert list(tmp_path.iterdir()) == []
