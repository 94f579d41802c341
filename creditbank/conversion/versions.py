"""Which version of a rule is in force on a day."""

from collections.abc import Collection, Iterable
from datetime import date

from creditbank.conversion.rule_file import RuleDocument


def version_in_force(
    versions: Iterable[RuleDocument], on: date, awarded: Collection[date]
) -> RuleDocument | None:
    """Give the published version of one rule that a filing of this day falls under, if any does.

    A version that supersedes another ends it on its own first day, so the latest beginning counts,
    unless its transition leaves every award to an earlier one; `awarded` are their last days.
    """
    known = list(versions)
    begun = [one for one in known if one.rule.effective_from <= on]
    newest = max(begun, key=lambda one: one.rule.effective_from, default=None)
    if newest is None or _has_ended(newest, on):
        return None
    kept = newest.rule.transition
    if kept is None or on > kept.filed_until or not _all_before(awarded, kept.awarded_before):
        return newest
    return next((one for one in known if one.rule.version == kept.version), None)


def _all_before(days: Collection[date], day: date) -> bool:
    return bool(days) and max(days) < day


def _has_ended(document: RuleDocument, on: date) -> bool:
    until = document.rule.effective_until
    return until is not None and on >= until
