"""Confirm a file of a school row by row: good rows are recorded, whatever is wrong with others."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from creditbank.applications.enter import ConfirmApplication, Entered
from creditbank.applications.entries_file import (
    APPLICATION,
    VERDICT,
    AnsweredRow,
    RefusedRow,
    read_entries,
)
from creditbank.applications.queries import find_applications
from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import FieldProblem, Refusal
from creditbank.institutions.tree import load_tree
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.writer.receipts import Written
from creditbank.writer.writer import Writer

_ROWS_AT_ONCE = 200
"""So that a large file never fills the writer's queue."""


class Parts(Protocol):
    """What confirming works with; a bank has them all."""

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
        """What gives the time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedFile:
    """What became of the applications of a file, and the rows that were refused."""

    entered: int
    declined: int
    unchanged: int
    waiting: int
    rejected: Sequence[RefusedRow]


def confirm_file(parts: Parts, content: bytes, institution_id: str, by: str) -> ConfirmedFile:
    """Record what an institution answers to applications at its own enrolments and below it.

    The same file again changes nothing. Raises `InvalidInput` for what is no such file.
    """
    rows = read_entries(content, civil_day(parts.clock()))
    answered = [one for one in rows if isinstance(one, AnsweredRow)]
    rejected = [one for one in rows if isinstance(one, RefusedRow)]
    counts = {"entered": 0, "declined": 0, "unchanged": 0}
    for row, future in _submitted(parts, answered, institution_id, by):
        try:
            answer = None if future is None else future.result().answer
        except Refusal as refusal:
            rejected += _refused(row, refusal)
            continue
        if answer is None:
            rejected += _refused(row, Refusal("not-found"))
        else:
            counts[answer.verdict.value if answer.is_new else "unchanged"] += 1
    waiting = sum(one.confirmation is None for one in answered)
    ordered = sorted(rejected, key=lambda one: one.number)
    return ConfirmedFile(waiting=waiting, rejected=ordered, **counts)


_Handed = tuple[AnsweredRow, "Future[Written[Entered]] | None"]


def _submitted(
    parts: Parts, rows: Sequence[AnsweredRow], institution_id: str, by: str
) -> Iterator[_Handed]:
    """Hand in what the institution may answer, some at a time; None for what it may not."""
    with parts.readers.reading() as connection:
        tree = load_tree(connection, civil_day(parts.clock()))
        stored = find_applications(connection, {one.application_id for one in rows})
    own = {
        one.id: one for one in stored.values() if tree.covers(institution_id, one.institution_id)
    }
    keys = parts.keystore.get({one.account_id for one in own.values()})
    decided = [one for one in rows if one.confirmation is not None]
    for start in range(0, len(decided), _ROWS_AT_ONCE):
        handed: list[_Handed] = []
        for row in decided[start : start + _ROWS_AT_ONCE]:
            application = own.get(row.application_id)
            key = None if application is None else keys.get(application.account_id)
            command = None if key is None else _command(row, key, by)
            handed.append((row, None if command is None else parts.writer.submit(command)))
        yield from handed


def _command(row: AnsweredRow, key: AccountKey, by: str) -> ConfirmApplication | None:
    if row.confirmation is None:
        return None
    return ConfirmApplication(
        key=key, application_id=row.application_id, confirmation=row.confirmation, by=by
    )


def _refused(row: AnsweredRow, refusal: Refusal) -> Iterator[RefusedRow]:
    """Name the rows of an application; raises again what is no fault of theirs."""
    problems = {
        "not-found": FieldProblem(field=APPLICATION, code="application-unknown"),
        "application-reversed": FieldProblem(field=APPLICATION, code="application-taken-back"),
        "application-answered": FieldProblem(
            field=VERDICT, code="answered-otherwise", facts=refusal.facts
        ),
    }
    if refusal.code not in problems:
        raise refusal
    for number in row.numbers:
        yield RefusedRow(number=number, problems=(problems[refusal.code],))
