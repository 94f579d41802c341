"""A rule is compared with the published rules and the plans of its bank before it is drafted."""

from pathlib import Path

from creditbank.catalogue.programmes import ImportProgrammes, read_programmes
from tests.fixtures.enrolled import PLAN, PROGRAMMES
from tests.fixtures.recognition import Recognition
from tests.fixtures.terminal import Terminal

RULE = """\
format: creditbank/rule/v1
id: {name}
version: "1"
title: {{zh: 课程}}
reason: 理由
reference: 文件
author: 甲
approver: 乙
effective_from: 2010-01-01
sources: {{courses: [{source}]}}
shape: {{kind: courses, targets: [{{code: {target}, title: {{zh: 课程}}, credits: 4}}]}}
consumption: anywhere
{more}decided_by: automatic
tests:
  - name: 没有申请课程
    filed_on: 2026-03-01
    outcomes: [{{id: a, class: formal, course: {source}, awarded_on: 2025-01-01}}]
    expect: {{credits: 0, codes: [{codes}target-missing]}}
"""


def test_a_rule_that_does_not_fit_is_refused_with_its_line(
    recognition: Recognition, terminal: Terminal, tmp_path: Path
) -> None:
    """A circle with what is published, and a slot that no version of the plan has."""

    def rule(name: str, source: str, target: str, more: str = "", codes: str = "") -> str:
        file = tmp_path / f"{name}.yaml"
        made = RULE.format(name=name, source=source, target=target, more=more, codes=codes)
        file.write_text(made, "utf-8")
        return str(file)

    school, bank = recognition.school, recognition.bank
    first = rule("there", "A", "B")
    terminal.answer("rules", "import", first, "--institution", school)
    terminal.answer("rules", "publish", first)

    back = rule("back", "B", "A")
    told = terminal.refused("rules", "import", back, "--institution", school)
    assert f"{back}:11: shape: " in told
    assert "back, there, back" in told

    programmes = read_programmes(PROGRAMMES + PLAN.format(code="P1", level="专科"), school)
    bank.writer.write(ImportProgrammes(programmes=programmes))
    asked = 'programme: {code: P1, plan_versions: ["2024"]}\n'
    slot = rule("slot", "C", "DQ-7", more=asked, codes="programme-not-stated, ")
    told = terminal.refused("rules", "import", slot, "--institution", school)
    assert f"{slot}:11: shape.targets.0.code: DQ-7 " in told
    right = rule("right", "C", "DQ-1", more=asked, codes="programme-not-stated, ")
    terminal.answer("rules", "import", right, "--institution", school)
