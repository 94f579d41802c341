"""What happens to the issuer's keys, in the ledger: rotated, or cut off because one was stolen.

A key that was stolen is cut off at a place of the ledger: what it signed before stands, for its
leaf was there; what it signed from there on is suspended until somebody has looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Self

import orjson
from sqlalchemy import Connection, select
from sqlmodel import col

from certificates.keys import Purpose
from creditbank.credentials.tables import KeyCutOffRow
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

MEDIA_TYPE = "application/vnd.creditbank.key-event+json"
KID_DIGITS = 16


class KeyAct(StrEnum):
    """What was done."""

    ROTATED = "rotated"  # 轮换
    CUT_OFF = "cut_off"  # 截止使用


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRotation:
    """Ask that it be recorded that a new key signs for a purpose, with the keys as they are now."""

    purpose: Purpose
    kid: bytes
    did_document: Mapping[str, object]
    institution_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, int]:
        """Record it; the answer is its ledger index."""
        document: dict[str, object] = {
            "act": KeyAct.ROTATED.value,
            "purpose": self.purpose.value,
            "kid": self.kid.hex(),
            "did_document": dict(self.did_document),
        }
        leaf, content = _public(document, self.institution_id, moment)
        return Decision(answer=moment.next_index, state=state, leaves=[leaf], objects=[content])


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """That what a key signed from a ledger index on is suspended."""

    kid: str
    from_index: int
    entry_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffKey:
    """Ask that a stolen key be cut off; of two places the earlier one counts."""

    kid: str
    from_index: int
    reason: str
    institution_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> dict[str, CutOff]:
        """Load which keys are cut off already."""
        del commands  # There are few.
        return {one.kid: one for one in cut_offs(connection)}

    def decide(
        self, state: dict[str, CutOff], moment: Moment
    ) -> Decision[dict[str, CutOff], CutOff]:
        """Cut it off; a key that is cut off there or earlier stays as it is.

        Raises `InvalidInput` for the reason, the key's id, or an index beyond the ledger, and
        `Refusal("key-cut-off-later")` where it would move to an earlier place.
        """
        self._require_sound(moment)
        earlier = state.get(self.kid)
        if earlier is not None and earlier.from_index <= self.from_index:
            return Decision(answer=earlier, state=state)
        if earlier is not None:
            raise Refusal("key-cut-off-later", entry=earlier.from_index)
        document: dict[str, object] = {
            "act": KeyAct.CUT_OFF.value,
            "kid": self.kid,
            "from_index": self.from_index,
            "reason": self.reason,
        }
        leaf, content = _public(document, self.institution_id, moment)
        cut = CutOff(kid=self.kid, from_index=self.from_index, entry_index=moment.next_index)
        row = {name: getattr(cut, name) for name in CutOff.__slots__}
        return Decision(
            answer=cut,
            state={**state, self.kid: cut},
            rows={KeyCutOffRow: [row]},
            leaves=[leaf],
            objects=[content],
        )

    def _require_sound(self, moment: Moment) -> None:
        problems = []
        if (problem := reason_problem(self.reason)) is not None:
            problems.append(problem)
        if len(self.kid) != KID_DIGITS or set(self.kid) - set("0123456789abcdef"):
            problems.append(FieldProblem(field="key", code="key-id-wrong"))
        if not 0 <= self.from_index <= moment.next_index:
            facts = {"size": moment.next_index}
            problems.append(FieldProblem(field="from_entry", code="entry-beyond", facts=facts))
        if problems:
            raise InvalidInput(problems)


def cut_offs(connection: Connection) -> list[CutOff]:
    """Give every key that is cut off, in the order of the ledger."""
    columns = (getattr(KeyCutOffRow, name) for name in CutOff.__slots__)
    wanted = select(*map(col, columns)).order_by(col(KeyCutOffRow.entry_index))
    return [CutOff(**row) for row in connection.execute(wanted).mappings()]


def _public(
    document: dict[str, object], institution_id: str, moment: Moment
) -> tuple[LeafDraft, PublicObject]:
    content = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    leaf = LeafDraft(
        t="key",
        id=new_id(moment.now, moment.entropy),
        iss=institution_id,
        object=sha256(content).digest(),
    )
    return leaf, PublicObject(media_type=MEDIA_TYPE, content=content)
