"""What bounds credit, in plain 中文 for a committee."""

from api.rule_words.source_lines import CLASSES
from creditbank.conversion.amounts import print_scaled
from creditbank.conversion.caps import (
    Cap,
    CategoryCap,
    CertificateCap,
    CertificatesCap,
    CertificateValueCap,
    ClassCap,
    PeriodCap,
    ProviderCap,
    RuleCap,
    Share,
)


def cap_line(cap: Cap, unit: str = "学分") -> str:
    """Say a cap in one sentence; `unit` is 学分 or 积分."""
    if isinstance(cap, CertificateCap):
        return f"一张证书合计不超过 {cap.credits} 学分"
    if isinstance(cap, CertificateValueCap):
        return "不超过证书在目录中的学分值"
    if isinstance(cap, RuleCap):
        return f"每人按本规则合计不超过 {cap.credits} {unit}"
    what = "计入" if cap.basis == "applied" else "认定"
    if isinstance(cap, CertificatesCap):
        return f"{_within(cap.category)}{what}的证书不超过 {cap.at_most} 张"
    limit = f"{cap.credits} 学分" if cap.share is None else _share(cap.share)
    return f"{_counted(cap)}{what}合计不超过{' ' if cap.share is None else ''}{limit}"


def _counted(cap: CategoryCap | ClassCap | PeriodCap | ProviderCap | object) -> str:
    if isinstance(cap, CategoryCap):
        return f"课程模块 {cap.category} "
    if isinstance(cap, ClassCap):
        return f"{_within(cap.category)}{'、'.join(CLASSES[one] for one in cap.classes)}成果"
    if isinstance(cap, ProviderCap):
        named = (*cap.providers, *(f"{one} 及其下属" for one in cap.provider_subtrees))
        return f"{_within(cap.category)}{'、'.join(named) or '每一提供单位'} 的成果"
    if isinstance(cap, PeriodCap):
        begins = "、".join(f"{month} 月 {day} 日" for month, day in cap.begins)
        left = "、".join(CLASSES[one] for one in cap.classes_not_counted)
        return f"自 {begins} 起的每一周期内取得的成果{f'（{left}不计）' if left else ''}"
    return "本专业"


def _within(category: str | None) -> str:
    return "" if category is None else f"课程模块 {category} 中"


def _share(share: Share) -> str:
    whole = "培养方案总学分" if share.of_category is None else f"课程模块 {share.of_category} 学分"
    return f"{whole}的 {print_scaled(share.percent, 2)}%（按 {share.quantum} 学分向下取整）"
