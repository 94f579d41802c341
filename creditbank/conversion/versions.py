"""Which version of a rule is in force on a day."""

from collections.abc import Iterable
from datetime import date

from creditbank.conversion.rule_file import RuleDocument


def version_in_force(versions: Iterable[RuleDocument], on: date) -> RuleDocument | None:
    """Give the published version of one rule that a filing of this day falls under, if any does.

    A version that supersedes another ends it on its own first day, so the latest beginning counts.
    """
    begun = [one for one in versions if one.rule.effective_from <= on]
    newest = max(begun, key=lambda one: one.rule.effective_from, default=None)
    if newest is None or _has_ended(newest, on):
        return None
    return newest


def _has_ended(document: RuleDocument, on: date) -> bool:
    until = document.rule.effective_until
    return until is not None and on >= until
