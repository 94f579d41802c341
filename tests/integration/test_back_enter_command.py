"""Back-entry at the terminal: two persons sign in, one enters, the other checks."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from creditbank.access.logins import CreateStaffLogin
from creditbank.access.roles import Role, scopes_of
from creditbank.bank import Bank, open_bank
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD, staff_password_hash
from tests.integration.test_back_entries import BODY

CLERK, CHECKER = "clerk-1", "checker-1"


@pytest.fixture
def terminal(
    bank: Bank, provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Bank:
    """A bank with a clerk and a checker of the provider, as the environment names it."""
    for name, role in ((CLERK, Role.CLERK), (CHECKER, Role.CHECKER)):
        command = CreateStaffLogin(
            name=name,
            password_hash=staff_password_hash(),
            institution_id=provider.institution,
            scopes=scopes_of(role),
        )
        bank.writer.write(command)
    monkeypatch.setattr("api.cli.output.open_bank", lambda _settings: open_bank(settings))
    return bank


def run(*arguments: str, password: str = PASSWORD) -> Result:
    """Run a command; the password is typed, never an argument."""
    return CliRunner().invoke(app, ["outcomes", *arguments], input=f"{password}\n")


def answer(*arguments: str) -> Any:
    """Run a command that must succeed, and give its JSON."""
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("terminal")
def test_one_person_enters_at_the_terminal_and_another_checks(tmp_path: Path) -> None:
    """Who may not, or types a wrong password, is told so in one sentence."""
    file = tmp_path / "entry.json"
    file.write_text(json.dumps(BODY), "utf-8")
    assert run("back-enter", str(file), "--login", CHECKER).exit_code == 1
    assert run("back-enter", str(file), "--login", CLERK, password="wrong").exit_code == 1
    entry = answer("back-enter", str(file), "--login", CLERK)["id"]
    assert run("check", entry, "--login", CLERK).exit_code == 1
    checked = answer("check", entry, "--login", CHECKER)
    assert (checked["state"], bool(checked["outcome"])) == ("recorded", True)

    file.write_text(json.dumps({**BODY, "archive_reference": None, "grade": 3}), "utf-8")
    wrong = run("back-enter", str(file), "--login", CLERK)
    assert wrong.exit_code == 2
    assert "archive_reference" in wrong.stderr
    assert "grade" in wrong.stderr
    assert run("back-enter", str(tmp_path / "none.json"), "--login", CLERK).exit_code == 2
