"""What a version of a rule changes, as a committee reads it."""

from api.rule_words.pages import rule_changes, rule_page
from creditbank.conversion.rule_file import RuleDocument
from tests.fixtures.rules import CERTIFICATE_RULE, HOURS_RULE, taking


def changes(old: str, new: str) -> list[str]:
    """Compare two files."""
    return rule_changes(RuleDocument.read(old).rule, RuleDocument.read(new).rule, "zh")


def test_a_version_is_told_by_the_lines_that_differ_alone() -> None:
    """What no longer stands, then what does now; the rest is not repeated."""
    newer = HOURS_RULE.replace("quantum: 0.5", "quantum: 1")
    assert changes(HOURS_RULE, newer) == [
        "− 折算：累计每 16 学时认定 1 学分，按 0.5 学分向下取整",
        "+ 折算：累计每 16 学时认定 1 学分，按 1 学分向下取整",
    ]
    assert changes(HOURS_RULE, HOURS_RULE) == []


def test_every_predicate_and_a_transition_are_said_in_plain_words() -> None:
    """Nobody has to read YAML to know whom a rule takes."""
    sources = (
        "{classes: [venue], providers: [甲], provider_subtrees: [乙], courses: [A], "
        "course_patterns: ['B*'], levels: [{framework: 技能, at_least: 4}], "
        "grades: [{scale: 百分制, at_least: 75}, {scale: 五级制, any_of: [优, 良]}], "
        "hours: {unit: class_hours, at_least: 16}, assurance_at_least: supervised, "
        "awarded_from: 2015-01-01, awarded_until: 2025-12-31}"
    )
    kept = (
        'version: "2"\nsupersedes: "1"\n'
        'transition: {awarded_before: 2026-01-01, filed_until: 2026-12-31, version: "1"}'
    )
    newer = taking(HOURS_RULE, sources).replace('version: "1"', kept, 1)
    page = rule_page(RuleDocument.read(newer))
    for words in (
        "类别为社会场馆学习", "提供单位为甲", "提供单位或其上级为乙", "课程为A、B*",
        "等级不低于技能第 4 级", "成绩为百分制 75 分以上（含）或五级制 优、良", "不少于 16 学时",
        "核验等级不低于监考", "2015-01-01 以后（含当日）授予", "2025-12-31 以前（含当日）授予",
        "过渡：2026-01-01 以前授予、2026-12-31 以前（含当日）申请的，仍按第 1 版办理",
    ):  # fmt: skip
        assert words in page
    assert any(line.startswith("+ 适用成果") for line in changes(HOURS_RULE, newer))
    assert changes(CERTIFICATE_RULE, CERTIFICATE_RULE.replace("credits: 8", "credits: 9"))
