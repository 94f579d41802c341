"""What bounds credit, in plain words for a committee."""

from api.rule_words.source_lines import classes_said
from api.rule_words.wording import Wording
from creditbank.conversion.amounts import print_scaled
from creditbank.conversion.caps import (
    Cap,
    CategoryCap,
    CertificateCap,
    CertificatesCap,
    CertificateValueCap,
    ClassCap,
    PeriodCap,
    PlanCap,
    ProviderCap,
    RuleCap,
    Share,
)


def cap_line(cap: Cap, words: Wording, unit: str = "credits") -> str:
    """Say a cap in one sentence; `unit` is `credits` or `points`."""
    if isinstance(cap, CertificateCap):
        return words.say("cap-certificate", amount=words.say("credits", n=cap.credits))
    if isinstance(cap, CertificateValueCap):
        return words.say("cap-certificate_value")
    if isinstance(cap, RuleCap):
        return words.say("cap-rule", amount=words.say(unit, n=cap.credits))
    basis = words.say(f"basis-{cap.basis}")
    if isinstance(cap, CertificatesCap):
        within = _within(cap.category, words)
        return words.say("cap-certificates", n=cap.at_most, basis=basis, within=within)
    counted = _counted(cap, words)
    if cap.share is not None:
        share = _share(cap.share, words)
        return words.say("cap-share", limit=share, basis=basis, counted=counted)
    limit = words.say("credits", n=cap.credits)
    return words.say("cap-amount", limit=limit, basis=basis, counted=counted)


def _counted(
    cap: PlanCap | CategoryCap | ClassCap | ProviderCap | PeriodCap, words: Wording
) -> str:
    if isinstance(cap, CategoryCap):
        return words.say("counted-category", category=cap.category)
    if isinstance(cap, ClassCap):
        these = classes_said(cap.classes, "any", words)
        return words.say("counted-class", these=these, within=_within(cap.category, words))
    if isinstance(cap, ProviderCap):
        these = _providers(cap, words)
        return words.say("counted-provider", these=these, within=_within(cap.category, words))
    if isinstance(cap, PeriodCap):
        return _period(cap, words)
    return words.say("counted-programme")


def _providers(cap: ProviderCap, words: Wording) -> str:
    below = (words.say("provider-below", provider=one) for one in cap.provider_subtrees)
    return words.listed("any", (*cap.providers, *below)) or words.say("each-provider")


def _period(cap: PeriodCap, words: Wording) -> str:
    days = words.listed("any", map(words.day_of_year, cap.begins))
    left = classes_said(cap.classes_not_counted, "values", words)
    without = words.say("not-counted", these=left) if left else ""
    return words.say("counted-period", days=days, without=without)


def _within(category: str | None, words: Wording) -> str:
    return "" if category is None else words.say("within-category", category=category)


def _share(share: Share, words: Wording) -> str:
    whole = (
        words.say("whole-plan")
        if share.of_category is None
        else words.say("whole-category", category=share.of_category)
    )
    return words.say(
        "share",
        whole=whole,
        percent=print_scaled(share.percent, 2),
        quantum=words.say("credits", n=share.quantum),
    )
