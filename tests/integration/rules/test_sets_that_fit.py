"""Whichever door a rule comes through, it is compared with all that is published before it is."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from creditbank.bank import Bank
from creditbank.catalogue.programmes import ImportProgrammes, read_programmes
from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import InvalidInput
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule
from creditbank.rules.queries import published_rules
from tests.fixtures.enrolled import PLAN, PROGRAMMES
from tests.fixtures.recognition import Recognition
from tests.fixtures.terminal import Terminal

Content = dict[str, object]


def rule(name: str, source: str, target: str, **more: object) -> Content:
    """Give a rule that makes one course of another."""
    case = {"id": "a", "class": "formal", "course": source, "awarded_on": "2025-01-01"}
    codes = [*(["programme-not-stated"] if "programme" in more else []), "target-missing"]
    return {
        "format": "creditbank/rule/v1",
        "id": name,
        "version": "1",
        "title": {"zh": "课程"},
        "reason": "理由",
        "reference": "文件",
        "author": "甲",
        "approver": "乙",
        "effective_from": "2010-01-01",
        "sources": {"courses": [source]},
        "shape": {
            "kind": "courses",
            "targets": [{"code": target, "title": {"zh": "课程"}, "credits": "4"}],
        },
        "consumption": "anywhere",
        "decided_by": "automatic",
        "tests": [
            {
                "name": "没有申请课程",
                "filed_on": "2026-03-01",
                "outcomes": [case],
                "expect": {"credits": "0", "codes": codes},
            }
        ],
        **more,
    }


def document(content: Content) -> RuleDocument:
    """Read a rule as a set has it."""
    return RuleDocument.read_line(json.dumps(content))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Where a set is written."""
    return tmp_path / "rules.ndjson"


def write(file: Path, *contents: Content) -> None:
    """Write a set, one rule a line."""
    file.write_text("".join(f"{json.dumps(one)}\n" for one in contents), "utf-8")


def publish(bank: Bank, one: RuleDocument) -> None:
    """Draft and publish a rule of the bank itself."""
    owner = bank.installation.institution_id
    bank.writer.write(DraftRule(institution_id=owner, document=one, by="甲"))
    bank.writer.write(PublishRule(document=one, by="乙"))


def published(bank: Bank) -> list[str]:
    """Name what is published."""
    with bank.readers.reading() as connection:
        return [one.id for one in published_rules(connection)]


def test_a_set_publishes_all_but_what_closes_a_circle(
    bank: Bank, terminal: Terminal, rules: Path
) -> None:
    """The line of the set is named with the remedy; a pattern closes a circle too."""
    write(
        rules,
        rule("one", "A", "B"),
        rule("two", "B", "C"),
        rule("back", "C", "A"),
        rule("aside", "X", "Y"),
        rule("like", "Z", "A") | {"sources": {"course_patterns": ["?"], "courses": ["Z"]}},
    )
    assert terminal.answer("rules", "import", str(rules))["drafts"] == 5
    done = terminal.run("rules", "publish", str(rules), "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout) == {"rules": 5, "drafts": 0, "published": 3, "refused": 2}
    assert published(bank) == ["one", "two", "aside"]
    assert f"{rules}:3: back: " in done.stderr
    assert "back, one, two, back" in done.stderr
    assert f"{rules}:5: like: " in done.stderr
    assert "change what one of them gives or takes" in done.stderr

    done = terminal.run("rules", "import", str(rules), "--json")
    assert json.loads(done.stdout)["refused"] == 2, "a draft that cannot be published is none"


def test_a_set_is_tested_as_a_whole(terminal: Terminal, rules: Path) -> None:
    """Without a bank, each line that stands in the circle is named."""
    write(rules, rule("one", "A", "B"), rule("aside", "X", "Y"), rule("back", "B", "A"))
    told = terminal.refused("rules", "test", str(rules))
    assert f"{rules}:1: shape: " in told
    assert f"{rules}:3: shape: " in told
    assert f"{rules}:2: " not in told


def test_a_case_of_a_set_that_fails_is_named_with_its_line(terminal: Terminal, rules: Path) -> None:
    """By the test of the set, and where somebody publishes it all the same."""
    wrong = rule("wrong", "B", "C")
    wrong["tests"][0]["expect"]["credits"] = "5"  # type: ignore[index]  # A case of the rule above.
    write(rules, rule("right", "A", "B"), wrong)
    done = terminal.run("rules", "test", str(rules))
    assert done.exit_code == 1
    assert f"{rules}:2: wrong: case 没有申请课程 must give 5 target-missing" in done.stderr
    terminal.run("rules", "import", str(rules))
    done = terminal.run("rules", "publish", str(rules))
    assert f"{rules}:2: wrong: " in done.stderr
    assert "tests.0: case 没有申请课程 must give 5" in done.stderr


def test_two_that_close_a_circle_at_once_are_not_both_published(bank: Bank) -> None:
    """Each fits what was published when they were drafted; the writer sees them together."""
    pair = [document(rule("there", "A", "B")), document(rule("back", "B", "A"))]
    owner = bank.installation.institution_id
    for one in pair:
        bank.writer.write(DraftRule(institution_id=owner, document=one, by="甲"))
    waiting = [bank.writer.submit(PublishRule(document=one, by="乙")) for one in pair]
    waiting[0].result()
    with pytest.raises(InvalidInput) as raised:
        waiting[1].result()
    [problem] = raised.value.problems
    assert (problem.code, problem.facts["path"]) == ("rule-circle", ("back", "there", "back"))
    assert published(bank) == ["there"]


def test_a_version_that_has_ended_closes_no_circle(bank: Bank) -> None:
    """A rule that gives something else from a day on leaves others free from that day on."""
    later = rule("there", "A", "Z") | {
        "version": "2", "supersedes": "1", "effective_from": "2020-01-01",
    }  # fmt: skip
    early, late = rule("early", "B", "A"), rule("late", "B", "A")
    late["effective_from"] = "2020-01-01"
    for content in (rule("there", "A", "B"), later):
        publish(bank, document(content))
    with pytest.raises(InvalidInput) as raised:
        publish(bank, document(early))
    assert [problem.code for problem in raised.value.problems] == ["rule-circle"]
    publish(bank, document(late))
    assert published(bank) == ["there", "there", "late"]


def test_a_set_names_no_slot_that_its_plan_has_not(
    recognition: Recognition, terminal: Terminal, rules: Path
) -> None:
    """Also where the plan became known after the rules were drafted."""
    asked = {"programme": {"code": "P1", "plan_versions": ["2024"]}}
    write(rules, rule("right", "C", "DQ-1", **asked), rule("wrong", "C", "DQ-7", **asked))
    school, bank = recognition.school, recognition.bank
    drafted = terminal.answer("rules", "import", str(rules), "--institution", school)
    assert drafted["drafts"] == 2
    programmes = read_programmes(PROGRAMMES + PLAN.format(code="P1", level="专科"), school)
    bank.writer.write(ImportProgrammes(programmes=programmes))
    done = CliRunner().invoke(app, ["rules", "publish", str(rules)])
    assert done.exit_code == 3
    assert f"{rules}:2: wrong: " in done.output
    assert "shape.targets.0.code: DQ-7 " in done.output
    assert published(bank)[-1] == "right"
