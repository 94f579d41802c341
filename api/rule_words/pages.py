"""One page of plain 中文 for the committee: what a rule says, its hash, and where to sign."""

from collections.abc import Iterator
from difflib import ndiff

from api.rule_words.cap_lines import cap_line
from api.rule_words.shape_lines import shape_lines
from api.rule_words.source_lines import source_lines
from api.rule_words.term_lines import term_lines
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument

UNITS = {"credits": "学分", "points": "积分"}
_SCOPES = {
    "anywhere": "同一成果（或其同一部分）只计一次，不得重复使用",
    "level": "同一成果在同一学历层次内只计一次",
    "programme": "同一成果在同一专业内只计一次",
}
_YEAR_MONTHS = 12
_HASH_BLOCK = 8


def rule_page(document: RuleDocument) -> str:
    """Print a rule; the hash is that of the file, so that what is signed is what is published."""
    rule = document.rule
    blocks = [
        document.sha256[at : at + _HASH_BLOCK] for at in range(0, len(document.sha256), _HASH_BLOCK)
    ]
    lines = [
        "学习成果转换规则",
        "",
        *_says(rule),
        "",
        f"文件校验值（SHA-256）：\n　{' '.join(blocks[:4])}\n　{' '.join(blocks[4:])}",
        "",
        f"起草：{rule.author}　　签字：＿＿＿＿＿＿＿＿　日期：＿＿＿＿年＿＿月＿＿日",
        "",
        f"批准：{rule.approver}　　签字（盖章）：＿＿＿＿＿＿＿＿　日期：＿＿＿＿年＿＿月＿＿日",
    ]
    return "\n".join(lines)


def rule_lines(rule: Rule) -> list[str]:
    """Say in plain 中文 what a rule says, line by line."""
    return list(_says(rule))


def rule_changes(old: Rule, new: Rule) -> list[str]:
    """Say in plain 中文 what a version says otherwise: − what no longer stands, + what does now."""
    marks = {"- ": "− ", "+ ": "+ "}
    compared = ndiff(list(_says(old)), list(_says(new)))
    return [marks[line[:2]] + line[2:] for line in compared if line[:2] in marks]


def _says(rule: Rule) -> Iterator[str]:
    yield from (
        f"名称：{rule.title.zh}",
        f"编号：{rule.id}　版本：{rule.version}",
        f"文件依据：{rule.reference}",
        f"制定理由：{rule.reason}",
        f"生效：{_period(rule)}",
        f"适用成果：{'；'.join(source_lines(rule.sources)) or '不限'}",
        f"成果有效期：{_validity(rule.valid_for_months)}",
        *_programme(rule),
        *shape_lines(rule.shape, UNITS[rule.unit]),
        *(f"上限：{cap_line(cap, UNITS[rule.unit])}" for cap in rule.caps),
        f"使用：{_SCOPES[rule.consumption]}",
        *_exclusive(rule),
        *term_lines(rule),
        f"自带用例：{len(rule.tests)} 个",
        *(f"　· {case.name}：{case.expect.credits} {UNITS[rule.unit]}" for case in rule.tests),
    )


def _programme(rule: Rule) -> Iterator[str]:
    wanted = rule.programme
    if wanted is not None:
        versions = "、".join(wanted.plan_versions) or "各版"
        yield f"适用专业：{wanted.code}，培养方案版本：{versions}"


def _exclusive(rule: Rule) -> Iterator[str]:
    if rule.series is not None:
        yield "同一系列的证书，只认定等级最高的一张"
    for group in rule.equivalents:
        yield f"视为同一课程，只认定一门：{'、'.join(group)}"


def _period(rule: Rule) -> str:
    until = rule.effective_until
    end = "起，至新版本生效时止" if until is None else f"起，至 {until} 前一日止"
    follows = "" if rule.supersedes is None else f"（取代第 {rule.supersedes} 版）"
    return f"{rule.effective_from} {end}{follows}{_transition(rule)}"


def _transition(rule: Rule) -> str:
    kept = rule.transition
    if kept is None:
        return ""
    return (
        f"；过渡：{kept.awarded_before} 以前授予、{kept.filed_until} 以前（含当日）申请的，"
        f"仍按第 {kept.version} 版办理"
    )


def _validity(months: int | None) -> str:
    if months is None:
        return "不限"
    years, rest = divmod(months, _YEAR_MONTHS)
    stated = f"{months} 个月" if rest else f"{years} 年"
    return f"自授予之日起 {stated}，含最后一日，以申请日为准"
