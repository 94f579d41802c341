"""Reassign an outcome: void at the person it was attached to by error, recorded at whose it is.

One matter, with two leaves: `reassign` refers to the old outcome, and the new outcome has a leaf of
its own. What this decides is written together with what follows for recognised credit, never alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.evidence.add import About, AddedEvidence, AddEvidence, evidence_rows
from creditbank.evidence.add import State as EvidenceState
from creditbank.evidence.queries import evidence_of_outcome
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement, seal_statement
from creditbank.learners.account_state import require_receiving
from creditbank.learners.change_state import find_deaths
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import account_states
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.queries import StoredOutcome, find_outcomes, outcomes_by_tag
from creditbank.outcomes.revoke import require_active, require_own
from creditbank.outcomes.stated import differing, stated_natural_key
from creditbank.outcomes.status import OutcomeStatus, set_status
from creditbank.outcomes.tables import OutcomeRevocationRow, OutcomeRow
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment, Rows
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, make_statement

_ABOUT_CORRECTION = ("corrects", "correction_reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassigned:
    """The void outcome, the one that now stands, and the ledger index of the latter."""

    outcome_id: str
    reassigned_to: str
    entry_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is reassigned, the accounts' states and deaths, outcomes by tag, and their evidence."""

    outcomes: dict[str, StoredOutcome]
    states: Mapping[str, str]
    deaths: Mapping[str, date]
    known: dict[bytes, StoredOutcome]
    evidence: EvidenceState
    pieces: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassignment:
    """Ask that an outcome of the key `key` be recorded for `to` instead, as `by` decided."""

    institution_id: str
    outcome: StoredOutcome
    key: AccountKey
    to: AccountKey
    reason: str
    by: str
    pieces: Mapping[str, AddEvidence | None] = field(default_factory=dict)
    """Its evidence by the id of each piece, sealed for `to` already; None for a file gone."""

    def decide(self, state: State, moment: Moment) -> Decision[State, Reassigned]:
        """Reassign it; raises a `Refusal`.

        Its codes: "outcome-not-active", "outcome-conflict" where the other person has that result
        with other content, those of `require_receiving`, and "invalid-input" for an account that is
        none, or the same, or whose learner was dead when it was awarded.
        """
        self._require_sound(state)
        require_receiving(state.states[self.to.account_id])
        old = require_own(state.outcomes, self.outcome.id, self.institution_id)
        require_active(old)
        stated = self._stated(old)
        self._require_alive(stated, state)
        tag = self.to.natural_tag(stated_natural_key(stated, old.institution_id))
        there = state.known.get(tag)
        rows: dict[type[SQLModel], Rows] = {}
        leaves: list[LeafDraft] = []
        if there is None:
            there, leaf = self._record(old, stated, tag, moment.after(1))
            rows[OutcomeRow], leaves = [_row_of(there)], [leaf]
        else:
            self._require_same(there, stated)
        if state.pieces.get(old.id, frozenset()) != self.pieces.keys():
            raise Refusal("busy", retry_after_seconds=1)  # Evidence came since it was sealed anew.
        evidence, added = state.evidence, list[Decision[EvidenceState, AddedEvidence]]()
        for piece in filter(None, self.pieces.values()):
            about = About(outcome_id=there.id, entry_index=there.entry_index)
            at = moment.after(1 + len(leaves) + sum(len(one.leaves) for one in added))
            added.append(replace(piece, about=about).decide(evidence, at))
            evidence = added[-1].state
        voiding, revocation = self._void(old, there.id, moment)
        return Decision(
            answer=Reassigned(
                outcome_id=old.id, reassigned_to=there.id, entry_index=there.entry_index
            ),
            state=replace(self._after(state, old, tag, there), evidence=evidence),
            changes=[set_status(old.id, status=OutcomeStatus.VOID, frees_tag=True)],
            rows={
                **rows,
                OutcomeRevocationRow: [revocation],
                **evidence_rows(added),
                **notice_rows(*self._notices(stated, moment)),
            },
            leaves=[voiding, *leaves, *(leaf for one in added for leaf in one.leaves)],
        )

    def _require_sound(self, state: State) -> None:
        problems = []
        if (problem := reason_problem(self.reason)) is not None:
            problems.append(problem)
        if self.to.account_id not in state.states:
            problems.append(FieldProblem(field="account", code="account-unknown"))
        if self.to.account_id == self.key.account_id:
            problems.append(FieldProblem(field="account", code="account-same"))
        if problems:
            raise InvalidInput(problems)

    def _require_alive(self, stated: Mapping[str, JSONValue], state: State) -> None:
        awarded = PartialDate.parse(str(stated["awarded_on"]), today=date.max)
        if awarded.first_day > state.deaths.get(self.to.account_id, date.max):
            raise InvalidInput([FieldProblem(field="account", code="later-than-account")])

    def _stated(self, old: StoredOutcome) -> dict[str, JSONValue]:
        """Give what was stated, of the person whose it is; a correction stays behind."""
        statement = open_statement(self.key, "outcome", old.id, old.sealed_statement)
        stated = fields_of(statement) | {"account_number": self.to.number}
        return {name: fact for name, fact in stated.items() if name not in _ABOUT_CORRECTION}

    def _require_same(self, there: StoredOutcome, stated: dict[str, JSONValue]) -> None:
        if there.status != OutcomeStatus.ACTIVE:
            raise Refusal("outcome-not-active", status=there.status)
        known = open_statement(self.to, "outcome", there.id, there.sealed_statement)
        if fields := differing(stated, fields_of(known)):
            raise Refusal("outcome-conflict", fields=fields, outcome=there.id)

    def _record(
        self, old: StoredOutcome, stated: dict[str, JSONValue], tag: bytes, moment: Moment
    ) -> tuple[StoredOutcome, LeafDraft]:
        leaf_id = new_id(moment.now, moment.entropy)
        statement = make_statement(
            issuer=old.institution_id,
            log=moment.log,
            kind="outcome",
            fields=stated,
            entropy=moment.entropy,
        )
        recorded = replace(
            old,
            id=leaf_id.hex(),
            natural_tag=tag,
            account_id=self.to.account_id,
            batch_id=None,  # The root over a batch's leaves stands since it was finished.
            corrects_id=None,
            entry_index=moment.next_index,
            sealed_statement=seal_statement(
                self.to, "outcome", leaf_id.hex(), statement, moment.entropy
            ),
        )
        leaf = LeafDraft(
            t="outcome",
            id=leaf_id,
            iss=old.institution_id,
            acct=self.to.account_tag(leaf_id),
            stmt=statement.digest,
        )
        return recorded, leaf

    def _notices(self, stated: dict[str, JSONValue], moment: Moment) -> Iterator[dict[str, object]]:
        facts = {"day": civil_day(moment.now).isoformat(), "institution": str(stated["provider"])}
        for key, subject in (
            (self.key, NoticeSubject.OUTCOME_REASSIGNED_AWAY),
            (self.to, NoticeSubject.OUTCOME_REASSIGNED_HERE),
        ):
            yield draft_notice(key, subject=subject, facts=facts, moment=moment)

    def _void(
        self, old: StoredOutcome, reassigned_to: str, moment: Moment
    ) -> tuple[LeafDraft, dict[str, object]]:
        leaf_id, table = new_id(moment.now, moment.entropy), OutcomeRevocationRow.__tablename__
        statement = make_statement(
            issuer=old.institution_id,
            log=moment.log,
            kind="reassign",
            fields={
                "outcome": old.id,
                "status": OutcomeStatus.VOID.value,
                "reason": self.reason,
                "reassigned_to": reassigned_to,
            },
            entropy=moment.entropy,
        )
        leaf = LeafDraft(
            t="reassign",
            id=leaf_id,
            iss=old.institution_id,
            acct=self.key.account_tag(leaf_id),
            stmt=statement.digest,
            ref=old.entry_index,
        )
        row: dict[str, object] = {
            "outcome_id": old.id,
            "id": leaf_id.hex(),
            "posted_with": self.by,
            "entry_index": moment.next_index,
            "sealed_statement": seal_statement(
                self.key, str(table), leaf_id.hex(), statement, moment.entropy
            ),
            "reassigned_to": reassigned_to,
        }
        return leaf, row

    def _after(self, state: State, old: StoredOutcome, tag: bytes, there: StoredOutcome) -> State:
        void = replace(old, status=OutcomeStatus.VOID.value, natural_tag=None)
        return replace(
            state,
            outcomes={**state.outcomes, old.id: void},
            known={**state.known, tag: there},
        )

    def tag_there(self) -> bytes:
        """Give the natural tag that the outcome has at the other person."""
        stated = self._stated(self.outcome)
        return self.to.natural_tag(stated_natural_key(stated, self.outcome.institution_id))

    @classmethod
    def remember(cls, answer: Reassigned) -> str:
        """Keep what a repetition is answered with."""
        return f"{answer.outcome_id} {answer.reassigned_to} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Reassigned:
        """Give the first answer again."""
        outcome_id, reassigned_to, index = result.split()
        return Reassigned(
            outcome_id=outcome_id, reassigned_to=reassigned_to, entry_index=int(index)
        )


def _row_of(outcome: StoredOutcome) -> dict[str, object]:
    return {name: getattr(outcome, name) for name in StoredOutcome.__slots__}


def load_reassignments(connection: Connection, asked: Sequence[Reassignment]) -> State:
    """Load the outcomes, and what the other persons have already."""
    keys = {one.to.account_id: one.to for one in asked}
    states = account_states(connection, keys)
    return State(
        outcomes=find_outcomes(connection, {one.outcome.id for one in asked}),
        states=states,
        deaths=find_deaths(connection, keys, states),
        known=dict(outcomes_by_tag(connection, [one.tag_there() for one in asked])),
        evidence=AddEvidence.load(
            connection, [one for each in asked for one in each.pieces.values() if one is not None]
        ),
        pieces={
            one.outcome.id: frozenset(
                piece.id for piece in evidence_of_outcome(connection, one.outcome.id)
            )
            for one in asked
        },
    )
