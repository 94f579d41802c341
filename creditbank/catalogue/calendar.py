"""A provider's calendar: its terms, and its offerings 开班/考次 within them.

Terms are the provider's own: 2024春, 2024—2025学年第一学期, 自考 2404. Where it has declared some,
a result names one of them, by its name or a synonym; where it has none, any text is a term.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Self

from sqlalchemy import Connection, Row, bindparam, delete, select
from sqlmodel import col

from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import definitions_by_id
from creditbank.catalogue.tables import OfferingRow, TermRow
from creditbank.database import table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.writer.command import Decision, Moment

NAMED_MAX = 20
"""How many known terms a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term; days are YYYY-MM-DD, both inclusive."""

    name: str
    first_day: str
    last_day: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """One offering of a definition; `term` is a term or a sitting, instructors are staff."""

    institution_id: str
    code: str
    definition_id: str
    term: str
    place: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    instructors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """What a provider has declared: its own name for each name of a term, and offerings."""

    terms: Mapping[str, str]
    offerings: Mapping[str, str]
    """The definition of each offering by its code."""

    def own_name(self, text: str) -> str:
        """Give the provider's own name of a term; other texts stay as they are."""
        return self.terms.get(text, text)

    def require_term(self, text: str) -> None:
        """Raise `InvalidInput` ("term-unknown") where there are terms and this is none of them."""
        if self.terms and text not in self.terms:
            known = tuple(dict.fromkeys(self.terms.values()))[-NAMED_MAX:]
            problem = FieldProblem(field="term", code="term-unknown", facts={"known": known})
            raise InvalidInput([problem])

    def require_offering(self, code: str | None, definition: Definition) -> None:
        """Raise `InvalidInput` ("offering-unknown") unless the definition was offered so."""
        if code is not None and self.offerings.get(code) != definition.id:
            raise InvalidInput([FieldProblem(field="offering", code="offering-unknown")])


_TERMS = (
    select(table_of(TermRow))
    .where(col(TermRow.institution_id) == bindparam("institution"))
    .order_by(col(TermRow.first_day), col(TermRow.name))
)
_OFFERINGS = select(col(OfferingRow.code), col(OfferingRow.definition_id)).where(
    col(OfferingRow.institution_id) == bindparam("institution")
)
_NAMED = _OFFERINGS.where(col(OfferingRow.code).in_(bindparam("codes", expanding=True)))


def load_sessions(connection: Connection, institution_id: str, codes: Collection[str]) -> Sessions:
    """Load a provider's terms, and its offerings with these codes."""
    named = {"institution": institution_id, "codes": list(codes)}
    return Sessions(
        terms=_names(terms_of(connection, institution_id)),
        offerings=_definitions(connection.execute(_NAMED, named)) if codes else {},
    )


def all_sessions(connection: Connection, institution_id: str) -> Sessions:
    """Load all that a provider has declared."""
    declared = connection.execute(_OFFERINGS, {"institution": institution_id})
    return Sessions(
        terms=_names(terms_of(connection, institution_id)), offerings=_definitions(declared)
    )


def _definitions(rows: Iterable[Row[str, str]]) -> dict[str, str]:
    return {row.code: row.definition_id for row in rows}


def _names(declared: Sequence[Term]) -> dict[str, str]:
    synonyms = {text: one.name for one in declared for text in one.synonyms}
    return synonyms | {one.name: one.name for one in declared}


def terms_of(connection: Connection, institution_id: str) -> list[Term]:
    """Give a provider's terms by their days."""
    rows = connection.execute(_TERMS, {"institution": institution_id}).mappings()
    return [
        Term(
            name=row["name"],
            first_day=row["first_day"],
            last_day=row["last_day"],
            synonyms=tuple(row["synonyms"]),
        )
        for row in rows
    ]


