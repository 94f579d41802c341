"""One page of plain 中文 for the committee: what a rule says, its hash, and where to sign."""

from collections.abc import Iterator
from difflib import ndiff

from api.cli.source_lines import source_lines
from creditbank.conversion.rule import (
    Cap,
    CertificateCap,
    CertificateValueCap,
    HoursPool,
    Rule,
    Shape,
)
from creditbank.conversion.rule_file import RuleDocument

_UNITS = {"class_hours": "学时", "hours": "小时学习量"}
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
        *_shape(rule.shape),
        *(f"上限：{_cap(cap)}" for cap in rule.caps),
        "使用：同一成果（或其同一部分）只计一次，不得重复使用",
        "决定：由规则自动认定",
        f"自带用例：{len(rule.tests)} 个",
        *(f"　· {case.name}：{case.expect.credits} 学分" for case in rule.tests),
    )


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


def _shape(shape: Shape) -> Iterator[str]:
    if isinstance(shape, HoursPool):
        unit = _UNITS[shape.unit]
        yield f"折算：累计每 {shape.per_credit} {unit}认定 1 学分，按 {shape.quantum} 学分向下取整"
        yield f"　认定为：{shape.target.title.zh}（{shape.target.code}）；余下{unit}留待以后使用"
        return
    yield "折算：一项成果认定下列课程，一门课程只认定一项成果"
    for target in shape.targets:
        yield f"　· {target.title.zh}（{target.code}）：{target.credits} 学分"


def _cap(cap: Cap) -> str:
    if isinstance(cap, CertificateCap):
        return f"一张证书合计不超过 {cap.credits} 学分"
    if isinstance(cap, CertificateValueCap):
        return "不超过证书在目录中的学分值"
    return f"每人按本规则合计不超过 {cap.credits} 学分"
