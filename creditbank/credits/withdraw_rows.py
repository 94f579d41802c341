"""Take many outcomes back, with the credit recognised from them; withdraw a batch whole.

It goes on by stretches so that single posts pass between, and is completed with a leaf. Each step
may be repeated after a crash: what is taken back already is passed over. Credit that is recognised
from the batch between the steps is reversed too. All outcomes of one learner are taken back in one
transaction, which tells her once; what is still held is refused.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, Protocol, Self, TypeVar

from sqlalchemy import Connection, Executable
from sqlmodel import SQLModel

from creditbank.conversion.days import civil_day
from creditbank.credits.reverse import RevokeOutcome, State
from creditbank.credits.withdraw_batch import standing_outcomes
from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.outcomes.batches.decisions import BatchAct, StoredDecision, find_decisions
from creditbank.outcomes.batches.find import Batch
from creditbank.outcomes.batches.withdraw import CompleteWithdrawal
from creditbank.outcomes.decide_hold import HoldRefusal, RefuseHold
from creditbank.outcomes.held_rows import holds_waiting_in
from creditbank.outcomes.queries import StoredOutcome
from creditbank.outcomes.revoke import Revocation
from creditbank.outcomes.revoke import State as Revocable
from creditbank.outcomes.status import STANDING, OutcomeStatus, revoked_status
from creditbank.writer.command import Decision, Moment, joined
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows
from creditbank.writer.writer import Writer
from ledger.leaf import LeafDraft

STRETCH_ROWS_MAX = 250
"""After so many rows the learners of a stretch are full; one learner's rows are never parted."""


class Parts(Protocol):
    """What a withdrawal works with; a bank has them all."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def writer(self) -> Writer:
        """The one writer."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """The learners' keys."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeable:
    """The outcomes with the conversions that use them, and the institutions that withdraw."""

    outcomes: State[Revocable]
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRows:
    """Ask that all these outcomes of some learners be taken back; what does not stand stays.

    `told` is what each learner hears, once; `facts` are added to what it says.
    """

    institution_id: str
    revocations: Sequence[Revocation]
    told: NoticeSubject = NoticeSubject.OUTCOMES_WITHDRAWN
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Takeable:
        """Load the outcomes, the conversions that use them, and the institutions."""
        asked = [RevokeOutcome(one) for command in commands for one in command.revocations]
        named = {command.institution_id for command in commands}
        return Takeable(
            outcomes=RevokeOutcome.load(connection, asked),
            histories=find_institutions(connection, named),
        )

    def decide(self, state: Takeable, moment: Moment) -> Decision[Takeable, tuple[str, ...]]:
        """Take them back and tell each learner; the answer names the reversed conversions."""
        outcomes = state.outcomes
        rows: dict[type[SQLModel], list[Mapping[str, object]]] = defaultdict(list)
        leaves: list[LeafDraft] = []
        changes: list[Executable] = []
        taken: list[Revocation] = []
        reversed_: list[str] = []
        for revocation in self.revocations:
            if outcomes.known[revocation.outcome_id].status not in STANDING:
                continue
            decision: Decision[State[Revocable], Any] = RevokeOutcome(revocation).decide(
                outcomes, moment.after(len(leaves))
            )
            outcomes = decision.state
            taken.append(revocation)
            reversed_.extend(decision.answer.reversed)
            leaves.extend(decision.leaves)
            # The first change is the outcome's own; all of them are changed at once, below.
            changes.extend(decision.changes[1:])
            for table, some in decision.rows.items():
                rows[table].extend(some)
        return Decision(
            answer=tuple(reversed_),
            state=Takeable(outcomes=outcomes, histories=state.histories),
            changes=[*_taken_back(taken), *changes],
            rows=joined(
                {**rows, **notice_rows(*self._notices(taken, state.histories, moment))},
                message_rows(self._told(taken), moment),
            ),
            leaves=leaves,
        )

    def _notices(
        self, taken: Sequence[Revocation], histories: Mapping[str, History], moment: Moment
    ) -> Iterator[dict[str, object]]:
        """Draft one notice for each learner from whom something is taken now."""
        today = civil_day(moment.now)
        counts = Counter(one.key.account_id for one in taken)
        for one in {one.key.account_id: one for one in taken}.values():
            yield draft_notice(
                one.key,
                subject=self.told,
                facts={
                    **self.facts,
                    "count": str(counts[one.key.account_id]),
                    "day": today.isoformat(),
                    "institution": histories[self.institution_id].on(today).name,
                    "reason": one.reason,
                },
                moment=moment,
            )

    def _told(self, taken: Sequence[Revocation]) -> Iterator[NewMessage]:
        """Tell who posted these outcomes, where somebody else takes them back."""
        for one in taken:
            if one.institution_id is not None and one.institution_id != self.institution_id:
                yield NewMessage(
                    institution_id=one.institution_id,
                    kind=MessageKind.OUTCOME_TAKEN_BACK,
                    subject_id=one.outcome_id,
                    facts={"status": one.status},
                )


