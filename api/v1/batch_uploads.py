"""Take an upload in: streamed to disk part by part, never held in memory."""

from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Self

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.middleware import BodyTooLarge
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.batches.upload import CSV, JSON_LINES, Upload

MULTIPART = "multipart/form-data"
MAPPING_BYTES_MAX = 1 << 20
TABLES_MAX = 20

_FILES = {"file", "tables"}
_SPREADSHEETS = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
}


class TakenUpload:
    """A file on disk under the id that its batch will have; removed on leaving unless kept.

    Its folder is held meanwhile, so that no worker takes it for a left-over.
    """

    def __init__(self, bank: Bank, media_type: str, encoding: str | None) -> None:
        self.batch_id = bank.keystore.new_id()
        self.media_type = media_type
        self._uploads = bank.uploads
        self._encoding = encoding
        self._is_kept = False
        self._hold = ExitStack()
        self._uploads.make(self.batch_id)
        self._hold.enter_context(self._uploads.held(self.batch_id))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._is_kept:
            self._uploads.remove(self.batch_id)
        self._hold.close()

    def keep(self) -> None:
        """Leave the file for the worker."""
        self._is_kept = True

    def upload(self) -> Upload:
        """Give the upload as an import reads it."""
        upload = self._uploads.upload(
            self.batch_id, media_type=self.media_type, encoding=self._encoding
        )
        if upload is None:
            raise InvalidInput([FieldProblem(field="file", code="field-missing")])
        return upload

    def write_target(self, table: str | None = None) -> BinaryIO:
        """Open the file that a part is streamed to."""
        return self._uploads.write_target(self.batch_id, table)

    def keep_mapping(self, data: bytes) -> None:
        """Keep the mapping beside the file; raises `InvalidInput` unless it is short UTF-8."""
        if len(data) > MAPPING_BYTES_MAX:
            facts = {"bytes_max": MAPPING_BYTES_MAX}
            raise InvalidInput([FieldProblem(field="mapping", code="file-too-large", facts=facts)])
        try:
            self._uploads.keep_mapping(self.batch_id, data.decode("utf-8"))
        except UnicodeDecodeError:
            raise InvalidInput([FieldProblem(field="mapping", code="text-not-utf-8")]) from None


async def take_upload(request: Request, bank: Bank) -> TakenUpload:
    """Stream the body to disk.

    Raises `Refusal`: "media-type-unsupported", "spreadsheet-unsupported", "body-cut".
    """
    media_type, parameters = _media_type(request.headers.get("content-type"))
    _refuse_spreadsheet(media_type)
    if media_type not in {CSV, JSON_LINES, MULTIPART}:
        raise Refusal("media-type-unsupported", accepted=(CSV, JSON_LINES, MULTIPART))
    is_form = media_type == MULTIPART
    taken = await run_in_threadpool(
        TakenUpload, bank, CSV if is_form else media_type, None if is_form else _charset(parameters)
    )
    try:
        if is_form:
            await _take_form(request, taken)
        else:
            with taken.write_target() as target:
                async for data in request.stream():
                    await run_in_threadpool(target.write, data)
    except ClientDisconnect:
        with taken:
            raise Refusal("body-cut") from None
    except BaseException:
        with taken:
            raise
    return taken


async def _take_form(request: Request, taken: TakenUpload) -> None:
    try:
        async with request.form(max_files=TABLES_MAX + 2, max_fields=1) as form:
            for name, part in form.multi_items():
                await _take_part(name, part, taken)
    except BodyTooLarge:
        raise
    except HTTPException as error:
        raise Refusal("form-unreadable", reason=str(error.detail)) from None


async def _take_part(name: str, part: UploadFile | str, taken: TakenUpload) -> None:
    if name == "mapping":
        data = part.encode() if isinstance(part, str) else await part.read(MAPPING_BYTES_MAX + 1)
        taken.keep_mapping(data)
        return
    if name not in _FILES or isinstance(part, str):
        code = "part-not-file" if name in _FILES else "field-unknown"
        raise InvalidInput([FieldProblem(field=name, code=code)])
    media_type, _ = _media_type(part.content_type)
    if name == "file":
        _refuse_spreadsheet(media_type)
        if media_type == JSON_LINES:
            taken.media_type = JSON_LINES
    with taken.write_target(part.filename or "" if name == "tables" else None) as target:
        while data := await part.read(1 << 20):
            await run_in_threadpool(target.write, data)


def _refuse_spreadsheet(media_type: str) -> None:
    if media_type in _SPREADSHEETS:
        raise Refusal("spreadsheet-unsupported")


def _media_type(header: str | None) -> tuple[str, str]:
    media_type, _, parameters = (header or "").partition(";")
    return media_type.strip().lower(), parameters


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset":
            return value.strip('"').lower()
    return None
