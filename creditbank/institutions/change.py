"""Change an institution from a day on, or end it: a row, and a public leaf after its last one.

The documents alone tell anybody the tree as of any day; nothing that was registered is rewritten.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Self

import orjson
import rfc8785
from sqlalchemy import Connection

from creditbank.codes.lists import list_year
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.end import require_posting
from creditbank.institutions.history import ENDS, PAUSES, Act, Change, History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.register import (
    DOCUMENT_TYPE,
    code_problems,
    day_problems,
    name_problems,
    region_problems,
)
from creditbank.institutions.tables import InstitutionChangeRow
from creditbank.institutions.tree import Tree, has_circle_from, tree_on
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

State = Mapping[str, History]
SUCCESSORS: Mapping[Act, tuple[int, int]] = {Act.MERGED: (1, 1), Act.SPLIT: (2, 20)}
"""Fewest and most successors; nothing else has any."""

_REQUIRED: Mapping[Act, tuple[str, ...]] = {
    Act.RENAMED: ("name",),
    Act.RELOCATED: ("region",),
    Act.SUSPENDED: ("reason", "ask"),
}
_STATED: Mapping[Act, tuple[str, ...]] = {
    Act.RENAMED: ("name", "name_en"),
    Act.MOVED: ("parent_id",),
    Act.RELOCATED: ("region",),
    Act.CODED: ("uscc",),
    Act.SUSPENDED: ("reason", "ask"),
}
TEXT_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInstitution:
    """Ask that `act` hold from `since` on; of an end, `since` is the last day.

    A move without `parent_id` leads to the top, a coding without `uscc` takes the code away; a
    suspension says why (`reason`) and whom to `ask`, and both are public. `by` is the institution
    whose staff asks, None for the operator of the bank.
    """

    institution_id: str
    act: Act
    since: str
    name: str | None = None
    name_en: str | None = None
    uscc: str | None = None
    parent_id: str | None = None
    region: str | None = None
    successors: Sequence[str] = ()
    reason: str | None = None
    ask: str | None = None
    by: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the whole tree: a move is judged by all of it."""
        del commands
        return all_institutions(connection)

    def decide(self, state: State, moment: Moment) -> Decision[State, Change]:
        """Change it; raises a `Refusal`.

        Its codes: "not-found" alike for what does not exist and what `by` does not cover,
        "institution-ended", "institution-changed-later", "institution-circle",
        "institution-stands-above", "institution-ends-itself", "institution-not-suspended",
        "institution-suspended", and `InvalidInput`.
        """
        history = self.judge(state, moment.now)
        leaf_id = new_id(moment.now, moment.entropy)
        change = self._change(leaf_id.hex(), moment.next_index)
        changed = {**state, history.id: _with(history, change)}
        document = change_document(change)
        leaf = LeafDraft(
            t="institution",
            id=leaf_id,
            iss=history.id,
            object=sha256(document).digest(),
            ref=history.newest_index,
        )
        return Decision(
            answer=change,
            state=changed,
            rows={InstitutionChangeRow: [row_of(change)]},
            leaves=[leaf],
            objects=[PublicObject(media_type=DOCUMENT_TYPE, content=document)],
        )

    def judge(self, state: State, now: datetime) -> History:
        """Give the institution where the change may be made now; raises as `decide` does."""
        tree = tree_on(state, civil_day(now))
        history = self._history(state, tree)
        if problems := [*self._field_problems(), *self._other_problems(state, tree)]:
            raise InvalidInput(problems)
        self._require_going(history)
        # Its successor, or another place in the tree, would lead around its suspension.
        by = None if self.by is None else state.get(self.by)
        if by is not None and self.act in ENDS | {Act.MOVED}:
            require_posting(by, civil_day(now))
        if self.act in ENDS and self.by == history.id:
            raise Refusal("institution-ends-itself")
        if self.act in PAUSES:
            self._require_above(history, tree)
        change = self._change("", history.newest_index + 1)
        if has_circle_from({**state, history.id: _with(history, change)}, change.effective):
            raise Refusal("institution-circle")
        return history

    @classmethod
    def remember(cls, answer: Change) -> str:
        """Keep the change for a repetition."""
        return orjson.dumps(asdict(answer)).decode()

    @classmethod
    def recall(cls, result: str) -> Change:
        """Give the first answer again."""
        return Change(**orjson.loads(result))

    def _history(self, state: State, tree: Tree) -> History:
        history = state.get(self.institution_id)
        if history is None:
            raise Refusal("not-found")
        if self.by is not None:
            tree.require(self.by, history.id)
        return history

    def _field_problems(self) -> Iterator[FieldProblem]:
        for required in _REQUIRED.get(self.act, ()):
            if getattr(self, required) is None:
                yield FieldProblem(field=required, code="field-missing")
        yield from _text_problems(self.reason, self.ask)
        yield from name_problems(self.name, self.name_en)
        yield from code_problems(self.uscc)
        yield from region_problems(self.region)
        yield from day_problems(self.since)

    def _other_problems(self, state: State, tree: Tree) -> Iterator[FieldProblem]:
        """Name what is wrong with the other institutions named; strange ones are unknown."""
        fewest, most = SUCCESSORS.get(self.act, (0, 0))
        named = self.successors
        if not fewest <= len(set(named)) <= most or len(set(named)) != len(named):
            facts = {"fewest": fewest, "most": most}
            yield FieldProblem(field="successors", code="successors-wrong", facts=facts)
        if self.institution_id in named or not all(
            self._is_known(one, state, tree) for one in named
        ):
            yield FieldProblem(field="successors", code="institution-unknown")
        if self.act is Act.MOVED:
            is_top = self.parent_id is None
            may_top = self.by is None or self.by == tree.bank_id
            if is_top and not may_top:
                yield FieldProblem(field="parent", code="field-missing")
            if self.parent_id is not None and not self._is_known(self.parent_id, state, tree):
                yield FieldProblem(field="parent", code="institution-unknown")

    def _is_known(self, institution_id: str, state: State, tree: Tree) -> bool:
        return institution_id in state and (self.by is None or tree.covers(self.by, institution_id))

    def _require_going(self, history: History) -> None:
        """Refuse what comes after the end, and an end before what is to come."""
        if history.registered.since is not None and self.since < history.registered.since:
            raise Refusal("institution-changed-later", since=history.registered.since)
        if history.end is not None and (self.act in ENDS or self.since > history.end.since):
            raise Refusal("institution-ended", last_day=history.end.since)
        bound = ENDS | PAUSES if self.act in PAUSES else frozenset(Act)
        later = max((one.since for one in history.changes if one.act in bound), default=self.since)
        if self.act in ENDS | PAUSES and later > self.since:
            raise Refusal("institution-changed-later", since=later)

    def _require_above(self, history: History, tree: Tree) -> None:
        """Refuse who is not above it, or stands below whoever suspended it, to suspend or resume.

        Otherwise a suspended institution would resume itself.
        """
        suspension = history.suspension_on(date.fromisoformat(self.since))
        if suspension is None and self.act is Act.RESUMED:
            raise Refusal("institution-not-suspended")
        if self.by is None:
            return
        orderer = None if suspension is None else suspension.ordered_by or tree.bank_id
        if self.by == history.id or (orderer is not None and not tree.covers(self.by, orderer)):
            raise Refusal("institution-stands-above")

    def _change(self, change_id: str, entry_index: int) -> Change:
        facts: dict[str, Any] = {name: getattr(self, name) for name in _STATED.get(self.act, ())}
        if self.act is Act.RELOCATED:
            facts["region_year"] = list_year("regions")
        if self.act in PAUSES:
            facts["ordered_by"] = self.by
        return Change(
            id=change_id,
            institution_id=self.institution_id,
            act=self.act.value,
            since=self.since,
            successors=tuple(self.successors),
            entry_index=entry_index,
            **facts,
        )


