"""An employer looks at what it was granted: the report on it, how it stands, and what changed.

Every look is noted before it is answered, so that none is without its learner's knowing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import Connection

from certificates.pass_claims import PassClaims
from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.grants.changes import Baseline, Change, baseline, changes_since
from creditbank.grants.history import OutcomeHistory, histories
from creditbank.grants.queries import (
    Looks,
    StoredGrant,
    count_grants,
    counted_from,
    find_grants,
    grants_by_look,
    grants_to,
    looks_of,
    outcomes_of_grants,
)
from creditbank.grants.state import GrantState, states_of
from creditbank.grants.tables import GrantLookRow
from creditbank.institutions.end import require_going
from creditbank.institutions.queries import get_institution
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.learners.queries import accounts_as_one
from creditbank.passes.report_share import Share, ShareReporter
from creditbank.verification import report
from creditbank.verification.report import Report, Verdict
from creditbank.writer.command import Decision, Moment
from creditbank.writer.writer import Writer
from ledger.read import read_head


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGrant:
    """A grant as it stands in its employer's list; `claims` only while it is live and opens."""

    stored: StoredGrant
    state: GrantState
    claims: PassClaims | None
    looks: Looks | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSince:
    """How one outcome stands, and what befell it since; nothing is an empty tuple."""

    history: OutcomeHistory
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLook:
    """Ask that a look be noted for its learner.

    `ledger_size` is the log that it saw, None where changes are counted as before.
    """

    grant_id: str
    ledger_size: int | None
    verdict: Verdict

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> dict[str, StoredGrant]:
        """Load the grants that were looked at."""
        return find_grants(connection, {command.grant_id for command in commands})

    def decide(
        self, state: dict[str, StoredGrant], moment: Moment
    ) -> Decision[dict[str, StoredGrant], None]:
        """Note it; raises `Refusal("busy")` where it ended since: then nothing is shown."""
        stored = state.get(self.grant_id)
        if stored is None or stored.ended_at is not None:
            raise Refusal("busy", retry_after_seconds=1)
        row = {
            "id": moment.entropy(16).hex(),
            "grant_id": self.grant_id,
            "looked_at": int(moment.now.timestamp()),
            "ledger_size": self.ledger_size,
            "verdict": self.verdict.value,
        }
        return Decision(answer=None, state=state, rows={GrantLookRow: [row]})

    @classmethod
    def remember(cls, answer: None) -> str:
        """Keep nothing."""
        del answer
        return ""

    @classmethod
    def recall(cls, result: str) -> None:
        """Give nothing again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an employer is told of one grant; only of a live one anything but its state.

    It is told once `noting` was written.
    """

    stored: StoredGrant
    state: GrantState
    report: Report | None = None
    since: datetime | None = None
    outcomes: Sequence[OutcomeSince] = ()
    noting: RecordLook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantReader:
    """Answers the employers of one bank."""

    readers: Readers
    writer: Writer
    shares: ShareReporter

    def held(
        self, institution_id: str, now: datetime, *, after: str = "", limit: int
    ) -> list[HeldGrant]:
        """List what an employer was granted, by id, from the one after this id on.

        Raises `Refusal("institution-ended")`. It is no look: no outcome is shown.
        """
        with self.readers.reading() as connection:
            _require_going(connection, institution_id, now)
            found = grants_to(connection, institution_id, after=after, limit=limit)
            return self._held(connection, found, now)

    def held_by_look(
        self, institution_id: str, now: datetime, *, skip: int, limit: int
    ) -> tuple[list[HeldGrant], int]:
        """List as `held` does, those first that nobody looked at for longest; and how many."""
        with self.readers.snapshot() as connection:
            _require_going(connection, institution_id, now)
            at = int(now.timestamp())
            found = grants_by_look(connection, institution_id, at, skip=skip, limit=limit)
            return self._held(connection, found, now), count_grants(connection, institution_id)

    def before(
        self, grant_id: str, institution_id: str, now: datetime
    ) -> tuple[HeldGrant, datetime]:
        """Give one grant as the list does, and since when a look at it would tell changes.

        Raises as `look` does. It is no look.
        """
        with self.readers.reading() as connection:
            stored = _granted(connection, grant_id, institution_id, now)
            (held,) = self._held(connection, [stored], now)
            return held, _start(connection, stored, None).at

    def _held(
        self, connection: Connection, found: Sequence[StoredGrant], now: datetime
    ) -> list[HeldGrant]:
        states = states_of(connection, self.shares.keystore, found, now)
        looks = looks_of(connection, states)
        live = {one.account_id for one in found if states[one.id] is GrantState.LIVE}
        keys = self.shares.keystore.get(live)
        return [
            HeldGrant(
                stored=one,
                state=states[one.id],
                claims=_claims(one, keys) if states[one.id] is GrantState.LIVE else None,
                looks=looks.get(one.id),
            )
            for one in found
        ]

    def look(
        self, grant_id: str, institution_id: str, now: datetime, since: datetime | None = None
    ) -> Look:
        """Look at one grant; changes are those since the employer's last look, or `since`.

        A look since a stated time, or one that told nothing, is not the last look of the next.
        Raises a `Refusal`: "institution-ended", "grant-unknown" also for the grants of others;
        `InvalidInput` for a time to come.
        """
        found = self.see(grant_id, institution_id, now, since)
        if found.noting is not None:
            self.writer.write(found.noting)
        return found

    def see(
        self, grant_id: str, institution_id: str, now: datetime, since: datetime | None = None
    ) -> Look:
        """Give what a look tells, for who notes it before it is told; raises as `look` does."""
        if since is not None and since > now:
            raise InvalidInput([FieldProblem(field="since", code="date-in-future")])
        with self.readers.snapshot() as connection:
            stored = _granted(connection, grant_id, institution_id, now)
            state = states_of(connection, self.shares.keystore, [stored], now)[grant_id]
            if state is not GrantState.LIVE:
                return Look(stored=stored, state=state)
            # The size first: what is appended meanwhile is told once more, and never missed.
            size = read_head(connection).size
            start = _start(connection, stored, since)
            answer, outcomes = self._told(connection, stored, now, start)
        counted = size if since is None and answer.content is not None else None
        return Look(
            stored=stored,
            state=state,
            report=answer,
            since=start.at,
            outcomes=outcomes,
            noting=RecordLook(grant_id=grant_id, ledger_size=counted, verdict=answer.verdict),
        )

    def _told(
        self, connection: Connection, stored: StoredGrant, now: datetime, start: Baseline
    ) -> tuple[Report, list[OutcomeSince]]:
        """Give the report, and of each outcome that it shows what befell it."""
        outcome_ids = outcomes_of_grants(connection, [stored.id])[stored.id]
        share = Share(
            account_id=stored.account_id,
            outcome_ids=outcome_ids,
            place=stored.place,
            sealed_document=stored.sealed_document,
            is_ended=False,
        )
        answer = self.shares.report(connection, share, now)
        if answer.content is None:
            return answer, []
        keys = self.shares.keystore.get(accounts_as_one(connection, stored.account_id))
        try:
            found = histories(connection, keys, outcome_ids, now)
        except SealBroken:
            return report.altered(), []
        return answer, [
            OutcomeSince(history=one, changes=changes_since(one.changes, start)) for one in found
        ]


def _claims(stored: StoredGrant, keys: Mapping[str, AccountKey]) -> PassClaims | None:
    if stored.account_id not in keys:
        return None
    try:
        return stored.claims(keys[stored.account_id])
    except SealBroken:  # A look says that it was altered.
        return None


def _granted(
    connection: Connection, grant_id: str, institution_id: str, now: datetime
) -> StoredGrant:
    """Give a grant to this employer; raises a `Refusal` for any other."""
    _require_going(connection, institution_id, now)
    stored = find_grants(connection, [grant_id]).get(grant_id)
    if stored is None or stored.institution_id != institution_id:
        raise Refusal("grant-unknown")
    return stored


def _require_going(connection: Connection, institution_id: str, now: datetime) -> None:
    require_going(get_institution(connection, institution_id), civil_day(now))


def _start(connection: Connection, stored: StoredGrant, since: datetime | None) -> Baseline:
    last = counted_from(connection, stored.id)
    return baseline(
        given=_baseline(stored.given_at, stored.ledger_size),
        last=None if last is None else _baseline(*last),
        since=since,
    )


def _baseline(at: int, size: int) -> Baseline:
    return Baseline(at=datetime.fromtimestamp(at, UTC), size=size)
