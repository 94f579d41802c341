"""Upload a file of results: checked whole at once, then settled behind the door."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Response as HTTPResponse
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.batch_reports import (
    BYTE_ORDER_MARK,
    Tally,
    batch_counts,
    batch_refusal,
    receipt_lines,
    refused_csv,
    refused_rows,
    row_problem,
)
from api.dependencies import (
    CurrentBank,
    CurrentProblems,
    CurrentWorker,
    Language,
    OutcomesReader,
    OutcomesWriter,
)
from api.problems import Problems
from api.response import Response
from api.v1.batch_uploads import TakenUpload, take_upload
from api.v1.fields import ShortText
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.find import Batch, get_batch
from creditbank.outcomes.batches.headers import sample_file
from creditbank.outcomes.batches.mend import OpenRow, find_family
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.batches.start import UNDECIDED

router = APIRouter(prefix="/api/v1/outcome-batches", tags=["outcome batches"])

CSV_TYPE = "text/csv; charset=utf-8"
NDJSON_TYPE = "application/x-ndjson"
REPORTED_ROWS_MAX = 100
MENDS = "The batch whose refused rows this file mends; a returned report names it itself."


class Counts(Response):
    """rows = accepted + duplicate + not_awarded + rejected; `conflict` is a part of `rejected`."""

    rows: int
    accepted: int
    held: int
    duplicate: int
    not_awarded: int
    rejected: int
    conflict: int


class RowReport(Response):
    """What is wrong with one row."""

    row: int
    problems: list[dict[str, object]]


class RehearsalView(Response):
    """What would become of a file; nothing was stored."""

    dry_run: bool
    counts: Counts
    rejected: list[RowReport]
    remarks: list[dict[str, object]] = Field(
        description="What is worth a second look, by column; no row is refused for it."
    )


class OpenRowView(Response):
    """A refused row that no later file mended: its number in the first file, if it was there."""

    first_row: int | None
    batch: str
    row: int
    problems: list[dict[str, object]]


class MemberView(Response):
    """One batch of a family."""

    id: str
    state: str
    counts: Counts


class FamilyView(Response):
    """The first batch with all that mend it; `open` counts the rows that nothing mended yet."""

    first: str
    batches: list[MemberView]
    rows: int
    settled: int
    open: int
    open_rows: list[OpenRowView]


class BatchView(Response):
    """A batch; the receipt proves its counts once recorded.

    States: awaiting_countersign, recording, recorded, refused, discarded, withdrawing, withdrawn.
    """

    id: str
    state: str
    counts: Counts
    problem: dict[str, object] | None = None
    receipt: str | None = None
    family: FamilyView | None = None


@router.post("", status_code=202, responses={200: {"model": RehearsalView}})
async def upload_batch(
    request: Request,
    actor: OutcomesWriter,
    bank: CurrentBank,
    worker: CurrentWorker,
    problems: CurrentProblems,
    language: Language,
    response: HTTPResponse,
    dry_run: Annotated[bool, Query()] = False,
    all_or_nothing: Annotated[bool, Query()] = False,
    learners: Annotated[str, Query(pattern="^(open|refuse)$")] = "open",
    mends: Annotated[ShortText | None, Query(description=MENDS)] = None,
) -> BatchView | RehearsalView:
    """Upload CSV, XLSX, NDJSON or a zip file of a OneRoster set, or a form.

    A form has the parts `file`, `mapping` and `tables`.

    The file is read whole and refused at once when its structure is wrong. With `dry_run` the
    answer says what would become of every row; otherwise it is settled behind the door.
    """
    taken = await take_upload(request, bank)
    options = Options(may_open_accounts=learners == "open", all_or_nothing=all_or_nothing)

    def check_and_start() -> BatchView | RehearsalView:
        with taken:
            checked = Import(
                bank, taken.upload(), institution_id=actor.institution, options=options
            )
            if dry_run:
                return _rehearsal(checked, problems, language)
            _start(checked, taken, actor.id, mends)
        return _view(bank, _own(bank, taken.batch_id, actor.institution), problems, language)

    view = await run_in_threadpool(check_and_start)
    worker.wake()
    if dry_run:
        response.status_code = 200
    return view


@router.get("/sample.csv", response_class=HTTPResponse)
def read_sample(_actor: OutcomesReader) -> HTTPResponse:
    """Download a file of one row with headers that are known without a mapping."""
    return HTTPResponse(BYTE_ORDER_MARK + sample_file(), media_type=CSV_TYPE)


@router.get("/{batch_id}")
def read_batch(
    batch_id: str,
    actor: OutcomesReader,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> BatchView:
    """Say how far a batch is; its receipt is a C2SP tlog-proof of the batch's own leaf."""
    return _view(bank, _own(bank, batch_id, actor.institution), problems, language)


