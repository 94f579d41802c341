"""Prepare the statements of one request: all are read before anything is made for any of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from creditbank.catalogue.calendar import all_sessions
from creditbank.catalogue.queries import all_definitions, schemes_of
from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.store import KeyStore
from creditbank.outcomes.batches.check import course_facts
from creditbank.outcomes.catalogued import Catalogue, require_catalogued
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.posting import parse_posting
from creditbank.outcomes.records import Posting
from creditbank.outcomes.xapi.declare import sources_of
from creditbank.outcomes.xapi.read import Completion, Reading, Sources, compared, read_statement
from creditbank.outcomes.xapi.record import StatementTags, tags_of

JSONObject = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A statement that can be taken, and the tags that it is known by."""

    reading: Reading
    tags: StatementTags


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Reads the statements of one institution with its sources and its course catalogue."""

    institution_id: str
    readers: Readers
    keystore: KeyStore
    now: datetime

    def read(self, statements: Sequence[JSONObject]) -> list[Taken]:
        """Read them all; raises `InvalidInput` that names each wrong place, by statement."""
        with self.readers.reading() as connection:
            sources = sources_of(connection, self.institution_id)
            catalogue = Catalogue(
                definitions=all_definitions(connection, self.institution_id),
                schemes=schemes_of(connection, self.institution_id),
                sessions=all_sessions(connection, self.institution_id),
            )
        catalogued = _Catalogued(catalogue, self.now)
        problems: list[FieldProblem] = []
        taken = []
        for place, statement in enumerate(statements):
            try:
                taken.append(self._taken(statement, sources, catalogued.completed))
            except InvalidInput as refusal:
                problems += _located(refusal, place, len(statements))
        if problems:
            raise InvalidInput(problems)
        return taken

    def posting(self, completion: Completion) -> Posting:
        """Find or make the account of a completion that was read; it names nobody by name."""
        prepared = prepare_posting(
            completion.fields,
            institution_id=self.institution_id,
            readers=self.readers,
            keystore=self.keystore,
            now=self.now,
        )
        assert isinstance(prepared.posting, Posting)  # noqa: S101 - it has a learner number
        return prepared.posting

    def _taken(
        self,
        statement: JSONObject,
        sources: Sources,
        completed: Callable[[Completion], Completion],
    ) -> Taken:
        reading = read_statement(statement, sources, self.now)
        return Taken(
            reading=completed(reading) if isinstance(reading, Completion) else reading,
            tags=tags_of(
                self.keystore.secrets, self.institution_id, reading.id, compared(statement)
            ),
        )


class _Catalogued:
    """Adds what the course catalogue says, and looks whether the result could be recorded."""

    def __init__(self, catalogue: Catalogue, now: datetime) -> None:
        self._catalogue = catalogue
        self._facts = course_facts(catalogue.definitions)
        self._today = civil_day(now)

    def completed(self, completion: Completion) -> Completion:
        fields = {**completion.fields, **self._facts.get(completion.fields["course"], {})}
        posted = parse_posting(fields, today=self._today)
        require_catalogued(posted, self._catalogue)
        return replace(completion, fields=fields)


def _located(refusal: InvalidInput, place: int, count: int) -> Iterator[FieldProblem]:
    for problem in refusal.problems:
        field = problem.field if count == 1 else f"{place}.{problem.field}"
        yield replace(problem, field=field)
