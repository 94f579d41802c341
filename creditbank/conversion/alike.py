"""Outcomes of one learner that two catalogues name alike: which of them counts.

Outcomes of one definition, and certificates, are told apart by other means. What is the same course
counts once; what is similar is for a person to decide.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from creditbank.conversion.amounts import AmountError, Grade
from creditbank.conversion.decision import Reason, Step, Trace
from creditbank.conversion.filing import AlikeUse, Likeness, Outcome, Use
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import HoursPool
from creditbank.conversion.titles import fold_title, similar_title

Used: TypeAlias = tuple[Outcome, Use]
"""An outcome, and what a conversion used of it."""

_BESIDE = {
    Likeness.DUPLICATE: Reason.DUPLICATE_OUTCOME,
    Likeness.SAME: Reason.EQUIVALENT_OUTCOME,
    Likeness.SIMILAR: Reason.SIMILAR_TITLE,
}
_USED = {
    Likeness.DUPLICATE: Reason.ALREADY_CONSUMED,
    Likeness.SAME: Reason.EQUIVALENT_USED,
    Likeness.SIMILAR: Reason.SIMILAR_USED,
}


def with_title(outcome: Outcome, title: str, term: str | None) -> Outcome:
    """Give an outcome with what its title as printed and its term tell of it."""
    folded, similar = fold_title(title), similar_title(title)
    return replace(outcome, title=folded, similar_title=similar, term=term)


def likeness(one: Outcome, other: Outcome) -> Likeness | None:
    """Say how two outcomes of one learner are alike, if they are.

    Two providers' results of one course in one term are a duplicate. A code that both use makes
    similar titles the same; alone it says nothing, for codes are each provider's own.
    """
    if one.certificate_series is not None or other.certificate_series is not None:
        return None
    has_same_code, has_same_provider = one.course == other.course, one.provider == other.provider
    if (has_same_code and has_same_provider) or one.group == other.group:
        return None
    if not one.title or one.similar_title != other.similar_title:
        return None
    if one.title != other.title and not has_same_code:
        return Likeness.SIMILAR
    in_one_term = one.term is not None and one.term == other.term
    return Likeness.DUPLICATE if in_one_term and not has_same_provider else Likeness.SAME


def refused_as_alike(rule: Rule, outcomes: Sequence[Outcome]) -> dict[str, Reason]:
    """Give why outcomes of one filing do not count beside others of it, by outcome.

    Of two that are the same the higher grade counts where both are on one scale, else the earlier.
    """
    refused: dict[str, Reason] = {}
    kept: list[Outcome] = []
    for one in outcomes:
        alike = [(other, found) for other in kept if (found := _counting(rule, one, other))]
        same = [(other, found) for other, found in alike if found is not Likeness.SIMILAR]
        if same and one.is_active and all(_is_higher(one, other) for other, _ in same):
            refused.update((other.id, _BESIDE[found]) for other, found in same)
            kept = [other for other in kept if other.id not in refused]
            kept.append(one)
        elif alike:
            refused[one.id] = _BESIDE[(same or alike)[0][1]]
        elif one.is_active:
            kept.append(one)
    return refused


def with_alike_uses(outcome: Outcome, used: Iterable[Used]) -> Outcome:
    """Give an outcome with what earlier conversions used of others that are named like it."""
    found = {
        AlikeUse(likeness=how, use=use)
        for other, use in used
        if (how := likeness(outcome, other)) is not None
    }
    ordered = sorted(found, key=lambda one: (one.use.entry, one.use.start, one.likeness))
    return replace(outcome, alike_uses=tuple(ordered))


def trace_alike_uses(rule: Rule, scope: str, outcome: Outcome, trace: Trace) -> None:
    """Refuse what was used already under another record, each use with the entry that made it."""
    for code, entry in sorted(set(_used_alike(rule, scope, outcome))):
        trace.add(Step.EXCLUSIVITY, outcome.id, code, entry=entry)


def _used_alike(rule: Rule, scope: str, outcome: Outcome) -> Iterator[tuple[Reason, int]]:
    for one in outcome.alike_uses:
        if one.use.blocks(scope) and _counts(rule, one.likeness, is_whole=one.use.unit is None):
            yield _USED[one.likeness], one.use.entry


def _counting(rule: Rule, one: Outcome, other: Outcome) -> Likeness | None:
    found = likeness(one, other)
    return found if found is not None and _counts(rule, found, is_whole=True) else None


def _counts(rule: Rule, found: Likeness, *, is_whole: bool) -> bool:
    """Say whether it matters: hours of one course in several terms may well be added up."""
    in_pool = isinstance(rule.shape, HoursPool) or not is_whole
    return found is Likeness.DUPLICATE or not in_pool


def _is_higher(one: Outcome, other: Outcome) -> bool:
    if one.grade_scale is None or one.grade_scale != other.grade_scale:
        return False
    try:
        return Grade.parse(one.grade or "") > Grade.parse(other.grade or "")
    except AmountError:
        return False
