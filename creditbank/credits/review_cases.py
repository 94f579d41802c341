"""Conversions under review, with all that deciding them anew takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from sqlalchemy import Connection, Executable
from sqlmodel import SQLModel

from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.credits.queries import find_conversions
from creditbank.credits.redecide import Redecidable, load_redecidable
from creditbank.credits.reversal import Cause, ReversalCause, Standing, as_standing, reverse_one
from creditbank.credits.reviews import (
    ANSWER_WORKING_DAYS,
    Review,
    ReviewState,
    change_review,
    find_reviews,
)
from creditbank.errors import InvalidInput, Refusal
from creditbank.institutions.tree import Tree, load_tree
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.notices import (
    Notice,
    NoticeSubject,
    draft_notice,
    find_notices,
    notice_rows,
)
from creditbank.outcomes.chains import with_superseding
from creditbank.outcomes.queries import find_outcomes
from creditbank.outcomes.status import OutcomeStatus
from creditbank.rules.queries import rules_by_hash
from creditbank.writer.command import Moment, Rows, joined
from ledger.leaf import LeafDraft

_TOLD = {
    ReviewState.UPHELD: NoticeSubject.CONVERSION_UPHELD,
    ReviewState.DECIDED_ANEW: NoticeSubject.CONVERSION_DECIDED_ANEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a decision about a conversion writes."""

    changes: Sequence[Executable]
    rows: Mapping[type[SQLModel], Rows]
    leaves: Sequence[LeafDraft]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A conversion under review: how it would be decided anew, by when she answers, who corrected.

    `posted_with` is the credential with which the outcome that stands now was posted.
    """

    review: Review
    redecidable: Redecidable
    working_days: int
    notice: Notice | None
    posted_with: str

    @property
    def standing(self) -> Standing:
        """The conversion with what it uses."""
        return self.redecidable.standing

    def gives_the_same(self, today: date) -> bool:
        """Say whether the outcomes as they stand now are granted exactly the same."""
        try:
            judged = self.redecidable.command.judge(self.redecidable.known, today)
        except (Refusal, InvalidInput):
            return False
        return frozenset(judged.judgement.grants) == self.redecidable.granted

    def cause(self, kind: ReversalCause, by: str) -> Cause:
        """Give why this conversion is reversed, and by whom."""
        return Cause(
            kind=kind,
            key=self.redecidable.command.key,
            by=by,
            outcome_id=self.review.outcome_id,
            status=OutcomeStatus.SUPERSEDED,
        )

    def taken_back(self, cause: Cause, reason: str, moment: Moment) -> Written:
        """Reverse the conversion and tell her."""
        reversal = reverse_one(self.standing, cause, moment)
        told = NoticeSubject.CONVERSION_TAKEN_BACK
        notice = self.notice_of(told, moment, {"reason": reason})
        noted = change_review(self.review.conversion_id, state=ReviewState.TAKEN_BACK.value)
        return Written(
            changes=[*reversal.changes, noted],
            rows={**reversal.rows, **notice_rows(notice)},
            leaves=[reversal.leaf],
        )

    def made_anew(
        self, cause: Cause, becomes: ReviewState, moment: Moment, facts: Mapping[str, str]
    ) -> Written:
        """Reverse the conversion, make it again with today's outcomes, and tell her.

        Raises what `RecogniseCredit` does where they are granted nothing.
        """
        reversal = reverse_one(self.standing, cause, moment)
        made = self.redecidable.command.decide(self.redecidable.known, moment.after(1))
        notice = self.notice_of(_TOLD[becomes], moment, facts)
        noted = change_review(
            self.review.conversion_id, state=becomes.value, replaced_by=made.answer
        )
        return Written(
            changes=[*reversal.changes, noted],
            rows=joined(made.rows, reversal.rows, notice_rows(notice)),
            leaves=[reversal.leaf, *made.leaves],
        )

    def notice_of(
        self, subject: NoticeSubject, moment: Moment, facts: Mapping[str, str]
    ) -> dict[str, object]:
        """Draft what she is told of this conversion."""
        conversion = self.standing.conversion
        told = {
            "day": civil_day(moment.now).isoformat(),
            "credits": str(Credits(milli=conversion.credits)),
            "rule": conversion.rule_id,
            **facts,
        }
        key = self.redecidable.command.key
        return draft_notice(key, subject=subject, facts=told, moment=moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The cases that commands name, by conversion, and who stands under whom today."""

    cases: Mapping[str, Case]
    tree: Tree

    def case(self, conversion_id: str, key: AccountKey, *states: ReviewState) -> Case:
        """Give a case of the account of this key.

        Raises a `Refusal`: "not-found", "review-not-open" where it is in none of these states.
        """
        found = self.cases.get(conversion_id)
        if found is None or found.standing.conversion.account_id != key.account_id:
            raise Refusal("not-found")
        if found.review.state not in states:
            raise Refusal("review-not-open", state=found.review.state)
        return found

    def without(self, account_id: str) -> "State":
        """Leave out the cases of an account: what is known of them is no longer true."""
        others = {
            one: case
            for one, case in self.cases.items()
            if case.standing.conversion.account_id != account_id
        }
        return replace(self, cases=others)


class _Named(Protocol):
    """A command about one review."""

    @property
    def conversion_id(self) -> str: ...
    @property
    def key(self) -> AccountKey: ...
    @property
    def secrets(self) -> VaultSecrets: ...
    @property
    def on(self) -> date: ...


def load_cases(connection: Connection, commands: Sequence[_Named]) -> State:
    """Load the cases that commands name, each with the key of its account."""
    named = {one.conversion_id: one for one in commands}
    reviews = find_reviews(connection, named)
    conversions = find_conversions(connection, reviews)
    notices = find_notices(connection, [one.notice_id or "" for one in reviews.values()])
    rules = rules_by_hash(connection, {one.rule_sha256 for one in conversions.values()})
    cases = {}
    for one in as_standing(connection, conversions):
        review, command = reviews[one.conversion.id], named[one.conversion.id]
        if one.conversion.account_id != command.key.account_id:
            continue
        newest = with_superseding(connection, [review.outcome_id])[review.outcome_id][-1]
        terms = rules[one.conversion.rule_sha256].document.rule.reversal
        cases[one.conversion.id] = Case(
            review=review,
            redecidable=load_redecidable(connection, one, command.key, command.secrets),
            working_days=ANSWER_WORKING_DAYS if terms is None else int(terms.answer_working_days),
            notice=notices.get(review.notice_id or ""),
            posted_with=find_outcomes(connection, [newest])[newest].posted_with,
        )
    return State(cases=cases, tree=load_tree(connection, max(one.on for one in commands)))