def go_on_withdrawing(parts: Parts, batch: Batch) -> None:
    """Take back what is left of a batch that is being withdrawn, and complete it."""
    key = parts.keystore.get([batch.id])[batch.id]
    with parts.readers.reading() as connection:
        decision = find_decisions(connection, batch.id)[BatchAct.WITHDRAWN]
        left = [one for some in standing_outcomes(connection, batch.id) for one in some]
    _refuse_held(parts, batch.id, key, decision.decided_by)
    erased = 0
    for stretch in learner_by_learner(left):
        keys = parts.keystore.get(sorted({one.account_id for one in stretch}))
        revocations = _revocations(stretch, keys, decision, decision.reason(key))
        erased += len(stretch) - len(revocations)
        parts.writer.write(
            WithdrawRows(institution_id=batch.institution_id, revocations=revocations)
        )
    parts.writer.write(CompleteWithdrawal(batch_id=batch.id, batch_key=key, left=erased))


def _refuse_held(parts: Parts, batch_id: str, key: AccountKey, by: str) -> None:
    """Refuse what is still held of a batch; none is attached any more once it is withdrawn."""
    reason = HoldRefusal.WITHDRAWN.value
    while True:
        with parts.readers.reading() as connection:
            holds = holds_waiting_in(connection, batch_id)
        if not holds:
            return
        asked = [RefuseHold(hold=one, decision_key=key, reason=reason, by=by) for one in holds]
        for future in [parts.writer.submit(one) for one in asked]:
            try:
                future.result()
            except Refusal as refusal:
                # Another process that goes on with the same withdrawal may have been faster.
                if refusal.code != "held-decided":
                    raise


def _revocations(
    outcomes: Sequence[StoredOutcome],
    keys: Mapping[str, AccountKey],
    decision: StoredDecision,
    reason: str,
) -> list[Revocation]:
    """Give what is asked for the outcomes of learners who are not erased."""
    return [
        Revocation(
            institution_id=one.institution_id,
            posted_with=decision.decided_by,
            outcome_id=one.id,
            key=keys[one.account_id],
            status=decision.reason_class or "",
            reason=reason,
        )
        for one in outcomes
        if one.account_id in keys
    ]


def _taken_back(taken: Sequence[Revocation]) -> list[Executable]:
    if not taken:
        return []
    ids = [one.outcome_id for one in taken]
    return [revoked_status(*ids, status=OutcomeStatus(taken[0].status))]


class Owned(Protocol):
    """What belongs to an account."""

    @property
    def account_id(self) -> str:
        """Whose it is."""
        ...


OwnedT = TypeVar("OwnedT", bound=Owned)


def learner_by_learner(outcomes: Sequence[OwnedT]) -> Iterator[Sequence[OwnedT]]:
    """Give the outcomes some at a time, learner by learner, whole learners at a time."""
    stretch: list[OwnedT] = []
    by_learner = attrgetter("account_id")
    for _, own in groupby(sorted(outcomes, key=by_learner), key=by_learner):
        stretch += own
        if len(stretch) >= STRETCH_ROWS_MAX:
            yield stretch
            stretch = []
    if stretch:
        yield stretch
