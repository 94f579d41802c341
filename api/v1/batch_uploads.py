"""Take an upload in: streamed to disk part by part, never held in memory."""

from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Self

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.batches.upload import CSV, JSON_LINES, Upload

MULTIPART = "multipart/form-data"
MAPPING_BYTES_MAX = 1 << 20
TABLES_MAX = 20


class TakenUpload:
    """A file on disk under the id that its batch will have; removed on leaving unless kept.

    Its folder is held meanwhile, so that no worker takes it for a left-over.
    """

    def __init__(self, bank: Bank, media_type: str, encoding: str | None) -> None:
        self._uploads = bank.uploads
        self._media_type = media_type
        self._encoding = encoding
        self._is_kept = False
        self.batch_id = bank.keystore.make().account_id
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
            self.batch_id, media_type=self._media_type, encoding=self._encoding
        )
        if upload is None:
            raise InvalidInput([FieldProblem(field="file", code="field-missing")])
        return upload

    def write_target(self, table: str | None = None) -> BinaryIO:
        """Open the file that a part is streamed to."""
        return self._uploads.write_target(self.batch_id, table)

    def keep_mapping(self, text: str) -> None:
        """Keep the mapping beside the file."""
        self._uploads.keep_mapping(self.batch_id, text)


async def take_upload(request: Request, bank: Bank) -> TakenUpload:
    """Stream the body to disk; raises `Refusal("media-type-unsupported")`."""
    declared = request.headers.get("content-type", "")
    media_type, _, parameters = declared.partition(";")
    media_type = media_type.strip().lower()
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
    except BaseException:
        with taken:
            raise
    return taken


async def _take_form(request: Request, taken: TakenUpload) -> None:
    async with request.form(max_files=TABLES_MAX + 2) as form:
        for name, part in form.multi_items():
            if not isinstance(part, UploadFile) or name not in {"file", "mapping", "tables"}:
                raise InvalidInput([FieldProblem(field=name, code="field-unknown")])
            if name == "mapping":
                data = await part.read(MAPPING_BYTES_MAX)
                taken.keep_mapping(data.decode("utf-8", "replace"))
                continue
            table = part.filename or "" if name == "tables" else None
            with taken.write_target(table) as target:
                while data := await part.read(1 << 20):
                    await run_in_threadpool(target.write, data)


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset":
            return value.strip('"').lower()
    return None
