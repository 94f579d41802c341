"""The commands of the catalogue as operators use them: one JSON object, exit codes, plain words."""

import json
from pathlib import Path

import pytest

from tests.fixtures.bank import Provider
from tests.fixtures.processes import Program
from tests.fixtures.terminal import Terminal

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalogue"
RESULTS = "learner,course,term,result,credits,awarded_on\n20230001,BBB,2014B,Pass,30,2014-09\n"


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_the_examples_of_programmes_and_enrolments_are_taken_in(
    terminal: Terminal, provider: Provider, tmp_path: Path
) -> None:
    """Programme plans, then whoever is known to the school; a wrong row is named on stderr."""
    own = ("--institution", provider.institution)
    plans = ("programmes", "import", str(EXAMPLES / "programmes.yaml"), *own)
    assert terminal.answer(*plans) == {"added": 1, "unchanged": 0}
    enrolments = ("enrolments", "import", str(EXAMPLES / "enrolments.csv"), *own)
    refused = terminal.run(*enrolments, "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["rejected"]) == (3, 1)
    assert refused.stderr.startswith("1: learner ")
    results = tmp_path / "results.csv"
    results.write_text(RESULTS, "utf-8")
    terminal.answer("import", str(results), *own)
    taken = {"added": 1, "changed": 0, "unchanged": 0, "rejected": 0}
    assert terminal.answer(*enrolments) == taken


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_levels_terms_and_working_days_are_data(program: Program, tmp_path: Path) -> None:
    """What cannot be is refused with the place that is wrong."""
    provider = program.register_provider()
    levels = EXAMPLES / "levels.yaml"
    assert program.answer("levels", "import", str(levels)) == {"published": 1}
    terms = tmp_path / "terms.json"
    declared = [{"name": "2024春", "first_day": "2024-02-26", "last_day": "2024-07-07"}]
    declare = ("calendar", "terms", str(terms), "--institution", provider.institution)
    terms.write_text(json.dumps(declared), "utf-8")
    assert program.answer(*declare) == {"declared": 1}
    terms.write_text(json.dumps([{**declared[0], "first_day": "2024-02-30"}]), "utf-8")
    assert "terms: is not of the expected form" in program.run(*declare).stderr
    days = tmp_path / "days.yaml"
    load = ("calendar", "working-days", str(days))
    days.write_text("2031: {source: 某通知, holidays: [01-01], worked_weekends: []}\n", "utf-8")
    assert program.answer(*load)["newest"] == "某通知"
    days.write_text("2031: {source: 某通知, holidays: [01-04], worked_weekends: []}\n", "utf-8")
    wrong = program.run(*load)
    assert (wrong.returncode, "2031: needs a source" in wrong.stderr) == (2, True)
