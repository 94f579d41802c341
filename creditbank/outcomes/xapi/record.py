"""Record what a statement says, once: its id names it for ever, under a keyed tag."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from sqlalchemy import Connection

from creditbank.errors import Refusal
from creditbank.keystore.secrets import LookupKind, VaultSecrets
from creditbank.outcomes.decide import Draft, Posting, decide_attached
from creditbank.outcomes.queries import StoredActivity, find_activities
from creditbank.outcomes.record import RecordOutcome, rows_of
from creditbank.outcomes.record import State as Recordable
from creditbank.outcomes.tables import ActivityStatementRow
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTags:
    """What a statement is known by, and what its content is compared by; both tell nothing."""

    name: bytes
    content: bytes


def statement_tag(secrets: VaultSecrets, institution_id: str, statement_id: str) -> bytes:
    """Give the tag of one institution's statement."""
    return secrets.lookup_tag(LookupKind.ACTIVITY_STATEMENT, institution_id, statement_id)


def tags_of(
    secrets: VaultSecrets, institution_id: str, statement_id: str, content: Mapping[str, object]
) -> StatementTags:
    """Give both tags of a statement."""
    written = json.dumps(content, sort_keys=True, ensure_ascii=True)
    digest = sha256(written.encode()).hexdigest()
    return StatementTags(
        name=statement_tag(secrets, institution_id, statement_id),
        content=secrets.lookup_tag(LookupKind.ACTIVITY_STATEMENT, institution_id, "=", digest),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of statements by tag, and of the results that they would record."""

    statements: Mapping[bytes, StoredActivity]
    records: Recordable


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStatement:
    """Ask that a statement be kept, and its result recorded; `posting` is None without one."""

    institution_id: str
    posted_with: str
    tags: StatementTags
    posting: Posting | None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        return State(
            statements=find_activities(connection, [one.tags.name for one in commands]),
            records=RecordOutcome.load(
                connection, [one for command in commands for one in command.results()]
            ),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str | None]:
        """Record it; the answer is the outcome, None where there is none.

        The same statement again changes nothing; raises `Refusal("statement-conflict")` for
        another one of its id.
        """
        known = state.statements.get(self.tags.name)
        if known is not None:
            if known.content_tag != self.tags.content:
                raise Refusal("statement-conflict")
            return Decision(answer=known.outcome_id, state=state)
        draft = Draft(moment=moment, posted_with=self.posted_with, batch_id=None)
        outcome_id = None
        if self.posting is not None:
            records = state.records[self.institution_id]
            outcome_id = decide_attached(self.posting, records, draft).outcome_id
        kept = StoredActivity(
            tag=self.tags.name, content_tag=self.tags.content, outcome_id=outcome_id
        )
        return Decision(
            answer=outcome_id,
            state=State(statements={**state.statements, kept.tag: kept}, records=state.records),
            rows={**rows_of(draft), ActivityStatementRow: [self._row(kept)]},
            leaves=draft.leaves,
        )

    def results(self) -> Sequence[RecordOutcome]:
        """Give the command that records the result alone, if there is one."""
        if self.posting is None:
            return ()
        return [
            RecordOutcome(
                institution_id=self.institution_id,
                posted_with=self.posted_with,
                posting=self.posting,
            )
        ]

    def _row(self, kept: StoredActivity) -> dict[str, object]:
        return {
            "tag": kept.tag,
            "content_tag": kept.content_tag,
            "institution_id": self.institution_id,
            "outcome_id": kept.outcome_id,
        }
