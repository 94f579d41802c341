"""Back-entry 补录: a result from an archive, entered by one person and checked by another.

Only then it is recorded. The awarding body may be closed and known by name only; the statement says
who entered and who checked, and where the archive keeps the original.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

import orjson
from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.database import chunks, table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.learners.account_state import require_receiving
from creditbank.learners.known_names import folded_names
from creditbank.learners.names import agrees
from creditbank.learners.queries import account_states
from creditbank.outcomes.particulars import Assurance, Attestation, Particulars
from creditbank.outcomes.posting import PostedOutcome
from creditbank.outcomes.tables import BackEntryRow
from creditbank.writer.command import Decision, Moment
from ledger.leaf import new_id

CHECKED_WITHIN_WORKING_DAYS = 5
TABLE = "back_entry"

Fields = Mapping[str, str | None]


class BackEntryState(StrEnum):
    """Where a back-entry is."""

    WAITING = "waiting"  # 待复核
    RECORDED = "recorded"  # 已入账
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackEntry:
    """A stored back-entry; content and reason are still under seal."""

    id: str
    institution_id: str
    account_id: str
    entered_by: str
    entered_at: int
    due_on: str
    state: str
    decided_by: str | None
    outcome_id: str | None
    sealed_content: bytes
    sealed_reason: bytes | None

    def fields(self, key: AccountKey) -> dict[str, str | None]:
        """Open what was entered; raises `SealBroken`."""
        sealed = key.open(place(TABLE, self.id, "sealed_content"), self.sealed_content)
        opened: dict[str, str | None] = orjson.loads(sealed)
        return opened

    def reason(self, key: AccountKey) -> str | None:
        """Open why it was refused; raises `SealBroken`."""
        if self.sealed_reason is None:
            return None
        return key.open(place(TABLE, self.id, "sealed_reason"), self.sealed_reason).decode()


def as_archived(posted: PostedOutcome, *, entered_by: str, checked_by: str | None) -> PostedOutcome:
    """Give a result as it is stated once two persons stand for it; raises `InvalidInput`."""
    stated = posted.particulars or Particulars()
    if stated.archive_reference is None:
        raise InvalidInput([FieldProblem(field="archive_reference", code="field-missing")])
    archived = replace(
        stated,
        assurance=Assurance.ARCHIVE_CHECKED,
        attestation=Attestation.ARCHIVE,
        entered_by=entered_by,
        checked_by=checked_by,
    )
    return replace(posted, particulars=archived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The state of each account that is there, and every name that it goes by, folded."""

    states: Mapping[str, str]
    names: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterBackEntry:
    """Ask that a result wait for a second person; `by` is the person who entered it."""

    institution_id: str
    by: str
    key: AccountKey
    fields: Fields

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Known:
        """Load the states and names of the accounts that are there."""
        keys = {command.key.account_id: command.key for command in commands}
        return Known(states=account_states(connection, keys), names=folded_names(connection, keys))

    def decide(self, state: Known, moment: Moment) -> Decision[Known, str]:
        """Keep it; the answer is its id.

        Raises a `Refusal`: "learner-name-differs", and as `require_receiving` does.
        """
        if (now := state.states.get(self.key.account_id)) is not None:
            require_receiving(now)
        name, known = self.fields.get("learner_name"), state.names.get(self.key.account_id)
        if name and known and not agrees(name, known):
            raise Refusal("learner-name-differs")
        entry_id = new_id(moment.now, moment.entropy).hex()
        due_on = moment.calendar().after(civil_day(moment.now), CHECKED_WITHIN_WORKING_DAYS)
        at = place(TABLE, entry_id, "sealed_content")
        row = {
            "id": entry_id,
            "institution_id": self.institution_id,
            "account_id": self.key.account_id,
            "entered_by": self.by,
            "entered_at": int(moment.now.timestamp()),
            "due_on": due_on.isoformat(),
            "state": BackEntryState.WAITING.value,
            "decided_by": None,
            "decided_at": None,
            "outcome_id": None,
            "sealed_content": self.key.seal(at, orjson.dumps(dict(self.fields)), moment.entropy),
            "sealed_reason": None,
        }
        return Decision(answer=entry_id, state=state, rows={BackEntryRow: [row]})

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep its id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


_COLUMNS = [table_of(BackEntryRow).c[name] for name in BackEntry.__slots__]


def find_back_entries(connection: Connection, ids: Collection[str]) -> dict[str, BackEntry]:
    """Give those of these back-entries that exist, by id."""
    wanted = select(*_COLUMNS).where(col(BackEntryRow.id).in_(ids))
    return {row["id"]: BackEntry(**row) for row in connection.execute(wanted).mappings()}


def waiting_back_entries(
    connection: Connection, institution_ids: Collection[str]
) -> list[BackEntry]:
    """Give the back-entries of these institutions that wait for a second person, due first."""
    found: list[BackEntry] = []
    for chunk in chunks(list(institution_ids)):
        wanted = select(*_COLUMNS).where(
            col(BackEntryRow.institution_id).in_(chunk),
            col(BackEntryRow.state) == BackEntryState.WAITING.value,
        )
        found += [BackEntry(**row) for row in connection.execute(wanted).mappings()]
    return sorted(found, key=lambda one: (one.due_on, one.id))
