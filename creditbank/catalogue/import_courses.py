"""Take an institution's course catalogue in: what is new is added, what is there must agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import (
    definition_row,
    definitions_by_id,
    scheme_content,
    schemes_of,
)
from creditbank.catalogue.scheme import Scheme
from creditbank.catalogue.tables import DefinitionRow, SchemeRow
from creditbank.errors import Refusal
from creditbank.institutions.queries import find_institutions
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What is known of the institutions and definitions that commands name."""

    institutions: frozenset[str]
    schemes: Mapping[tuple[str, str], Scheme]
    definitions: Mapping[str, Definition]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCourses:
    """How many definitions were new and how many were there already."""

    added: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCourses:
    """Ask that these schemes and definitions of an institution be in the catalogue."""

    institution_id: str
    schemes: Sequence[Scheme]
    definitions: Sequence[Definition]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Catalogue:
        """Load what these commands name."""
        institutions = {command.institution_id for command in commands}
        ids = {one.id for command in commands for one in command.definitions}
        return Catalogue(
            institutions=frozenset(find_institutions(connection, institutions)),
            schemes={
                (institution_id, scheme.id): scheme
                for institution_id in institutions
                for scheme in schemes_of(connection, institution_id).values()
            },
            definitions=definitions_by_id(connection, ids),
        )

    def decide(self, state: Catalogue, moment: Moment) -> Decision[Catalogue, ImportedCourses]:
        """Add what is new; raises `Refusal("definition-conflict")` where a version would change."""
        del moment  # The catalogue is not on the ledger.
        if self.institution_id not in state.institutions:
            raise Refusal("institution-unknown", institution=self.institution_id)
        schemes = [
            scheme
            for scheme in self.schemes
            if _is_new(scheme, state.schemes.get((self.institution_id, scheme.id)), scheme.id)
        ]
        added = [
            one
            for one in self.definitions
            if _is_new(one, state.definitions.get(one.id), f"{one.code} {one.version}")
        ]
        return Decision(
            answer=ImportedCourses(added=len(added), unchanged=len(self.definitions) - len(added)),
            state=Catalogue(
                institutions=state.institutions,
                schemes={
                    **state.schemes,
                    **{(self.institution_id, scheme.id): scheme for scheme in schemes},
                },
                definitions={**state.definitions, **{one.id: one for one in added}},
            ),
            rows={
                SchemeRow: [_scheme_row(self.institution_id, scheme) for scheme in schemes],
                DefinitionRow: [definition_row(one) for one in added],
            },
        )


def _is_new(given: object, known: object, name: str) -> bool:
    if known is not None and known != given:
        raise Refusal("definition-conflict", code=name)
    return known is None


def _scheme_row(institution_id: str, scheme: Scheme) -> dict[str, object]:
    content = scheme_content(scheme)
    return {"institution_id": institution_id, "id": scheme.id, "content": content}
