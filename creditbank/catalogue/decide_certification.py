"""Vote on a submitted definition, decide by the votes, and withdraw what was certified.

Experts of the certifying institution act, each a person of their own and never the submitter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Self

from sqlalchemy import Connection, Update, update
from sqlmodel import col

from creditbank.catalogue.certification import (
    Ballot,
    Certification,
    Majority,
    Step,
    Vote,
    count_votes,
    is_carried,
    state_after,
)
from creditbank.catalogue.certification_document import (
    DOCUMENT_TYPE,
    certification_document,
    withdrawal_document,
)
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import (
    ballots_of,
    definitions_by_id,
    find_certifications,
)
from creditbank.catalogue.submit import row_of
from creditbank.catalogue.tables import CertificationRow, VoteRow
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The certifications that commands name, their votes, and their definitions."""

    certifications: Mapping[str, Certification]
    ballots: Mapping[str, Sequence[Ballot]]
    definitions: Mapping[str, Definition]

    def own(self, certification_id: str, institution_id: str) -> Certification:
        """Give a certification that this institution decides; raises `Refusal("not-found")`."""
        found = self.certifications.get(certification_id)
        if found is None or found.institution_id != institution_id:
            raise Refusal("not-found")
        return found

    def changed(self, certification: Certification) -> "State":
        """Give the state with a certification as it is now."""
        known = {**self.certifications, certification.id: certification}
        return replace(self, certifications=known)


def load_state(connection: Connection, ids: Sequence[str]) -> State:
    """Load these certifications with what deciding them needs."""
    found = find_certifications(connection, ids)
    return State(
        certifications=found,
        ballots=ballots_of(connection, ids),
        definitions=definitions_by_id(connection, {one.definition_id for one in found.values()}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote:
    """Ask that a person's vote, or recusal, be counted."""

    institution_id: str
    certification_id: str
    by: str
    vote: Vote

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        return load_state(connection, [command.certification_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, Ballot]:
        """Count it.

        Raises `Refusal`: "not-found", "definition-state", "vote-by-submitter", "vote-cast-already".
        """
        certification = state.own(self.certification_id, self.institution_id)
        state_after(certification.state, Step.CERTIFY)
        if self.by == certification.submitted_by:
            raise Refusal("vote-by-submitter")
        cast = state.ballots.get(certification.id, ())
        if any(ballot.person == self.by for ballot in cast):
            raise Refusal("vote-cast-already")
        ballot = Ballot(person=self.by, vote=self.vote.value, cast_at=int(moment.now.timestamp()))
        row = {
            "certification_id": certification.id,
            "person": ballot.person,
            "vote": ballot.vote,
            "cast_at": ballot.cast_at,
        }
        ballots = {**state.ballots, certification.id: [*cast, ballot]}
        return Decision(answer=ballot, state=replace(state, ballots=ballots), rows={VoteRow: [row]})


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideCertification:
    """Ask that the votes be counted: a definition is certified by them, or returned."""

    institution_id: str
    certification_id: str
    by: str
    minutes: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        return load_state(connection, [command.certification_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, Certification]:
        """Certify it with a public leaf, or return it.

        Raises `Refusal`: "not-found", "definition-state", "vote-by-submitter", "quorum-missing".
        """
        submitted = state.own(self.certification_id, self.institution_id)
        _require_text("minutes", self.minutes)
        state_after(submitted.state, Step.CERTIFY)
        if self.by == submitted.submitted_by:
            raise Refusal("vote-by-submitter")
        ballots = state.ballots.get(submitted.id, ())
        majority = Majority.parse(submitted.majority)
        carried = is_carried(count_votes(ballots), quorum=submitted.quorum, majority=majority)
        decided = replace(
            submitted,
            state=state_after(submitted.state, Step.CERTIFY if carried else Step.RETURN).value,
            decided_by=self.by,
            decided_at=int(moment.now.timestamp()),
            minutes=self.minutes,
            salt=moment.entropy(_SALT_BYTES),
            entry_index=moment.next_index if carried else None,
        )
        if not carried:
            changes = [_changed(decided)]
            return Decision(answer=decided, state=state.changed(decided), changes=changes)
        document = certification_document(
            decided, state.definitions[decided.definition_id], ballots
        )
        return _published(decided, document, state, moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCertification:
    """Ask that a definition be no longer certified from a day on."""

    institution_id: str
    certification_id: str
    by: str
    from_day: date
    reason: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        return load_state(connection, [command.certification_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, Certification]:
        """Withdraw it with a public leaf; raises `Refusal` "not-found", "definition-state"."""
        certified = state.own(self.certification_id, self.institution_id)
        _require_text("reason", self.reason)
        if self.from_day.isoformat() < certified.valid_from:
            raise InvalidInput([FieldProblem(field="from_day", code="days-reversed")])
        withdrawn = replace(
            certified,
            state=state_after(certified.state, Step.WITHDRAW).value,
            withdrawn_from=self.from_day.isoformat(),
            withdrawn_by=self.by,
            withdrawal_reason=self.reason,
            withdrawal_index=moment.next_index,
        )
        return _published(withdrawn, withdrawal_document(withdrawn), state, moment)


def _published(
    now: Certification, document: bytes, state: State, moment: Moment
) -> Decision[State, Certification]:
    leaf = LeafDraft(
        t="definition",
        id=new_id(moment.now, moment.entropy),
        iss=now.institution_id,
        object=sha256(document).digest(),
        ref=None if now.withdrawal_index is None else now.entry_index,
    )
    return Decision(
        answer=now,
        state=state.changed(now),
        changes=[_changed(now)],
        leaves=[leaf],
        objects=[PublicObject(media_type=DOCUMENT_TYPE, content=document)],
    )


def _changed(certification: Certification) -> Update:
    named = col(CertificationRow.id) == certification.id
    return update(CertificationRow).where(named).values(**row_of(certification))


def _require_text(field: str, text: str) -> None:
    if not text.strip():
        raise InvalidInput([FieldProblem(field=field, code="field-missing")])