def offerings_of(connection: Connection, institution_id: str) -> list[Offering]:
    """Give a provider's offerings by code."""
    wanted = (
        select(table_of(OfferingRow))
        .where(col(OfferingRow.institution_id) == institution_id)
        .order_by(col(OfferingRow.code))
    )
    rows = connection.execute(wanted).mappings()
    return [Offering(**{**row, "instructors": tuple(row["instructors"])}) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareTerms:
    """Ask that these terms be in a provider's calendar, each in place of one of the same name."""

    institution_id: str
    terms: Sequence[Term]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> dict[str, list[Term]]:
        """Load the calendars that these commands extend."""
        named = {command.institution_id for command in commands}
        return {one: terms_of(connection, one) for one in named}

    def decide(
        self, state: dict[str, list[Term]], moment: Moment
    ) -> Decision[dict[str, list[Term]], int]:
        """Declare them; raises `InvalidInput`: "days-reversed", "term-repeated"."""
        del moment  # A calendar is not on the ledger.
        given = {one.name for one in self.terms}
        kept = [one for one in state[self.institution_id] if one.name not in given]
        self._require_well_formed(kept)
        replaced = delete(TermRow).where(
            col(TermRow.institution_id) == self.institution_id, col(TermRow.name).in_(given)
        )
        rows = [
            {
                "institution_id": self.institution_id,
                "name": one.name,
                "first_day": one.first_day,
                "last_day": one.last_day,
                "synonyms": list(one.synonyms),
            }
            for one in self.terms
        ]
        return Decision(
            answer=len(rows),
            state={**state, self.institution_id: [*kept, *self.terms]},
            changes=[replaced],
            rows={TermRow: rows},
        )

    def _require_well_formed(self, kept: Sequence[Term]) -> None:
        problems = []
        taken = {text for one in kept for text in (one.name, *one.synonyms)}
        for place, one in enumerate(self.terms):
            if one.last_day < one.first_day:
                field = f"terms.{place}.last_day"
                problems.append(FieldProblem(field=field, code="days-reversed"))
            for text in (one.name, *one.synonyms):
                if text in taken:
                    problems.append(FieldProblem(field=f"terms.{place}", code="term-repeated"))
                taken.add(text)
        if problems:
            raise InvalidInput(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingState:
    """The definitions that offerings name, the offerings there are, and each provider's terms."""

    definitions: Mapping[str, Definition]
    sessions: Mapping[str, Sessions]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOffering:
    """Ask that an offering be known under its provider's code."""

    offering: Offering

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> OfferingState:
        """Load what these commands name."""
        codes: dict[str, set[str]] = defaultdict(set)
        for one in commands:
            codes[one.offering.institution_id].add(one.offering.code)
        return OfferingState(
            definitions=definitions_by_id(
                connection, {one.offering.definition_id for one in commands}
            ),
            sessions={one: load_sessions(connection, one, named) for one, named in codes.items()},
        )

    def decide(self, state: OfferingState, moment: Moment) -> Decision[OfferingState, str]:
        """Add it; the answer is its code.

        Raises `Refusal("offering-exists")` and `InvalidInput`: "definition-unknown",
        "term-unknown", "days-reversed".
        """
        del moment  # Offerings are not on the ledger.
        given = self.offering
        sessions = state.sessions[given.institution_id]
        definition = state.definitions.get(given.definition_id)
        if definition is None or definition.institution_id != given.institution_id:
            raise InvalidInput([FieldProblem(field="definition", code="definition-unknown")])
        if given.first_day and given.last_day and given.last_day < given.first_day:
            raise InvalidInput([FieldProblem(field="last_day", code="days-reversed")])
        if given.code in sessions.offerings:
            raise Refusal("offering-exists", code=given.code)
        sessions.require_term(given.term)
        row = {one.name: getattr(given, one.name) for one in fields(given)}
        row |= {"term": sessions.own_name(given.term), "instructors": list(given.instructors)}
        known = Sessions(
            terms=sessions.terms, offerings={**sessions.offerings, given.code: definition.id}
        )
        return Decision(
            answer=given.code,
            state=OfferingState(
                definitions=state.definitions,
                sessions={**state.sessions, given.institution_id: known},
            ),
            rows={OfferingRow: [row]},
        )
