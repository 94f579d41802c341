"""How a filing is handled and a reversal answered, in plain 中文 for a committee."""

from collections.abc import Iterator

from creditbank.conversion.rule import Rule
from creditbank.conversion.workflow import ChainStep, Reversal, Workflow

_STEPS = {
    "acceptance": "受理",
    "first_review": "初审",
    "second_review": "复审",
    "final_review": "终审",
    "publication": "公示",
    "recognition": "认定",
    "entry": "入册",
}
_DECIDERS = {"receiving": "接收单位", "bank": "学分银行", "committee": "委员会"}
_ROLES = {
    "director": "主任",
    "clerk": "经办",
    "checker": "复核",
    "expert": "专家",
    "institution_administrator": "机构管理员",
}
_IDENTITY = {"0": "无须核验身份", "1": "联系方式已核验", "2": "身份证件已核验"}


def term_lines(rule: Rule) -> Iterator[str]:
    """Say who decides, when one may file, and what follows when an outcome is taken back."""
    if rule.decided_by == "automatic":
        yield "决定：由规则自动认定"
    if rule.workflow is not None:
        yield from _workflow(rule.workflow)
    if rule.reversal is not None:
        yield _reversal(rule.reversal)


def _workflow(terms: Workflow) -> Iterator[str]:
    if terms.steps:
        yield f"程序：{' → '.join(map(_step, terms.steps))}"
    if terms.windows:
        days = (f"{_day(one.opens)}至{_day(one.closes)}（含当日）" for one in terms.windows)
        yield f"受理时间：每年{'、'.join(days)}"
    if terms.identity_level is not None:
        yield f"身份要求：{_IDENTITY[terms.identity_level]}"
    for refusal in terms.refusals:
        yield f"不予认定的理由：{refusal.code}　{refusal.zh}"
    if terms.appeal_working_days is not None:
        yield f"申诉：自决定送达之日起 {terms.appeal_working_days} 个工作日内"


def _step(step: ChainStep) -> str:
    who = _DECIDERS[step.by] + ("" if step.role is None else _ROLES[step.role])
    within = "" if step.working_days is None else f"，{step.working_days} 个工作日"
    return f"{_STEPS[step.step]}（{who}{within}）"


def _day(day: tuple[int, int]) -> str:
    month, number = day
    return f" {month} 月 {number} 日"


def _reversal(reversal: Reversal) -> str:
    return (
        f"成果更正或撤销：自通知送达之日起 {reversal.answer_working_days} 个工作日内可提出意见；"
        "释放的学分由学习者选择使用；已颁发证书的，另立事项处理"
    )
