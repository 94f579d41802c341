"""Take an institution's course catalogue in: what is new is added, what is there must agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.catalogue.choose import overlap
from creditbank.catalogue.definition import Definition, definition_id
from creditbank.catalogue.queries import (
    all_definitions,
    definition_row,
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
    """What is known of the institutions, and of the codes, that commands name."""

    institutions: frozenset[str]
    schemes: Mapping[tuple[str, str], Scheme]
    definitions: Mapping[tuple[str, str], Sequence[Definition]]
    """By institution and code."""


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
        return Catalogue(
            institutions=frozenset(find_institutions(connection, institutions)),
            schemes={
                (institution_id, scheme.id): scheme
                for institution_id in institutions
                for scheme in schemes_of(connection, institution_id).values()
            },
            definitions={
                (command.institution_id, code): versions
                for command in commands
                for code, versions in all_definitions(connection, command.institution_id).items()
            },
        )

    def decide(self, state: Catalogue, moment: Moment) -> Decision[Catalogue, ImportedCourses]:
        """Add what is new.

        Raises `Refusal`: "definition-conflict" where a version would change, "definition-overlap"
        where a reused code and version would be valid on the same day as the earlier one.
        """
        del moment  # The catalogue is not on the ledger.
        if self.institution_id not in state.institutions:
            raise Refusal("institution-unknown", institution=self.institution_id)
        schemes = [
            scheme
            for scheme in self.schemes
            if _is_new(scheme, state.schemes.get((self.institution_id, scheme.id)), scheme.id)
        ]
        known: dict[str, list[Definition]] = {
            one.code: list(state.definitions.get((self.institution_id, one.code), ()))
            for one in self.definitions
        }
        added = [
            new
            for given in self.definitions
            if (new := _named_anew(given, known[given.code])) is not None
        ]
        return Decision(
            answer=ImportedCourses(added=len(added), unchanged=len(self.definitions) - len(added)),
            state=Catalogue(
                institutions=state.institutions,
                schemes={
                    **state.schemes,
                    **{(self.institution_id, scheme.id): scheme for scheme in schemes},
                },
                definitions={
                    **state.definitions,
                    **{(self.institution_id, code): versions for code, versions in known.items()},
                },
            ),
            rows={
                SchemeRow: [_scheme_row(self.institution_id, scheme) for scheme in schemes],
                DefinitionRow: [definition_row(one) for one in added],
            },
        )


def _named_anew(given: Definition, versions: list[Definition]) -> Definition | None:
    """Give a definition under its id and add it to these versions, or None if it is there."""
    same = [one for one in versions if one.version == given.version]
    for one in same:
        if one.valid_from == given.valid_from:
            _is_new(replace(given, id=one.id, is_reused=one.is_reused), one, _name(given))
            return None
    if any(overlap(given, one) for one in same):
        raise Refusal("definition-overlap", code=_name(given))
    if same:
        first_day = given.valid_from
        name = definition_id(given.institution_id, given.code, given.version, first_day)
        given = replace(given, id=name, is_reused=True)
    versions.append(given)
    return given


def _name(definition: Definition) -> str:
    return f"{definition.code} {definition.version}"


def _is_new(given: object, known: object, name: str) -> bool:
    if known is not None and known != given:
        raise Refusal("definition-conflict", code=name)
    return known is None


def _scheme_row(institution_id: str, scheme: Scheme) -> dict[str, object]:
    content = scheme_content(scheme)
    return {"institution_id": institution_id, "id": scheme.id, "content": content}
