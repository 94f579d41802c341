"""Reviews of conversions against reversals and notices: they have no leaf of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from creditbank.audits.keys import KeySource
from creditbank.credits.queries import (
    StoredConversion,
    StoredReversal,
    find_conversions,
    find_reversals,
)
from creditbank.credits.reversal import DECISION_ITSELF, ReversalCause, Standing, as_standing
from creditbank.credits.reviews import OPEN, Review, ReviewState, all_reviews
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.learners.notices import Notice, find_notices
from ledger.findings import Findings

_CAUSES: Mapping[str, tuple[ReversalCause, ...]] = {
    ReviewState.UPHELD: (ReversalCause.CORRECTION,),
    ReviewState.DECIDED_ANEW: (ReversalCause.REVIEW,),
    ReviewState.TAKEN_BACK: (ReversalCause.REVIEW,),
    ReviewState.ENDED: (ReversalCause.OUTCOME, *DECISION_ITSELF),
}
"""Why a conversion was reversed whose review is over."""

_OF_A_REVIEW = {ReversalCause.CORRECTION, ReversalCause.REVIEW}
_REPLACING = (ReviewState.UPHELD, ReviewState.DECIDED_ANEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    standing: Mapping[str, Standing]
    reversals: Mapping[str, StoredReversal]
    replacing: Mapping[str, StoredConversion]
    notices: Mapping[str, Notice]


class ReviewCheck:
    """Checks every review."""

    table = "conversion_review"

    def __init__(self, connection: Connection, findings: Findings, source: KeySource) -> None:
        self._connection = connection
        self._findings = findings
        self._source = source

    def run(self) -> None:
        """Check all of them."""
        reviews = all_reviews(self._connection)
        known = self._load(reviews)
        for review in reviews:
            standing = known.standing.get(review.conversion_id)
            index = -1 if standing is None else standing.conversion.entry_index
            for problem in self._problems(review, standing, known):
                self._findings.add(self.table, index, f"{review.conversion_id}: {problem}")

    def _load(self, reviews: list[Review]) -> _Known:
        conversions = find_conversions(self._connection, [one.conversion_id for one in reviews])
        standing = as_standing(self._connection, conversions)
        return _Known(
            standing={one.conversion.id: one for one in standing},
            reversals=find_reversals(self._connection, conversions),
            replacing=find_conversions(
                self._connection, [one.replaced_by for one in reviews if one.replaced_by]
            ),
            notices=find_notices(self._connection, [one.notice_id or "" for one in reviews]),
        )

    def _problems(self, review: Review, standing: Standing | None, known: _Known) -> Iterator[str]:
        if standing is None:
            yield "there is no such conversion"
            return
        if review.state not in set(ReviewState):
            yield f"there is no state {review.state}"
        reversal = known.reversals.get(review.conversion_id)
        cause = None if reversal is None else reversal.cause
        if (reversal is None) != (review.state in OPEN):
            yield "its state is not what the reversals say"
        elif reversal is not None and cause not in _CAUSES.get(review.state, (cause,)):
            yield "its state is not what its conversion was reversed for"
        if review.outcome_id not in standing.resting_on:
            yield "outcome_id is not what its conversion rests on"
        elif cause in _OF_A_REVIEW and reversal and reversal.outcome_id != review.outcome_id:
            yield "outcome_id is not that of the reversal"
        yield from _replaced(review, reversal, known)
        yield from self._asked(review, standing, known)

    def _asked(self, review: Review, standing: Standing, known: _Known) -> Iterator[str]:
        """Compare what she was asked, and whether her answer opens."""
        asked = (review.due_on, review.working_days, review.notice_id)
        if review.state == ReviewState.ASKED and None in asked:
            yield "she was asked, and it does not say how"
        if asked == (None, None, None):
            return
        account_id = standing.conversion.account_id
        try:
            key = self._source.get([account_id]).get(account_id)
        except SealBroken:
            return  # Whatever is wrong with a key was found at its account.
        if key is not None:
            yield from _as_told(review, known.notices.get(review.notice_id or ""), key)


def _as_told(review: Review, notice: Notice | None, key: AccountKey) -> Iterator[str]:
    if notice is None or notice.account_id != key.account_id:
        yield "notice_id is no notice of its account"
        return
    try:
        facts = notice.facts(key)
        review.answer(key)
    except SealBroken:
        yield "its notice or its answer does not open"
        return
    told = facts.get("until"), facts.get("working_days")
    if told != (review.due_on, str(review.working_days)):
        yield "due_on or working_days is not what its notice says"


def _replaced(review: Review, reversal: StoredReversal | None, known: _Known) -> Iterator[str]:
    if review.state not in _REPLACING:
        if review.replaced_by is not None:
            yield "replaced_by is set, and nothing was made anew"
        return
    new = known.replacing.get(review.replaced_by or "")
    if new is None or reversal is None or new.entry_index != reversal.entry_index + 1:
        yield "replaced_by is not the conversion that follows the reversal"
