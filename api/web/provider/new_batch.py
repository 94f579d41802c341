"""A file of results is chosen, checked whole, looked at, and only then handed in."""

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.batch_reports import refused_csv
from api.dependencies import CurrentBank, CurrentWorker
from api.v1.batch_uploads import TakenUpload, take_upload
from api.v1.batches import CSV_TYPE, read_sample
from api.web.cookies import FILE_KEY
from api.web.forms import Form, PostedForm
from api.web.page import HEADERS, Page
from api.web.provider.checked_file import CheckedDraft, shown_check
from api.web.provider.who import WriterPage
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.drafts import DRAFT_SECONDS, Draft, draft_key, shown_name
from creditbank.outcomes.batches.find import find_batches
from creditbank.outcomes.batches.kept_rehearsal import keep_rehearsal
from creditbank.outcomes.batches.run import Import

router = APIRouter(include_in_schema=False)

NEW, CHECKED = "/desk/batches/new", "/desk/batches/checked/{draft_id}"
GOOD, ALL = "good", "all"
OPEN, REFUSE = "open", "refuse"


@router.get(NEW)
def ask_file(page: WriterPage) -> Response:
    """Ask for a file."""
    return _ask(page, page.form(learners=OPEN))


@router.get("/desk/batches/sample.csv")
def give_sample(page: WriterPage) -> Response:
    """Give a file of one row whose columns are known."""
    return read_sample(page.actor)


@router.post(NEW)
async def take_file(page: WriterPage, bank: CurrentBank) -> Response:
    """Take a file, check its structure at once and its rows behind the door."""
    texts = {"learners": OPEN, "attempt": ""}
    try:
        taken = await take_upload(page.request, bank, texts)
        checked = await run_in_threadpool(_check, page, taken, texts)
    except Refusal as refusal:
        await _read_to_the_end(page.request)
        return _ask(page, page.refused(_form(texts), refusal, "file"), 422)
    response = page.go(CHECKED.format(draft_id=taken.batch_id))
    secret = taken.key.secret.hex()
    page.cookies.keep(response, _cookie(taken.batch_id), secret, DRAFT_SECONDS)
    response.background = BackgroundTask(_rehearse, bank, taken, checked)
    return response


@router.get(CHECKED)
def show_checked(
    page: WriterPage,
    draft_id: str,
    bank: CurrentBank,
    kind: str = "",
    at: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """Show what would become of every row, or how far the check is."""
    if _is_handed_in(draft_id, bank):
        return page.go(f"/desk/batches/{draft_id}")
    return _show(page, _open(page, draft_id), page.form(way=GOOD), (kind, at))


@router.get(CHECKED + "/progress")
def show_progress(page: WriterPage, draft_id: str) -> Response:
    """Give how far the check is alone; once it is over the whole page is asked for."""
    opened = _open(page, draft_id)
    state = opened.state()
    response = page.show("provider/progress.html", progress=state.progress)
    if state.name != "running":
        response.headers["HX-Refresh"] = "true"
    return response


@router.get(CHECKED + "/rejected.csv")
def give_rejected(page: WriterPage, draft_id: str) -> Response:
    """Give the wrong rows as a file that can be mended and chosen again."""
    refused = _open(page, draft_id).refused()
    lines = refused_csv(refused.rows(), refused.columns, page.problems, page.language)
    return as_file(lines, f"rejected-{draft_id[:8]}.csv")


@router.post(CHECKED + "/record")
def hand_in(
    page: WriterPage, draft_id: str, form: PostedForm, bank: CurrentBank, worker: CurrentWorker
) -> Response:
    """Hand a checked file in; it is recorded behind the door, or waits for a second person."""
    if not _is_handed_in(draft_id, bank):
        opened = _open(page, draft_id)
        try:
            way = form.chosen("way", (GOOD, ALL))
            _start(page, opened, all_or_nothing=way == ALL)
        except Refusal as refusal:
            return _show(page, opened, page.refused(form, refusal, "way"), ("", "1"), 422)
        worker.wake()
    if not _is_handed_in(draft_id, bank):
        return page.go(CHECKED.format(draft_id=draft_id))
    response = page.go(f"/desk/batches/{draft_id}", "batch-taken")
    page.cookies.drop(response, _cookie(draft_id))
    return response


@router.post(CHECKED + "/removal")
def drop_file(page: WriterPage, draft_id: str, form: PostedForm, bank: CurrentBank) -> Response:
    """Remove a checked file; nothing of it was recorded."""
    del form  # Asked for, so that no other site removes a file.
    if not _is_handed_in(draft_id, bank):
        _open(page, draft_id)
        bank.uploads.remove(draft_id)
    response = page.go(NEW, "file-removed")
    page.cookies.drop(response, _cookie(draft_id))
    return response


def as_file(
    lines: Iterator[str] | Iterator[bytes], name: str, media_type: str = CSV_TYPE
) -> StreamingResponse:
    """Answer with lines as a file that the browser keeps under a name."""
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=media_type, headers=headers)


def _form(texts: Mapping[str, str]) -> Form:
    return Form(values={name: [text] for name, text in texts.items()})


def _ask(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("provider/new_batch.html", status=status, form=form)


def _show(
    page: Page, opened: CheckedDraft, form: Form, at: tuple[str, str], status: int = 200
) -> Response:
    shown = shown_check(page, opened.state(), opened.refused, at)
    return page.show("provider/checked.html", status=status, draft=opened, form=form, **shown)


def _check(page: Page, taken: TakenUpload, texts: MutableMapping[str, str]) -> Import:
    """Read a file to its end and keep whose it is; raises `Refusal`, and then it is gone."""
    bank, opens = page.bank, texts["learners"] == OPEN
    try:
        _form(texts).chosen("learners", (OPEN, REFUSE))
        upload = taken.upload()
        options = Options(may_open_accounts=opens)
        checked = Import(bank, upload, institution_id=page.actor.institution, options=options)
        Draft(
            institution_id=page.actor.institution,
            by=page.actor.id,
            filename=shown_name(taken.filename),
            media_type=upload.media_type,
            may_open_accounts=opens,
        ).keep(bank.uploads, taken.key)
    except BaseException:
        with taken:
            raise
    return checked


def _rehearse(bank: Bank, taken: TakenUpload, checked: Import) -> None:
    with taken:
        taken.keep()
        keep_rehearsal(checked, bank.uploads, taken.key)


def _start(page: Page, opened: CheckedDraft, *, all_or_nothing: bool) -> None:
    options = Options(
        may_open_accounts=opened.draft.may_open_accounts, all_or_nothing=all_or_nothing
    )
    with page.bank.uploads.held(opened.key.account_id) as is_held:
        if not is_held:  # The check or the first of two clicks is still at work.
            return
        checked = opened.read(options)
        checked.start(opened.key, page.actor.id)


def _open(page: Page, draft_id: str) -> CheckedDraft:
    secret = page.request.cookies.get(_cookie(draft_id), "")
    key = draft_key(draft_id, secret)
    return CheckedDraft(page.bank, key, Draft.find(page.bank.uploads, key, page.actor.id))


def _is_handed_in(draft_id: str, bank: Bank) -> bool:
    with bank.readers.reading() as connection:
        return bool(find_batches(connection, [draft_id]))


def _cookie(draft_id: str) -> str:
    return f"{FILE_KEY}-{draft_id}"


async def _read_to_the_end(request: Request) -> None:
    """Let a browser finish sending: one that is cut off does not show the answer."""
    with suppress(RuntimeError, ClientDisconnect):  # It has sent everything, or is gone.
        async for _ in request.stream():
            pass