def _with(history: History, change: Change) -> History:
    return History(history.registered, [*history.changes, change])


def _text_problems(reason: str | None, ask: str | None) -> Iterator[FieldProblem]:
    """Name what is wrong with the words of a suspension."""
    for field, text in (("reason", reason), ("ask", ask)):
        if text is not None and not text.strip():
            yield FieldProblem(field=field, code="field-missing")
        if text is not None and len(text) > TEXT_LENGTH_MAX:
            facts = {"length_max": TEXT_LENGTH_MAX}
            yield FieldProblem(field=field, code="text-too-long", facts=facts)


def preview_change(connection: Connection, command: ChangeInstitution, now: datetime) -> History:
    """Say of which institution a change would be; raises as deciding it does, writes nothing."""
    return command.judge(ChangeInstitution.load(connection, [command]), now)


def change_document(change: Change) -> bytes:
    """Give the public document of a change (JCS, RFC 8785); absent facts are left out."""
    facts: dict[str, str | int | list[str] | None] = {
        "id": change.institution_id,
        "act": change.act,
        "since": change.since,
        "name": change.name,
        "name_en": change.name_en,
        "uscc": change.uscc,
        "parent": change.parent_id,
        "region": change.region,
        "region_year": change.region_year,
        "successors": list(change.successors) or None,
        "reason": change.reason,
        "ask": change.ask,
        "ordered_by": change.ordered_by,
    }
    return rfc8785.dumps({name: fact for name, fact in facts.items() if fact is not None})


def row_of(change: Change) -> dict[str, object]:
    """Give the stored form of a change."""
    return {
        **{name: getattr(change, name) for name in Change.__slots__},
        "successors": list(change.successors),
    }
