"""Start a batch: one row that remembers which file, which mapping and how far it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection

from creditbank.errors import Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.outcomes.tables import BatchRow
from creditbank.writer.command import Decision, Moment

State = dict[str, History]


class BatchState(StrEnum):
    """Where a batch is in its life."""

    RECORDING = "recording"  # 入账中
    RECORDED = "recorded"  # 已入账
    REFUSED = "refused"  # 已退回


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

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the institutions that these commands name."""
        return find_institutions(connection, {command.institution_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Start it; the answer is its id."""
        if self.institution_id not in state:
            raise Refusal("institution-unknown", institution=self.institution_id)
        row: dict[str, object] = {
            "id": self.batch_id,
            "institution_id": self.institution_id,
            "posted_with": self.posted_with,
            "state": BatchState.RECORDING.value,
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
