"""Which version of a rule is in force on a day."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from creditbank.conversion.rule_file import RuleDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionInForce:
    """A version, and the awards for which filings of a day fall under it.

    Those where all were `awarded_before` a day; or those where not all were, as `unless_before`
    says; else all. Days are the last ones on which each can have been awarded.
    """

    document: RuleDocument
    awarded_before: date | None = None
    unless_before: date | None = None

    def takes(self, awarded: Collection[date]) -> bool:
        """Say whether a filing of awards of these days falls under it."""
        if self.awarded_before is not None:
            return _all_before(awarded, self.awarded_before)
        return self.unless_before is None or not _all_before(awarded, self.unless_before)


def versions_in_force(versions: Iterable[RuleDocument], on: date) -> Iterator[VersionInForce]:
    """Give the published versions of one rule that a filing of this day may fall under.

    A version that supersedes another ends it on its own first day, so the latest beginning counts
    and is given first; its transition may leave awards to an earlier one.
    """
    known = list(versions)
    begun = [one for one in known if one.rule.effective_from <= on]
    newest = max(begun, key=lambda one: one.rule.effective_from, default=None)
    if newest is None or _has_ended(newest, on):
        return
    kept = newest.rule.transition
    if kept is None or on > kept.filed_until:
        yield VersionInForce(document=newest)
        return
    yield VersionInForce(document=newest, unless_before=kept.awarded_before)
    for one in known:
        if one.rule.version == kept.version:
            yield VersionInForce(document=one, awarded_before=kept.awarded_before)
            return


def version_in_force(
    versions: Iterable[RuleDocument], on: date, awarded: Collection[date]
) -> RuleDocument | None:
    """Give the published version of one rule that a filing of this day falls under, if any does.

    `awarded` are the last days of its awards.
    """
    found = (one for one in versions_in_force(versions, on) if one.takes(awarded))
    return next((one.document for one in found), None)


def _all_before(days: Collection[date], day: date) -> bool:
    return bool(days) and max(days) < day


def _has_ended(document: RuleDocument, on: date) -> bool:
    until = document.rule.effective_until
    return until is not None and on >= until
