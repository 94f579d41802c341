"""Review a conversion of which an outcome was corrected: compute it anew, hear her, decide.

Where the corrected outcome gives the same, the conversion is made anew on it at once: its reversal
and the new one are two leaves of one transaction, the second spends what the first released. Else
she is asked, and a person decides after her answer, or after its last day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

from sqlalchemy import Connection

from creditbank.access.actor import Actor, Scope
from creditbank.conversion.days import civil_day
from creditbank.credits.reversal import ReversalCause
from creditbank.credits.review_cases import Case, State, Written, load_cases
from creditbank.credits.reviews import ReviewState, answer_place, change_review
from creditbank.credits.status import ConversionStatus
from creditbank.errors import InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.notices import NoticeSubject, notice_rows
from creditbank.outcomes.texts import stated_text_problem
from creditbank.writer.command import Decision, Moment

Verdict = Literal["taken_back", "decided_anew"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineReview:
    """Ask that an opened review be computed; what was computed already stays as it is."""

    conversion_id: str
    key: AccountKey
    secrets: VaultSecrets
    on: date

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the cases that these commands name."""
        return load_cases(connection, commands)

    def decide(self, state: State, moment: Moment) -> Decision[State, ReviewState | None]:
        """Make it anew where nothing changes, else ask her; a frozen one waits until it is not."""
        case = state.cases.get(self.conversion_id)
        unchanged: Decision[State, ReviewState | None] = Decision(answer=None, state=state)
        if case is None or case.review.state != ReviewState.OPENED:
            return unchanged
        if case.standing.conversion.status == ConversionStatus.FROZEN:
            return unchanged
        if case.gives_the_same(civil_day(moment.now)):
            cause = case.cause(ReversalCause.CORRECTION, case.posted_with)
            written = case.made_anew(cause, ReviewState.UPHELD, moment, {})
            return _decision(ReviewState.UPHELD, state, written, self.key)
        return self._asked(state, case, moment)

    def _asked(
        self, state: State, case: Case, moment: Moment
    ) -> Decision[State, ReviewState | None]:
        today = civil_day(moment.now)
        until = moment.calendar().after(today, case.working_days).isoformat()
        facts = {"until": until, "working_days": str(case.working_days)}
        notice = case.notice_of(NoticeSubject.CONVERSION_QUESTIONED, moment, facts)
        changed = change_review(
            self.conversion_id,
            state=ReviewState.ASKED.value,
            due_on=until,
            working_days=case.working_days,
            notice_id=notice["id"],
        )
        return Decision(
            answer=ReviewState.ASKED,
            state=state.without(self.key.account_id),
            changes=[changed],
            rows=notice_rows(notice),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReview:
    """Ask that what a learner answers be kept; a later answer takes the place of an earlier one."""

    conversion_id: str
    key: AccountKey
    secrets: VaultSecrets
    on: date
    text: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the cases that these commands name."""
        return load_cases(connection, commands)

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Keep it; raises `InvalidInput`, and `Refusal`: "not-found", "review-not-open"."""
        _require_text(self.text)
        case = state.case(self.conversion_id, self.key, ReviewState.ASKED)
        sealed = self.key.seal(answer_place(self.conversion_id), self.text.encode(), moment.entropy)
        answered = replace(case, review=replace(case.review, sealed_answer=sealed))
        return Decision(
            answer=None,
            state=replace(state, cases={**state.cases, self.conversion_id: answered}),
            changes=[change_review(self.conversion_id, sealed_answer=sealed)],
        )

    @classmethod
    def remember(cls, answer: None) -> str:
        """Keep nothing."""
        del answer
        return ""

    @classmethod
    def recall(cls, result: str) -> None:
        """Give nothing again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideReview:
    """Ask that a conversion be taken back, or decided anew by the corrected outcome."""

    conversion_id: str
    key: AccountKey
    secrets: VaultSecrets
    on: date
    by: Actor
    verdict: Verdict
    text: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the cases that these commands name."""
        return load_cases(connection, commands)

    def decide(self, state: State, moment: Moment) -> Decision[State, ReviewState | None]:
        """Decide, and tell her; what is freed is hers to offer again.

        Raises `InvalidInput`; a `Refusal`: "forbidden", "not-found", "review-not-open",
        "review-time-runs" while she may still answer and did not; and what `RecogniseCredit`
        raises where the corrected outcome gives nothing.
        """
        self.by.require(Scope.MATTERS_DECIDE)
        _require_text(self.text)
        case = state.case(self.conversion_id, self.key, ReviewState.ASKED)
        if not state.tree.covers(self.by.institution, case.standing.conversion.institution_id):
            raise Refusal("not-found")
        last = case.review.last_day(case.notice, moment.calendar())
        is_answered = case.review.sealed_answer is not None
        if not is_answered and last is not None and civil_day(moment.now) <= last:
            raise Refusal("review-time-runs", day=last.isoformat())
        cause = case.cause(ReversalCause.REVIEW, self.by.person)
        if self.verdict == "taken_back":
            written = case.taken_back(cause, self.text, moment)
            return _decision(ReviewState.TAKEN_BACK, state, written, self.key)
        becomes = ReviewState.DECIDED_ANEW
        written = case.made_anew(cause, becomes, moment, {"reason": self.text})
        return _decision(becomes, state, written, self.key)

    @classmethod
    def remember(cls, answer: ReviewState | None) -> str:
        """Keep what became of the review."""
        return answer or ""

    @classmethod
    def recall(cls, result: str) -> ReviewState | None:
        """Give the first answer again."""
        return ReviewState(result) if result else None


def _decision(
    becomes: ReviewState, state: State, written: Written, key: AccountKey
) -> Decision[State, ReviewState | None]:
    return Decision(
        answer=becomes,
        state=state.without(key.account_id),
        changes=written.changes,
        rows=written.rows,
        leaves=written.leaves,
    )


def _require_text(text: str) -> None:
    if (problem := stated_text_problem("text", text)) is not None:
        raise InvalidInput([problem])
