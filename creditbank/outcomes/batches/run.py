"""Import a file: check it whole, then settle it stretch by stretch, each in one transaction.

While the writer commits one stretch, the next is read and matched. A stretch has at most 500 rows,
so that single posts pass between; all-or-nothing is rehearsed, then settled in one transaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future

from creditbank.errors import FieldProblem, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.find import Doorkeeper
from creditbank.outcomes.batches.check import (
    ALL_OR_NOTHING_ROWS_MAX,
    Options,
    Parts,
    check_file,
)
from creditbank.outcomes.batches.find import Batch, find_batches
from creditbank.outcomes.batches.finish import FinishBatch, RefuseBatch
from creditbank.outcomes.batches.mend import find_mended
from creditbank.outcomes.batches.rehearse import STRETCH_ROWS_MAX, rehearse
from creditbank.outcomes.batches.settle import BatchRejected, Settlement, SettleRows, summed
from creditbank.outcomes.batches.sources import columns_of
from creditbank.outcomes.batches.start import BatchState, StartBatch
from creditbank.outcomes.batches.upload import Upload
from creditbank.writer.receipts import Written


class Import:
    """One checked file of one institution."""

    def __init__(
        self, parts: Parts, upload: Upload, *, institution_id: str, options: Options
    ) -> None:
        self._parts = parts
        self._checked = check_file(parts, upload, institution_id=institution_id, options=options)

    @property
    def rows(self) -> int:
        """How many data rows the file has."""
        return self._checked.rows

    @property
    def remarks(self) -> Sequence[FieldProblem]:
        """What is worth a second look before it is recorded."""
        return self._checked.remarks

    @property
    def columns(self) -> Sequence[str]:
        """The columns that are read."""
        return self._checked.mapping.columns

    @property
    def field_columns(self) -> Mapping[str, str]:
        """The column that each field of a posting is read from first, where there is one."""
        sources = self._checked.mapping.fields.items()
        read = {name: columns_of(source) for name, source in sources}
        return {name: columns[0] for name, columns in read.items() if columns}

    def rehearse(self) -> Iterator[Settlement]:
        """Say what would become of every row, a stretch at a time; nothing is stored anywhere."""
        return rehearse(self._parts, self._checked)

    def start(self, key: AccountKey, posted_with: str, *, mends: str | None = None) -> None:
        """Start a batch for this file under the id of a new key, which seals its refused rows.

        `mends` names the batch whose refused rows the file mends; else the file itself may say it.
        Raises `InvalidInput` for one that this institution does not have.
        """
        checked = self._checked
        mended = find_mended(self._parts.readers, checked.upload, checked.institution_id, mends)
        command = StartBatch(
            batch_id=key.account_id,
            institution_id=checked.institution_id,
            posted_with=posted_with,
            media_type=checked.upload.media_type,
            options={
                "all_or_nothing": checked.options.all_or_nothing,
                "columns": list(self.columns),
                "encoding": checked.upload.encoding,
                "field_columns": dict(self.field_columns),
                "may_open_accounts": checked.options.may_open_accounts,
                "rows": self.rows,
                **({} if mended is None else {"first_rows": mended.first_rows}),
            },
            follows_id=None if mended is None else mended.first_id,
            file_sha256=checked.upload.file_hash(),
            mapping_sha256=checked.upload.mapping_hash(),
        )
        self._parts.keystore.keep(key)
        self._parts.writer.write(command)

    def run(self, batch_id: str, progress: Callable[[int], None] = lambda _rows: None) -> Batch:
        """Settle what is left of the batch and close it; safe to repeat after a crash.

        All-or-nothing with a wrong row closes it as refused. Raises `Refusal("batch-other-file")`
        when the batch is of another file, mapping or table, `Refusal("batch-elsewhere")` when
        another process settles it at this moment.
        """
        batch, upload = self._batch(batch_id), self._checked.upload
        if (batch.file_sha256, batch.mapping_sha256) != (upload.file_hash(), upload.mapping_hash()):
            raise Refusal("batch-other-file")
        if batch.state != BatchState.RECORDING:
            return batch
        key = self._parts.keystore.get([batch_id])[batch_id]
        try:
            if self._checked.options.all_or_nothing:
                self._require_no_refusals()
            self._settle(batch, key, progress)
        except BatchRejected as rejected:
            refuse = RefuseBatch(
                batch_id=batch_id,
                batch_key=key,
                refusal=rejected,
                settlement=rejected.settlement,
            )
            self._parts.writer.write(refuse)
        else:
            self._parts.writer.write(FinishBatch(batch_id=batch_id, batch_key=key))
        return self._batch(batch_id)

    def _require_no_refusals(self) -> None:
        """Rehearse first, so that a file which is refused leaves no key of any learner behind."""
        settlement = summed(self.rehearse())
        if settlement.rejected:
            raise BatchRejected(settlement)

    def _settle(self, batch: Batch, key: AccountKey, progress: Callable[[int], None]) -> None:
        all_or_nothing = self._checked.options.all_or_nothing
        size = ALL_OR_NOTHING_ROWS_MAX if all_or_nothing else STRETCH_ROWS_MAX
        doorkeeper = Doorkeeper(self._parts.keystore)
        pending: Future[Written[Settlement]] | None = None
        for stretch in self._checked.stretches(batch.position, size):
            command = SettleRows(
                batch_id=batch.id,
                batch_key=key,
                start=stretch.start,
                end=stretch.end,
                not_awarded=stretch.not_awarded,
                rows=self._checked.match(stretch, doorkeeper),
                all_or_nothing=all_or_nothing,
            )
            if pending is not None:
                pending.result()
            pending = self._parts.writer.submit(command)
            progress(stretch.end)
        if pending is not None:
            pending.result()

    def _batch(self, batch_id: str) -> Batch:
        with self._parts.readers.reading() as connection:
            return find_batches(connection, [batch_id])[batch_id]
