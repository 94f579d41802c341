"""Keep what a draft was simulated with, for the second person who approves just these bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Self

import rfc8785
from sqlalchemy import Connection

from creditbank.errors import Refusal
from creditbank.rules.queries import StoredRule, versions_of
from creditbank.rules.simulations import FORMAT
from creditbank.rules.tables import RuleSimulationRow
from creditbank.writer.command import AnsweredById, Decision, Moment
from ledger.statement import SALT_BYTES, JSONValue

State = Mapping[str, Sequence[StoredRule]]
"""Every version of the rules that commands name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSimulation(AnsweredById):
    """Ask that the result of simulating a draft be kept; `by` is who had it simulated."""

    version: StoredRule
    result: Mapping[str, JSONValue]
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load every version of the rules that these commands name."""
        return versions_of(connection, {command.version.id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Keep it beside the draft; the answer is its digest, in hexadecimal.

        Raises `Refusal`: "rule-unknown" where there is no such draft, "rule-version-published", and
        "rule-draft-differs" where the draft has become another meanwhile.
        """
        self._require_draft(state)
        content = self._document(moment)
        digest = sha256(content).digest()
        row = {
            "digest": digest,
            "rule_id": self.version.id,
            "version": self.version.version,
            "content": content,
        }
        return Decision(answer=digest.hex(), state=state, rows={RuleSimulationRow: [row]})

    def _require_draft(self, state: State) -> None:
        asked = self.version
        known = next((one for one in state.get(asked.id, ()) if one.version == asked.version), None)
        if known is None:
            raise Refusal("rule-unknown", rule=asked.id)
        if known.entry_index is not None:
            raise Refusal("rule-version-published", rule=asked.id, version=asked.version)
        if known.sha256 != asked.sha256:
            raise Refusal("rule-draft-differs", rule=asked.id, version=asked.version)

    def _document(self, moment: Moment) -> bytes:
        """Write it down; the salt keeps few counts from being guessed by the digest on the log."""
        said: dict[str, JSONValue] = {
            "format": FORMAT,
            "rule": self.version.id,
            "version": self.version.version,
            "sha256": self.version.sha256,
            "by": self.by,
            "at": moment.now.astimezone(UTC).isoformat(timespec="seconds"),
            "salt": moment.entropy(SALT_BYTES).hex(),
            "result": dict(self.result),
        }
        return rfc8785.dumps(said)
