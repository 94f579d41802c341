"""A bad rule is refused with the file, the line and what to do, in both languages."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.problems import load_problems
from creditbank.conversion.rule_file import RuleDocument
from creditbank.rules.check import unknown_slots

RULE = """\
format: creditbank/rule/v1
id: english
version: "1"
title: {zh: 大学英语}
reason: 理由
reference: 文件
author: 甲
approver: 乙
effective_from: 2020-01-01
sources: {courses: [A]}
shape:
  kind: courses
  targets:
    - {code: B, title: {zh: 英语}, credits: 4}
caps:
  - {kind: rule, credits: 8}
consumption: anywhere
decided_by: automatic
tests:
  - name: 一门
    filed_on: 2026-03-01
    outcomes: [{id: a, class: formal, course: A, awarded_on: 2025-06-30}]
    targets: [B]
    expect: {credits: 4}
"""
POOL = """\
  kind: hours_pool
  unit: {unit}
  per_credit: {per_credit}
  quantum: "0.5"
  target: {{code: B, title: {{zh: 英语}}}}
caps:
"""


def pool(unit: str = "class_hours", per_credit: str = "16") -> str:
    """Give the rule as a pool of hours."""
    head, rest = RULE.split("  kind: courses\n")
    return head + POOL.format(unit=unit, per_credit=per_credit) + rest.split("caps:\n")[1]


def second() -> str:
    """Give a second rule, by which what B gives becomes A again."""
    text = RULE.replace("id: english", "id: back").replace("code: B", "code: A")
    text = text.replace("targets: [B]", "targets: [A]").replace("course: A,", "course: B,")
    return text.replace("courses: [A]", "courses: [B]")


NEWER = RULE.replace('version: "1"', 'version: "2"').replace("2020-01-01", "2024-01-01")
BAD = [
    ("a circle of rules", [RULE, second()], 11, "english, back, english"),
    ("a cap below zero", [RULE.replace("credits: 8", "credits: -8")], 16, "state zero or more"),
    ("overlapping days", [RULE, NEWER], 9, "supersede it"),
    ("no cases", [RULE.split("tests:", maxsplit=1)[0] + "tests: []\n"], 19, "add at least one"),
    ("no tests at all", [RULE.split("tests:", maxsplit=1)[0]], 1, "add at least one"),
    ("a case that fails", [RULE.replace("expect: {credits: 4}", "expect: {credits: 5}")], 20,
     "mend the rule"),
    ("a unit of its own", [pool(unit="hour")], 13, "name the unit"),
    ("a unit beside the figure", [pool(per_credit="16学时")], 14, "a field of its own"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "texts", "line", "remedy"), BAD, ids=[one[0] for one in BAD])
def test_a_bad_rule_is_refused_with_its_line_and_the_remedy(
    tmp_path: Path, name: str, texts: list[str], line: int, remedy: str
) -> None:
    """Whoever wrote it finds the place without counting."""
    files = [tmp_path / f"{number}.yaml" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, "utf-8")
    done = CliRunner().invoke(app, ["rules", "test", *map(str, files)])
    assert done.exit_code in {1, 2}, name
    told = next(one for one in done.output.splitlines() if f"{files[0]}:{line}: " in one)
    assert remedy.split(", ", maxsplit=1)[0] in told
    assert "{" not in told


def test_a_slot_that_no_plan_has_is_refused() -> None:
    """A target with neither slot nor category has no place in the plan that the rule names."""
    plan = """
    plan:
      {programme: P, version: "1", credits: "80",
       categories: [{code: K, title: {zh: 必修}, credits: "80"}],
       slots: [{code: C, title: {zh: 英语}, category: K, credits: "4"}]}
"""
    document = RuleDocument.read(RULE.rstrip("\n") + plan)
    stated = document.rule.tests[0].plan
    assert stated is not None
    [problem] = document.located(list(unknown_slots(document.rule, stated)))
    assert (problem.field, problem.code, problem.facts["line"]) == (
        "shape.targets.0.code", "slot-unknown", 14,
    )  # fmt: skip
    for language, remedy in (("zh", "请更正编号"), ("en", "correct the code")):
        assert remedy in str(load_problems().field(problem, language)["detail"])
    with_category = RULE.replace("credits: 4}\ncaps", "credits: 4, category: K}\ncaps")
    assert not list(unknown_slots(RuleDocument.read(with_category).rule, stated))


def test_rules_of_two_institutions_that_recognise_each_other_are_no_circle(tmp_path: Path) -> None:
    """A code is each institution's own: courses of named providers are no targets of these."""
    files = [tmp_path / "there.yaml", tmp_path / "back.yaml"]
    files[0].write_text(RULE, "utf-8")
    files[1].write_text(second().replace("{courses:", "{providers: [inst-2], courses:"), "utf-8")
    outcomes = "course: B, provider: inst-2,"
    files[1].write_text(files[1].read_text("utf-8").replace("course: B,", outcomes), "utf-8")
    done = CliRunner().invoke(app, ["rules", "test", *map(str, files)])
    assert done.exit_code == 0, done.output


def test_a_version_that_supersedes_the_earlier_one_may_begin_while_it_holds(tmp_path: Path) -> None:
    """It ends the earlier one; two versions that supersede each other are a circle."""
    newer = NEWER.replace('version: "2"', 'version: "2"\nsupersedes: "1"')
    older = RULE.replace('version: "1"', 'version: "1"\nsupersedes: "2"')
    files = [tmp_path / "1.yaml", tmp_path / "2.yaml"]
    for texts, code in (([RULE, newer], 0), ([older, newer], 2)):
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, "utf-8")
        done = CliRunner().invoke(app, ["rules", "test", *map(str, files)])
        assert done.exit_code == code, done.output
    assert f"{files[0]}:4: supersedes" in done.output


def test_the_rules_of_the_examples_fit_each_other() -> None:
    """All of them together, as a bank may publish them."""
    folder = Path(__file__).parents[3] / "examples" / "rules"
    done = CliRunner().invoke(app, ["rules", "test", *map(str, sorted(folder.glob("*.yaml")))])
    assert done.exit_code == 0, done.output