@router.get("/{batch_id}/rejected", response_class=StreamingResponse)
def read_rejected(
    batch_id: str,
    actor: OutcomesReader,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> StreamingResponse:
    """Download the refused rows as CSV that can be mended and uploaded again."""
    batch = _own(bank, batch_id, actor.institution)
    columns = batch.options["columns"]
    lines = refused_csv(refused_rows(bank, batch), list(columns), problems, language, batch.id)
    return StreamingResponse(lines, media_type=CSV_TYPE)


@router.get("/{batch_id}/receipts", response_class=StreamingResponse)
def read_receipts(batch_id: str, actor: OutcomesReader, bank: CurrentBank) -> StreamingResponse:
    """Stream the receipt of every outcome that the batch recorded, one JSON object a line."""
    batch = _own(bank, batch_id, actor.institution)
    if batch.state in UNDECIDED:
        raise Refusal("batch-unfinished")
    return StreamingResponse(receipt_lines(bank, batch), media_type=NDJSON_TYPE)


def _start(checked: Import, taken: TakenUpload, posted_with: str, mends: str | None) -> None:
    try:
        checked.start(taken.key, posted_with, mends=mends)
    except Refusal as refusal:
        if refusal.code == "unavailable":
            taken.keep()  # It may be started all the same; what is not is swept.
        raise
    taken.keep()


def _own(bank: Bank, batch_id: str, institution_id: str) -> Batch:
    with bank.readers.reading() as connection:
        return get_batch(connection, batch_id, institution_id, civil_day(bank.clock()))


def _view(bank: Bank, batch: Batch, problems: Problems, language: str) -> BatchView:
    receipt = None if batch.entry_index is None else bank.receipt(batch.entry_index).text
    return BatchView(
        id=batch.id,
        state=batch.state,
        counts=Counts(**batch_counts(batch)),
        problem=_problem(bank, batch, problems, language),
        receipt=receipt,
        family=_family(bank, batch, problems, language),
    )


def _family(bank: Bank, batch: Batch, problems: Problems, language: str) -> FamilyView | None:
    with bank.readers.reading() as connection:
        family = find_family(connection, batch)
    if len(family.batches) == 1:
        return None
    first = next(one for one in family.batches if one.follows_id is None)
    return FamilyView(
        first=first.id,
        batches=[
            MemberView(id=one.id, state=one.state, counts=Counts(**batch_counts(one)))
            for one in family.batches
        ],
        rows=first.position,
        settled=first.position - sum(row.first_row is not None for row in family.open_rows),
        open=len(family.open_rows),
        open_rows=[
            _open_row(one, problems, language) for one in family.open_rows[:REPORTED_ROWS_MAX]
        ],
    )


def _open_row(row: OpenRow, problems: Problems, language: str) -> OpenRowView:
    told = [problems.field(row_problem(one), language) for one in row.problems]
    return OpenRowView(first_row=row.first_row, batch=row.batch_id, row=row.row, problems=told)


def _problem(
    bank: Bank, batch: Batch, problems: Problems, language: str
) -> dict[str, object] | None:
    refusal = batch_refusal(batch)
    if refusal is None:
        return None
    return problems.document(refusal, language=language, base=bank.settings.origin)


def _rehearsal(checked: Import, problems: Problems, language: str) -> RehearsalView:
    tally = Tally(checked.rehearse())
    reported: list[RowReport] = []
    for row in tally.refusals():
        if len(reported) < REPORTED_ROWS_MAX:
            told = [problems.field(one, language) for one in row.problems]
            reported.append(RowReport(row=row.row_number, problems=told))
    return RehearsalView(
        dry_run=True,
        counts=Counts(**tally.counts),
        rejected=reported,
        remarks=[problems.field(one, language) for one in checked.remarks],
    )
