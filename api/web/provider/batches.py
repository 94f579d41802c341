"""The files that an institution handed in: the list, one of them, its wrong rows, its slip."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.batch_reports import batch_slip, receipt_lines, refused_csv, refused_rows
from api.dependencies import CurrentBank
from api.v1.batch_acts import read_practice
from api.v1.batch_lists import list_batches
from api.v1.batches import NDJSON_TYPE, read_batch
from api.web.forms import Form
from api.web.names import institution_names
from api.web.page import Page
from api.web.page_numbers import PageNumber, page_number
from api.web.provider.batch_history import batch_history
from api.web.provider.checked_file import Progress, check_state, rehearsed_file, shown_check
from api.web.provider.new_batch import as_file
from api.web.provider.who import ReaderPage
from api.web.provider.wrong_rows import RefusedFile
from creditbank.access.actor import Scope
from creditbank.access.staff import find_staff
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.outcomes.batches.find import Batch, get_batch
from creditbank.outcomes.batches.start import UNDECIDED, BatchState

router = APIRouter(include_in_schema=False)

BATCHES, BATCH = "/desk/batches", "/desk/batches/{batch_id}"
MOVING = frozenset({BatchState.RECORDING, BatchState.WITHDRAWING})
PAGE_BATCHES = 20


@router.get(BATCHES)
def show_batches(
    page: ReaderPage,
    bank: CurrentBank,
    at: PageNumber = "1",
    waiting: str = "",
) -> Response:
    """List the files of the institution and of those below it, or those that wait; newest first."""
    number = page_number(at)
    start, only = (number - 1) * PAGE_BATCHES, waiting == "yes"
    listed = list_batches(page.actor, bank, start, PAGE_BATCHES, waiting=only)
    return page.show(
        "provider/batches.html",
        batches=listed.batches,
        names=institution_names(bank, {one.institution for one in listed.batches}),
        two_persons=read_practice(page.actor, bank).two_persons,
        at=number,
        only_waiting=only,
        has_more=listed.next is not None,
    )


@router.get(BATCH)
def show_batch(
    page: ReaderPage,
    batch_id: str,
    kind: str = "",
    at: PageNumber = "1",
) -> Response:
    """Show one file: its state, its counts, what is wrong with it, and what can be done."""
    return batch_page(page, batch_id, page.form(), (kind, at))


@router.get(BATCH + "/progress")
def show_progress(page: ReaderPage, batch_id: str) -> Response:
    """Give how far a file is alone; once it is settled the whole page is asked for."""
    batch = own_batch(page, batch_id)
    response = page.show("provider/progress.html", progress=_progress(batch))
    if batch.state not in MOVING:
        response.headers["HX-Refresh"] = "true"
    return response


@router.get(BATCH + "/rejected.csv")
def give_rejected(page: ReaderPage, batch_id: str, bank: CurrentBank) -> Response:
    """Give the wrong rows as a file that can be mended and handed in again."""
    batch = own_batch(page, batch_id)
    columns = list(batch.options["columns"])
    rows = refused_rows(bank, batch)
    lines = refused_csv(rows, columns, page.problems, page.language, batch.id)
    return as_file(lines, f"rejected-{batch_id[:8]}.csv")


@router.get(BATCH + "/receipts.ndjson")
def give_receipts(page: ReaderPage, batch_id: str, bank: CurrentBank) -> Response:
    """Give the receipt of every result that a file recorded."""
    batch = own_batch(page, batch_id)
    if batch.state in UNDECIDED:
        raise Refusal("batch-unfinished")
    return as_file(receipt_lines(bank, batch), f"receipts-{batch_id[:8]}.ndjson", NDJSON_TYPE)


@router.get(BATCH + "/slip")
def show_slip(page: ReaderPage, batch_id: str, bank: CurrentBank) -> Response:
    """Show the slip 回执 of a file, to be printed and filed, in both languages."""
    batch = own_batch(page, batch_id)
    return page.show("provider/slip.html", batch_id=batch_id, slip=batch_slip(bank, batch))


def own_batch(page: Page, batch_id: str) -> Batch:
    """Give a batch of the actor's subtree; raises `Refusal("not-found")`."""
    bank = page.bank
    with bank.readers.reading() as connection:
        return get_batch(connection, batch_id, page.actor.institution, civil_day(bank.clock()))


def batch_page(
    page: Page, batch_id: str, form: Form, at: tuple[str, str] = ("", "1"), status: int = 200
) -> Response:
    """Show one file with a form of what can be done with it."""
    bank, batch = page.bank, own_batch(page, batch_id)
    is_own = batch.posted_with == page.actor.id
    return page.show(
        "provider/batch.html",
        status=status,
        form=form,
        batch=batch,
        view=read_batch(batch_id, page.actor, bank, page.problems, page.language),
        institution=institution_names(bank, {batch.institution_id})[batch.institution_id],
        uploader=_uploader(bank, batch),
        history=batch_history(bank, batch),
        is_own=is_own,
        is_moving=batch.state in MOVING,
        may_decide=page.may(Scope.BATCHES_COUNTERSIGN) and not is_own,
        may_withdraw=page.may(Scope.OUTCOMES_WRITE) and batch.state == BatchState.RECORDED,
        **_rows(page, batch, at),
    )


def _rows(page: Page, batch: Batch, at: tuple[str, str]) -> dict[str, Any]:
    """Give the wrong rows of a settled file, or what the check of a waiting one found."""
    bank = page.bank
    if batch.state == BatchState.AWAITING:
        key = bank.keystore.get([batch.id])[batch.id]
        state = check_state(bank, key)
        return shown_check(page, state, partial(rehearsed_file, bank, key), at)
    refused = RefusedFile(
        rows=partial(refused_rows, bank, batch),
        columns=batch.options["columns"],
        field_columns=batch.options.get("field_columns", {}),
    )
    return {
        "state": "settled",
        "progress": _progress(batch),
        "wrong": refused.page(page, *at) if batch.rejected else None,
    }


def _progress(batch: Batch) -> Progress:
    # A file that was handed in before this was counted does not say how many rows it has.
    return Progress(done=batch.position, of=int(batch.options.get("rows", 0)))


def _uploader(bank: Bank, batch: Batch) -> str | None:
    """Give the name of the login that handed a file in, None for a key or the command line."""
    with bank.readers.reading() as connection:
        login = find_staff(connection, [batch.posted_with]).get(batch.posted_with)
    return None if login is None else login.name
