"""Change an institution from a day on, or end it: a row, and a public leaf after its last one.

The documents alone tell anybody the tree as of any day; nothing that was registered is rewritten.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Self

import rfc8785
from sqlalchemy import Connection

from creditbank.codes.lists import list_year
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.history import ENDS, Act, Change, History
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

_REQUIRED = {Act.RENAMED: "name", Act.RELOCATED: "region"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInstitution:
    """Ask that `act` hold from `since` on; of an end, `since` is the last day.

    A move without `parent_id` leads to the top, a coding without `uscc` takes the code away. `by`
    is the institution whose staff asks, None for the operator of the bank.
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
    by: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the whole tree: a move is judged by all of it."""
        del commands
        return all_institutions(connection)

    def decide(self, state: State, moment: Moment) -> Decision[State, Change]:
        """Change it; raises a `Refusal`.

        Its codes: "not-found" alike for what does not exist and what `by` does not cover,
        "institution-ended", "institution-changed-later", "institution-circle", and `InvalidInput`.
        """
        tree = tree_on(state, civil_day(moment.now))
        history = self._history(state, tree)
        if problems := [*self._field_problems(), *self._other_problems(state, tree)]:
            raise InvalidInput(problems)
        self._require_going(history)
        leaf_id = new_id(moment.now, moment.entropy)
        change = self._change(leaf_id, moment)
        changed = {**state, history.id: History(history.registered, [*history.changes, change])}
        if has_circle_from(changed, change.effective):
            raise Refusal("institution-circle")
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

    def _history(self, state: State, tree: Tree) -> History:
        history = state.get(self.institution_id)
        if history is None:
            raise Refusal("not-found")
        if self.by is not None:
            tree.require(self.by, history.id)
        return history

    def _field_problems(self) -> Iterator[FieldProblem]:
        required = _REQUIRED.get(self.act)
        if required is not None and getattr(self, required) is None:
            yield FieldProblem(field=required, code="field-missing")
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
        later = max((one.since for one in history.changes), default=self.since)
        if self.act in ENDS and later > self.since:
            raise Refusal("institution-changed-later", since=later)

    def _change(self, leaf_id: bytes, moment: Moment) -> Change:
        drafted = Change(
            id=leaf_id.hex(),
            institution_id=self.institution_id,
            act=self.act.value,
            since=self.since,
            successors=tuple(self.successors),
            entry_index=moment.next_index,
        )
        match self.act:
            case Act.RENAMED:
                return replace(drafted, name=self.name, name_en=self.name_en)
            case Act.MOVED:
                return replace(drafted, parent_id=self.parent_id)
            case Act.CODED:
                return replace(drafted, uscc=self.uscc)
            case Act.RELOCATED:
                return replace(drafted, region=self.region, region_year=list_year("regions"))
        return drafted


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
    }
    return rfc8785.dumps({name: fact for name, fact in facts.items() if fact is not None})


def row_of(change: Change) -> dict[str, object]:
    """Give the stored form of a change."""
    return {
        **{name: getattr(change, name) for name in Change.__slots__},
        "successors": list(change.successors),
    }
