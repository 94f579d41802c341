"""Successors of definitions: one replaces another, several come of one, one of several."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, or_, select
from sqlmodel import col

from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import definitions_by_id
from creditbank.catalogue.tables import SuccessorRow
from creditbank.database import table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.writer.command import Decision, Moment


class SuccessorKind(StrEnum):
    """How definitions follow on others."""

    REPLACED = "replaced"
    SPLIT = "split"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """One definition that follows another from a day (YYYY-MM-DD) on."""

    earlier_id: str
    later_id: str
    kind: SuccessorKind
    from_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The definitions that commands name, and every link with one of them."""

    definitions: Mapping[str, Definition]
    links: Sequence[Successor]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSuccessors:
    """Ask that definitions of an institution follow others; the numbers say how."""

    institution_id: str
    earlier: Sequence[str]
    later: Sequence[str]
    from_day: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        ids = {one for command in commands for one in (*command.earlier, *command.later)}
        return State(
            definitions=definitions_by_id(connection, ids), links=links_of(connection, ids)
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, SuccessorKind]:
        """Link them; raises `Refusal` "not-found", and `InvalidInput`: "successors-wrong"."""
        del moment  # The catalogue is not on the ledger.
        for one in (*self.earlier, *self.later):
            known = state.definitions.get(one)
            if known is None or known.institution_id != self.institution_id:
                raise Refusal("not-found")
        kind = self._kind()
        pairs = {(earlier, later) for earlier in self.earlier for later in self.later}
        linked = {(one.earlier_id, one.later_id) for one in state.links}
        turned = {(later, earlier) for earlier, later in pairs}
        if kind is None or pairs & turned or turned & linked or pairs & linked:
            raise InvalidInput([FieldProblem(field="later", code="successors-wrong")])
        links = [
            Successor(earlier_id=earlier, later_id=later, kind=kind, from_day=self.from_day)
            for earlier, later in sorted(pairs)
        ]
        return Decision(
            answer=kind,
            state=State(definitions=state.definitions, links=[*state.links, *links]),
            rows={
                SuccessorRow: [
                    {
                        "earlier_id": one.earlier_id,
                        "later_id": one.later_id,
                        "kind": one.kind.value,
                        "from_day": one.from_day,
                    }
                    for one in links
                ]
            },
        )

    def _kind(self) -> SuccessorKind | None:
        numbers = len(set(self.earlier)), len(set(self.later))
        if numbers == (1, 1):
            return SuccessorKind.REPLACED
        if numbers[0] == 1 and numbers[1] > 1:
            return SuccessorKind.SPLIT
        return SuccessorKind.MERGED if numbers[0] > 1 and numbers[1] == 1 else None


def links_of(connection: Connection, definition_ids: Collection[str]) -> list[Successor]:
    """Give every link in which one of these definitions is the earlier or the later."""
    wanted = select(table_of(SuccessorRow)).where(
        or_(
            col(SuccessorRow.earlier_id).in_(definition_ids),
            col(SuccessorRow.later_id).in_(definition_ids),
        )
    )
    return [
        Successor(**{**row, "kind": SuccessorKind(row["kind"])})
        for row in connection.execute(wanted).mappings()
    ]
