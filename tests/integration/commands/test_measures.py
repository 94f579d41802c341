"""Many results at once at the terminal, and what follows for credit after a correction."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.recognition import Recognition
from tests.fixtures.terminal import Terminal
from tests.fixtures.whose import audited


def test_results_are_suspended_and_lifted_together(
    terminal: Terminal, recognition: Recognition, bank: Bank, tmp_path: Path
) -> None:
    """The preview writes nothing; the second measure takes the list of the first up."""
    own = ("--institution", recognition.centre)
    outcomes = [recognition.hours("16", term) for term in ("2025春", "2025秋")]
    recognition.recognise(recognition.key(recognition.centre), "class-hours", outcomes)
    file = tmp_path / "measure.json"
    file.write_text(json.dumps({"act": "suspended", "outcomes": outcomes}), "utf-8")
    shown = terminal.answer("measures", "preview", str(file), *own)
    assert (shown["outcomes"], shown["conversions"], shown["credits"]) == (2, 1, "2")
    assert "  reason: " in terminal.refused("measures", "take", str(file), *own)

    why = {"reason": "密钥泄露"}
    file.write_text(json.dumps({"act": "suspended", "outcomes": outcomes, **why}), "utf-8")
    taken = terminal.answer("measures", "take", str(file), *own)
    view = terminal.answer("measures", "show", taken["measure"], *own)
    assert (view["state"], view["outcomes"], view["pending"]) == ("done", 2, 0)
    file.write_text(json.dumps({"act": "lifted", "measure": taken["measure"], **why}), "utf-8")
    assert terminal.answer("measures", "take", str(file), *own)["outcomes"] == 2
    assert terminal.answer("measures", "take", str(file), *own)["measure"] is None
    assert audited(bank) == []


def test_credit_of_a_corrected_result_is_reviewed_at_the_terminal(
    terminal: Terminal,
    recognition: Recognition,
    make_login: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The correction itself computes it; before she has answered nobody decides."""
    monkeypatch.setattr("creditbank.jobs.batch_worker.examine_opened", lambda _: None)
    outcome = recognition.hours("100", "2025春")
    key = recognition.key(recognition.centre)
    made = recognition.recognise(key, "class-hours", [outcome])
    file = tmp_path / "correction.json"
    result = {
        "course": "SF-1", "term": "2025春", "result": "合格", "awarded_on": "2025-06-30",
        "class_hours": "20", "reason": "录错",
    }  # fmt: skip
    file.write_text(json.dumps(result), "utf-8")
    own = ("--institution", recognition.centre)
    corrected = terminal.answer("outcomes", "correct", outcome, str(file), *own)
    assert corrected["under_review"] == [made]
    checker = ("--login", make_login(recognition.school, Role.CHECKER))
    [listed] = terminal.answer("conversion-reviews", "list", *checker)["reviews"]
    assert (listed["conversion"], listed["state"], listed["credits"]) == (made, "asked", "6")
    decide = ("--decision", "taken_back", "--text", "依更正收回", *checker)
    assert "(review-time-runs)" in terminal.refused("conversion-reviews", "decide", made, *decide)
    assert "(not-found)" in terminal.refused("conversion-reviews", "decide", "none", *decide)
