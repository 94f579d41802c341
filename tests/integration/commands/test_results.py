"""Single results and whole batches at the terminal, as the operator or as a person who signs in."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL
from tests.fixtures.people import RESULT
from tests.fixtures.terminal import Terminal

ROWS = b"learner,course,term,result,awarded_on,credits\n1,BBB,2014B,Pass,2014-09-23,30\n"


@pytest.fixture
def own(provider: Provider) -> tuple[str, ...]:
    """The option that says for whom the operator acts."""
    return ("--institution", provider.institution)


def audited(bank: Bank) -> list[object]:
    """What the full audit finds."""
    with bank.readers.snapshot() as connection:
        return list(audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings)


def test_a_result_is_posted_corrected_suspended_extended_and_revoked(
    terminal: Terminal, own: tuple[str, ...], bank: Bank, tmp_path: Path
) -> None:
    """The forms are those of the API, and so are the refusals."""
    file = tmp_path / "result.json"
    certificate = {"series": "S", "number": "1", "valid_until": "2097-06-29"}
    result = {**RESULT, "learner": "1", "certificate": certificate}
    file.write_text(json.dumps({**result, "credits": 30}), "utf-8")
    assert "  credits: " in terminal.refused("outcomes", "post", str(file), *own)
    file.write_text(json.dumps(result), "utf-8")
    posted = terminal.answer("outcomes", "post", str(file), *own)
    assert terminal.answer("outcomes", "post", str(file), *own) == {**posted, "duplicate": True}

    why = ("--reason", "复核", *own)
    for act, status in (("suspend", "suspended"), ("lift", "active")):
        assert terminal.answer("outcomes", act, posted["id"], *why)["status"] == status
    until = ("--until", "2098-06-29")
    assert terminal.answer("outcomes", "extend", posted["id"], *until, *why)["entry_index"]
    said = terminal.refused("outcomes", "extend", posted["id"], "--until", "soon", *why)
    assert "  valid_until: " in said
    asked = ("--learner", "1", "--definition", "BBB", "--on", "2024-01-01", *own)
    assert terminal.answer("outcomes", "holding", *asked)["outcome"] == posted["id"]

    del result["learner"]
    file.write_text(json.dumps({**result, "grade": "92", "reason": "录错"}), "utf-8")
    corrected = terminal.answer("outcomes", "correct", posted["id"], str(file), *own)
    assert corrected["supersedes"] == posted["id"]
    revoke = ("outcomes", "revoke", corrected["id"], *why)
    assert terminal.answer(*revoke, "--status", "void")["status"] == "void"
    assert "(not-found)" in terminal.refused("outcomes", "lift", "none", *why)
    assert audited(bank) == []


def test_a_result_that_names_nobody_for_sure_is_held(
    terminal: Terminal, own: tuple[str, ...], tmp_path: Path
) -> None:
    """Whoever typed it learns until when it is decided."""
    file = tmp_path / "result.json"
    file.write_text(json.dumps({**RESULT, "learner": {"name": "学习者甲"}}), "utf-8")
    held = terminal.answer("outcomes", "post", str(file), *own)
    assert (held["reason"], bool(held["due_on"])) == ("name-alone", True)
    assert held["held"] in terminal.run("held", "list", *own).stdout


def test_a_second_person_countersigns_or_discards_a_file_at_the_terminal(
    terminal: Terminal,
    own: tuple[str, ...],
    provider: Provider,
    client: TestClient,
    make_login: Callable[..., str],
) -> None:
    """Who may not is refused, and a slip may be printed at any time."""
    assert terminal.answer("batches", "practice", "--two-persons", *own)["two_persons"] is True
    sent = {**provider.headers, "Content-Type": "text/csv"}
    first, second = (client.post(URL, content=ROWS, headers=sent).json()["id"] for _ in range(2))
    clerk, checker = (make_login(provider.institution, one) for one in (Role.CLERK, Role.CHECKER))
    by = ("--login", checker)
    assert "(forbidden)" in terminal.refused("batches", "countersign", first, "--login", clerk)
    assert "(not-found)" in terminal.refused("batches", "countersign", "none", *by)
    assert terminal.answer("batches", "countersign", first, *by)["state"] == "recording"
    discarded = terminal.answer("batches", "discard", second, "--reason", "传错了文件", *by)
    assert discarded["state"] == "discarded"
    assert "(batch-not-waiting)" in terminal.refused("batches", "countersign", second, *by)
    assert "  reason: " in terminal.refused("batches", "discard", first, "--reason", "", *by)
    assert second in terminal.run("batches", "slip", second, *own).stdout
    assert terminal.answer("batches", "practice", "--one-person", *own)["two_persons"] is False


def test_a_batch_is_withdrawn_whole(
    terminal: Terminal, own: tuple[str, ...], bank: Bank, tmp_path: Path
) -> None:
    """What it recorded is void afterwards; a reason is asked for."""
    file = tmp_path / "results.csv"
    file.write_bytes(ROWS)
    batch = terminal.answer("import", str(file), *own)["batch"]
    withdraw = ("batches", "withdraw", batch, "--status", "void", *own)
    assert "  reason: " in terminal.refused(*withdraw, "--reason", "")
    assert terminal.answer(*withdraw, "--reason", "传错了文件")["state"] == "withdrawn"
    assert audited(bank) == []


def test_practice_is_set_for_an_institution_that_exists(terminal: Terminal) -> None:
    """A mistyped id changes nothing."""
    said = terminal.refused("batches", "practice", "--two-persons", "--institution", "inst-none")
    assert "(institution-unknown)" in said
