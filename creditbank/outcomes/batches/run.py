"""Import a file: check it whole, then settle it stretch by stretch, each in one transaction.

While the writer commits one stretch, the next is read and matched. A stretch has at most 500 rows,
so that single posts pass between; all-or-nothing is one transaction of at most 50,000 rows.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from creditbank.catalogue.queries import all_definitions
from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.find import Doorkeeper, Rehearsal
from creditbank.outcomes.batches.candidates import Candidate, prepare
from creditbank.outcomes.batches.finish import FinishBatch, RefuseBatch
from creditbank.outcomes.batches.matching import Matcher, Stretch
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from creditbank.outcomes.batches.settle import (
    BatchRejected,
    RowToSettle,
    Settlement,
    SettleRows,
    postings_of,
    settle,
)
from creditbank.outcomes.batches.start import StartBatch
from creditbank.outcomes.batches.upload import Upload
from creditbank.outcomes.dates import civil_day
from creditbank.outcomes.decide import Draft, Known
from creditbank.outcomes.queries import Batch, find_batches
from creditbank.outcomes.record import load_records
from creditbank.writer.command import Moment
from creditbank.writer.receipts import Written
from creditbank.writer.writer import Writer

STRETCH_ROWS_MAX = 500
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


class Import:
    """One checked file of one institution."""

    def __init__(
        self, parts: Parts, upload: Upload, *, institution_id: str, options: Options
    ) -> None:
        self._parts = parts
        self._upload = upload
        self._institution_id = institution_id
        self._options = options
        self._mapping = upload.mapping()
        courses = self._catalogue()
        self._evaluator = prepare(
            self._mapping,
            upload.open_table,
            today=civil_day(parts.clock()),
            catalogue=courses,
        )
        self._matcher = Matcher(
            secrets=parts.keystore.secrets,
            institution_id=institution_id,
            courses=courses.keys(),
            may_open_accounts=options.may_open_accounts,
        )
        self.rows = sum(1 for _ in upload.rows(self._mapping))
        if options.all_or_nothing and self.rows > ALL_OR_NOTHING_ROWS_MAX:
            raise Refusal("batch-too-large", rows_max=ALL_OR_NOTHING_ROWS_MAX)

    @property
    def columns(self) -> Sequence[str]:
        """The columns that are read."""
        return self._mapping.columns

    def rehearse(self) -> Settlement:
        """Say what would become of every row; nothing is stored anywhere."""
        found = Rehearsal(self._parts.keystore, self._parts.entropy)
        known: dict[bytes, Known] = {}
        accounts: set[str] = set()
        parts = [
            self._rehearse(
                self._matcher.match(stretch, found), stretch.not_awarded, known, accounts
            )
            for stretch in self._stretches(0, STRETCH_ROWS_MAX)
        ]
        return Settlement(
            accepted=sum(one.accepted for one in parts),
            duplicate=sum(one.duplicate for one in parts),
            not_awarded=sum(one.not_awarded for one in parts),
            rejected=sum(one.rejected for one in parts),
            conflict=sum(one.conflict for one in parts),
            refusals=[refusal for one in parts for refusal in one.refusals],
        )

    def start(self, batch_id: str, posted_with: str) -> None:
        """Start a batch for this file under an id for which the key store has a key."""
        options = self._options
        command = StartBatch(
            batch_id=batch_id,
            institution_id=self._institution_id,
            posted_with=posted_with,
            media_type=self._upload.media_type,
            options={
                "all_or_nothing": options.all_or_nothing,
                "columns": list(self.columns),
                "encoding": self._upload.encoding,
                "may_open_accounts": options.may_open_accounts,
            },
            file_sha256=self._upload.file_hash(),
            mapping_sha256=self._upload.mapping_hash(),
        )
        self._parts.writer.write(command)

    def run(self, batch_id: str, progress: Callable[[int], None] = lambda _rows: None) -> Batch:
        """Settle what is left of the batch and finish it; safe to repeat after a crash.

        Raises `Refusal("batch-other-file")` when the batch is of another file or mapping, and
        `BatchRejected` when all-or-nothing was asked and a row is wrong.
        """
        batch = self._batch(batch_id)
        same = (self._upload.file_hash(), self._upload.mapping_hash())
        if (batch.file_sha256, batch.mapping_sha256) != same:
            raise Refusal("batch-other-file")
        key = self._parts.keystore.get([batch_id])[batch_id]
        try:
            self._settle(batch, key, progress)
        except BatchRejected as refusal:
            problem: dict[str, object] = {"code": refusal.code, "facts": dict(refusal.facts)}
            self._parts.writer.write(RefuseBatch(batch_id=batch_id, problem=problem))
            raise
        self._parts.writer.write(FinishBatch(batch_id=batch_id, batch_key=key))
        return self._batch(batch_id)

    def _settle(self, batch: Batch, key: AccountKey, progress: Callable[[int], None]) -> None:
        all_or_nothing = self._options.all_or_nothing
        size = ALL_OR_NOTHING_ROWS_MAX if all_or_nothing else STRETCH_ROWS_MAX
        doorkeeper = Doorkeeper(self._parts.keystore)
        pending: Future[Written[Settlement]] | None = None
        for stretch in self._stretches(batch.position, size):
            command = SettleRows(
                batch_id=batch.id,
                batch_key=key,
                start=stretch.start,
                end=stretch.end,
                not_awarded=stretch.not_awarded,
                rows=self._matcher.match(stretch, doorkeeper),
                all_or_nothing=all_or_nothing,
            )
            if pending is not None:
                pending.result()
            pending = self._parts.writer.submit(command)
            progress(stretch.end)
        if pending is not None:
            pending.result()

    def _stretches(self, position: int, size: int) -> Iterator[Stretch]:
        rows = islice(self._upload.rows(self._mapping), position, None)
        while chunk := list(islice(rows, size)):
            yield Stretch(position, chunk, [self._candidate(row) for row in chunk])
            position += len(chunk)

    def _candidate(self, row: RawRow | RowProblem) -> Candidate:
        return row if isinstance(row, RowProblem) else self._evaluator.candidate(row)

    def _rehearse(
        self,
        rows: Sequence[RowToSettle],
        not_awarded: int,
        known: dict[bytes, Known],
        accounts: set[str],
    ) -> Settlement:
        moment = Moment(
            now=self._parts.clock(), log="rehearsal", next_index=0, entropy=self._parts.entropy
        )
        with self._parts.readers.reading() as connection:
            records = load_records(connection, self._institution_id, postings_of(rows))
        records.known.update(known)
        records.accounts.update(accounts)
        draft = Draft(moment=moment, posted_with="", batch_id=None)
        settlement = settle(rows, records, draft, not_awarded=not_awarded)
        known.update(records.known)
        accounts.update(records.accounts)
        return settlement

    def _catalogue(self) -> dict[str, dict[str, str]]:
        """Give the credits and hours of the newest version of each course."""
        with self._parts.readers.reading() as connection:
            definitions = all_definitions(connection, self._institution_id)
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

    def _batch(self, batch_id: str) -> Batch:
        with self._parts.readers.reading() as connection:
            batch = find_batches(connection, [batch_id]).get(batch_id)
        if batch is None or batch.institution_id != self._institution_id:
            raise Refusal("not-found")
        return batch
