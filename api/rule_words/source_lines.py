"""Which outcomes a rule takes, in plain 中文 for a committee."""

from collections.abc import Iterator

from creditbank.conversion.sources import GradeNeeded, Sources

CLASSES = {
    "formal": "学历教育",
    "vocational": "职业技能证书",
    "non_degree": "非学历教育",
    "venue": "社会场馆学习",
}
ASSURANCES = {
    "declared": "本人申报",
    "attended": "出勤",
    "assessed": "考核",
    "supervised": "监考",
    "identity_checked": "实名考核",
    "archive_checked": "档案补录",
}
_UNITS = {"class_hours": "学时", "hours": "小时学习量"}


def source_lines(sources: Sources) -> Iterator[str]:
    """Say each predicate that a rule states."""
    named = (
        ("类别", [CLASSES[one] for one in sources.classes]),
        ("提供单位", sources.providers),
        ("提供单位或其上级", sources.provider_subtrees),
        ("课程", (*sources.courses, *sources.course_patterns)),
        ("证书系列", sources.certificate_series),
        ("互认学分银行", sources.banks),
    )
    yield from (f"{name}为{'、'.join(values)}" for name, values in named if values)
    if sources.levels:
        levels = (f"{one.framework}第 {one.at_least} 级" for one in sources.levels)
        yield f"等级不低于{'或'.join(levels)}"
    if sources.grades:
        yield f"成绩为{'或'.join(map(_grade, sources.grades))}"
    if sources.hours is not None:
        yield f"不少于 {sources.hours.at_least} {_UNITS[sources.hours.unit]}"
    if sources.assurance_at_least is not None:
        yield f"核验等级不低于{ASSURANCES[sources.assurance_at_least]}"
    if sources.awarded_from is not None:
        yield f"{sources.awarded_from} 以后（含当日）授予"
    if sources.awarded_until is not None:
        yield f"{sources.awarded_until} 以前（含当日）授予"


def _grade(needed: GradeNeeded) -> str:
    if needed.at_least is not None:
        return f"{needed.scale} {needed.at_least} 分以上（含）"
    return f"{needed.scale} {'、'.join(needed.any_of)}"
