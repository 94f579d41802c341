"""The command `creditbank import` as scripts use it: one JSON object, exit codes, plain words."""

import csv
import json
from pathlib import Path

import pytest

from tests.fixtures.bank import Provider
from tests.fixtures.processes import Program
from tests.fixtures.terminal import Terminal
from tests.fixtures.workbooks import workbook
from tests.integration.test_refused_rows import BAD, GOOD, HEADER


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_the_command_says_what_became_of_a_file(program: Program, tmp_path: Path) -> None:
    """Exit 3 when some rows are refused, 1 when all are, 2 for what cannot be understood."""
    provider = program.register_provider()
    file, report = tmp_path / "results.csv", tmp_path / "refused.csv"
    file.write_text(HEADER + GOOD + BAD, "utf-8")
    base = ("import", str(file), "--institution", provider.institution, "--json")

    rehearsed = program.run(*base, "--dry-run", "--report", str(report))
    assert rehearsed.returncode == 3
    counts = {"rows": 23, "accepted": 20, "held": 0, "duplicate": 0}
    counts |= {"not_awarded": 0, "rejected": 3, "conflict": 0}
    assert json.loads(rehearsed.stdout) == counts
    assert _rows(report) == ["21", "22", "23"]

    refused = program.run(*base, "--all-or-nothing", "--report", str(report))
    assert refused.returncode == 1
    told = json.loads(refused.stdout)
    assert (told["state"], told["accepted"], told["rejected"]) == ("refused", 0, 23)
    assert "batch-rejected" in refused.stderr
    assert _rows(report) == ["21", "22", "23"]

    report.unlink()
    done = program.run(*base, "--report", str(report))
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert told == {"batch": told["batch"], "state": "recorded", **counts}
    assert done.stderr.startswith(f"batch {told['batch']}: 23 rows")
    assert _rows(report) == ["21", "22", "23"]


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_what_the_command_cannot_take_is_named_without_a_traceback(
    terminal: Terminal, provider: Provider, tmp_path: Path
) -> None:
    """The words name the field and the remedy."""
    file = tmp_path / "results.csv"
    base = ("import", str(file), "--institution", provider.institution)
    for content, arguments, code, words in (
        ("", (), 2, ("file: is empty", "first row")),
        (HEADER + '"2023', (), 2, ("file:", "row 1", "quotation marks")),
        (HEADER.replace("term,", ""), (), 2, ("file:", "lacks the column term")),
        (HEADER + GOOD, ("--encoding", "klingon"), 2, ("encoding:", "gb18030")),
        (HEADER + GOOD, ("--learners", "maybe"), 2, ("--learners",)),
        (HEADER + GOOD, ("--resume", "0" * 32, "--dry-run"), 2, ("--resume",)),
        (HEADER + GOOD, ("--resume", "0" * 32), 1, ("not-found",)),
        (HEADER + GOOD, ("--institution", "nobody"), 1, ("institution-unknown",)),
        ("PK\x03\x04", (), 2, ("workbook", "CSV")),
    ):
        file.write_text(content, "utf-8")
        answer = terminal.run(*base, *arguments)
        assert answer.exit_code == code, (arguments, answer.stderr)
        assert isinstance(answer.exception, SystemExit), answer.exception
        assert all(word in answer.stderr for word in words), answer.stderr
        assert answer.stdout == ""


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_the_command_takes_a_workbook_and_a_learning_system(
    program: Program, tmp_path: Path
) -> None:
    """With the headers of the office; what is declared wrongly is refused by place."""
    provider = program.register_provider()
    own = ("--institution", provider.institution, "--json")
    file = tmp_path / "成绩.xlsx"
    header = ("学号", "课程代码", "学期", "结果", "学分", "获得日期")
    file.write_bytes(workbook([header, (20230001, "BBB", "2014B", "合格", 30, "2014-09-23")]))
    done = program.run("import", str(file), *own)
    assert (done.returncode, json.loads(done.stdout)["accepted"]) == (0, 1)

    source = Path("examples/xapi/moodle.yaml").absolute()
    declared = program.run("learning-systems", "declare", str(source), *own)
    assert json.loads(declared.stdout) == {"home_page": "https://moodle.example.edu"}
    wrong = tmp_path / "source.yaml"
    wrong.write_text(source.read_text("utf-8").replace("2024-08-01", "2024-07-01"), "utf-8")
    refused = program.run("learning-systems", "declare", str(wrong), *own)
    assert refused.returncode == 2
    assert "terms: overlap" in refused.stderr


def _rows(report: Path) -> list[str]:
    with report.open(encoding="utf-8", newline="") as stream:
        return [row["#row"] for row in csv.DictReader(stream)]
