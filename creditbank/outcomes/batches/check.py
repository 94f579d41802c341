"""Check a file whole before anything is recorded of it: structure, mapping, tables, row count."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol, Self

from creditbank.catalogue.calendar import all_sessions
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import all_definitions, schemes_of
from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import FieldProblem, Refusal
from creditbank.institutions.queries import get_institution
from creditbank.keystore.store import KeyStore
from creditbank.outcomes.batches.candidates import Candidate, Evaluator, prepare
from creditbank.outcomes.batches.find import Batch
from creditbank.outcomes.batches.mapping import ImportMapping
from creditbank.outcomes.batches.matching import Accounts, Matcher, Stretch
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from creditbank.outcomes.batches.settle import RowToSettle
from creditbank.outcomes.batches.short_numbers import Numbers
from creditbank.outcomes.batches.upload import Upload
from creditbank.outcomes.catalogued import Catalogue
from creditbank.writer.writer import Writer

ALL_OR_NOTHING_ROWS_MAX = 50_000


class Parts(Protocol):
    """What an import works with; a bank has them all."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def writer(self) -> Writer:
        """The one writer."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """The learners' keys."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The present moment."""
        ...

    @property
    def entropy(self) -> Callable[[int], bytes]:
        """Random bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the provider wants the file taken."""

    may_open_accounts: bool = True
    all_or_nothing: bool = False

    @classmethod
    def of(cls, batch: Batch) -> Self:
        """Give the options that a batch was started with."""
        return cls(
            may_open_accounts=bool(batch.options["may_open_accounts"]),
            all_or_nothing=bool(batch.options["all_or_nothing"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """One file of one institution that can be read to its end."""

    institution_id: str
    upload: Upload
    mapping: ImportMapping
    options: Options
    rows: int
    remarks: Sequence[FieldProblem]
    """What is worth a second look, and no reason to refuse: see `Numbers`."""
    evaluator: Evaluator
    matcher: Matcher

    def stretches(self, position: int, size: int) -> Iterator[Stretch]:
        """Give the rows after `position` others, `size` of them at a time."""
        rows = islice(self.upload.rows(self.mapping), position, None)
        while chunk := list(islice(rows, size)):
            yield Stretch(position, chunk, [self._candidate(row) for row in chunk])
            position += len(chunk)

    def match(self, stretch: Stretch, accounts: Accounts) -> list[RowToSettle]:
        """Match the rows of a stretch with accounts."""
        return self.matcher.match(stretch, accounts)

    def _candidate(self, row: RawRow | RowProblem) -> Candidate:
        return row if isinstance(row, RowProblem) else self.evaluator.candidate(row)


def check_file(
    parts: Parts, upload: Upload, *, institution_id: str, options: Options
) -> CheckedFile:
    """Read the file and its tables to the end.

    Raises `InvalidInput` where they cannot be read, and `Refusal`: "institution-unknown",
    "spreadsheet-unsupported", "batch-too-large".
    """
    upload.refuse_spreadsheet()
    mapping = upload.mapping()
    with parts.readers.reading() as connection:
        get_institution(connection, institution_id)
        definitions = all_definitions(connection, institution_id)
        schemes = schemes_of(connection, institution_id)
        sessions = all_sessions(connection, institution_id)
    numbers = Numbers(mapping)
    numbers.watch(upload.rows(mapping))
    if options.all_or_nothing and numbers.rows > ALL_OR_NOTHING_ROWS_MAX:
        raise Refusal("batch-too-large", rows_max=ALL_OR_NOTHING_ROWS_MAX)
    return CheckedFile(
        institution_id=institution_id,
        upload=upload,
        mapping=mapping,
        options=options,
        rows=numbers.rows,
        remarks=list(numbers.remarks()),
        evaluator=prepare(
            mapping,
            upload.open_table,
            today=civil_day(parts.clock()),
            catalogue=course_facts(definitions),
        ),
        matcher=Matcher(
            keystore=parts.keystore,
            institution_id=institution_id,
            catalogue=Catalogue(definitions=definitions, schemes=schemes, sessions=sessions),
            may_open_accounts=options.may_open_accounts,
        ),
    )


def course_facts(definitions: Mapping[str, Sequence[Definition]]) -> dict[str, dict[str, str]]:
    """Give the credits and hours of the newest version of each course."""
    newest = {
        code: max(versions, key=lambda one: one.valid_from)
        for code, versions in definitions.items()
    }
    return {
        code: {
            name: str(amount)
            for name, amount in (("credits", one.credits), ("hours", one.hours))
            if amount is not None
        }
        for code, one in newest.items()
    }
