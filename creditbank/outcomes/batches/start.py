"""Start a batch: one row that remembers which file, which mapping and how far it came."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.end import require_posting
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.outcomes.batches.practice import asking_two_persons
from creditbank.outcomes.tables import BatchRow
from creditbank.writer.command import Decision, Moment


class BatchState(StrEnum):
    """Where a batch is in its life."""

    AWAITING = "awaiting_countersign"  # 待复核: checked, nothing is recorded yet
    RECORDING = "recording"  # 入账中: checked 已校验 and being recorded
    RECORDED = "recorded"  # 已入账
    REFUSED = "refused"  # 已退回
    DISCARDED = "discarded"  # 复核未通过
    WITHDRAWING = "withdrawing"  # 撤回中
    WITHDRAWN = "withdrawn"  # 已撤回


UNDECIDED = (BatchState.AWAITING, BatchState.RECORDING)
"""The states in which a batch's file is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The institutions that commands name, and which of them ask for a second person."""

    institutions: Mapping[str, History]
    two_persons: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBatch:
    """Ask for a new batch; `batch_id` names a key in the key store, made for its refused rows."""

    batch_id: str
    institution_id: str
    posted_with: str
    media_type: str
    options: dict[str, object]
    file_sha256: bytes
    mapping_sha256: bytes
    follows_id: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the institutions that these commands name, and their practice."""
        ids = {command.institution_id for command in commands}
        return State(
            institutions=find_institutions(connection, ids),
            two_persons=asking_two_persons(connection, ids),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Start it; the answer is its id. Raises a `Refusal`, also "institution-suspended"."""
        if self.institution_id not in state.institutions:
            raise Refusal("institution-unknown", institution=self.institution_id)
        require_posting(state.institutions[self.institution_id], civil_day(moment.now))
        row: dict[str, object] = {
            "id": self.batch_id,
            "institution_id": self.institution_id,
            "posted_with": self.posted_with,
            "state": self._first_state(state).value,
            "follows_id": self.follows_id,
            "media_type": self.media_type,
            "options": self.options,
            "file_sha256": self.file_sha256,
            "mapping_sha256": self.mapping_sha256,
            "position": 0,
            "accepted": 0,
            "duplicate": 0,
            "not_awarded": 0,
            "rejected": 0,
            "conflict": 0,
            "held": 0,
            "problem": None,
            "entry_index": None,
            "started_at": int(moment.now.timestamp()),
            "finished_at": None,
        }
        return Decision(answer=self.batch_id, state=state, rows={BatchRow: [row]})

    def _first_state(self, state: State) -> BatchState:
        needs_two = self.institution_id in state.two_persons
        return BatchState.AWAITING if needs_two else BatchState.RECORDING
