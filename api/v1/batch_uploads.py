"""Take an upload in: streamed to disk part by part, never held in memory."""

import io
from collections.abc import MutableMapping
from contextlib import ExitStack, closing
from pathlib import PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.v1.form_parts import FormReader, Part
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.batches.oneroster import ONEROSTER
from creditbank.outcomes.batches.upload import CSV, JSON_LINES, WORKBOOK, Upload

MULTIPART = "multipart/form-data"
PARTS_MAX = 22
"""A file, its mapping and twenty tables."""

_FILES = {"file", "tables"}
_TAKEN = (CSV, WORKBOOK, JSON_LINES, ONEROSTER, MULTIPART)
_TELLING = {JSON_LINES, WORKBOOK, ONEROSTER}
_SUFFIXES = {".ndjson": JSON_LINES, ".jsonl": JSON_LINES, ".zip": ONEROSTER, ".xlsx": WORKBOOK}
"""What browsers call by other names, or by none."""

TEXT_BYTES_MAX = 1_000
"""How long a plain field of a form is at most."""

_OTHER_SPREADSHEETS = {
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.spreadsheet",
}


class TakenUpload:
    """A file on disk, sealed under the key that its batch will have; removed unless kept.

    Its folder is held meanwhile, so that no worker takes it for a left-over.
    """

    def __init__(
        self,
        bank: Bank,
        media_type: str,
        encoding: str | None,
        texts: MutableMapping[str, str] | None = None,
    ) -> None:
        self.key = bank.keystore.draw(bank.keystore.new_id())
        self._media_type = media_type
        self._uploads = bank.uploads
        self._encoding = encoding
        self._texts = {} if texts is None else texts
        self.filename = ""
        self._is_kept = False
        self._hold = ExitStack()
        self._uploads.make(self.batch_id)
        self._hold.enter_context(self._uploads.held(self.batch_id))

    @property
    def batch_id(self) -> str:
        """The id that its batch will have."""
        return self.key.account_id

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
            self.key, media_type=self._media_type, encoding=self._encoding
        )
        if upload is None:
            raise InvalidInput([FieldProblem(field="file", code="field-missing")])
        return upload

    def write_target(self) -> BinaryIO:
        """Open the file that the whole body is streamed to."""
        return self._uploads.write_target(self.key)

    def part_target(self, part: Part) -> BinaryIO:
        """Open the file that a part of a form is streamed to; raises `Refusal`."""
        if part.filename is None and part.name in self._texts:
            return _TextPart(part.name, self._texts)
        if part.filename == "" and part.name in {*_FILES, "mapping"}:
            return io.BytesIO()  # How a browser says that no file was chosen.
        if part.name == "mapping":
            return self._uploads.write_mapping_target(self.key)
        if part.name not in _FILES or part.filename is None:
            code = "part-not-file" if part.name in _FILES else "field-unknown"
            raise InvalidInput([FieldProblem(field=part.name, code=code)])
        if part.name == "tables":
            return self._uploads.write_target(self.key, part.filename)
        _refuse_spreadsheet(part.media_type, part.filename)
        self.filename = part.filename
        told = part.media_type if part.media_type in _TELLING else _by_name(part.filename)
        self._media_type = told or self._media_type
        return self.write_target()


class _TextPart(io.BytesIO):
    """A plain field; closing it keeps its text, or no more than may be of it."""

    def __init__(self, name: str, texts: MutableMapping[str, str]) -> None:
        super().__init__()
        self._name = name
        self._texts = texts

    def close(self) -> None:
        if not self.closed:
            self._texts[self._name] = self.getvalue()[:TEXT_BYTES_MAX].decode("utf-8", "replace")
        super().close()


async def take_upload(
    request: Request, bank: Bank, texts: MutableMapping[str, str] | None = None
) -> TakenUpload:
    """Stream the body to disk; the plain fields that `texts` has are kept there.

    Raises `Refusal`: "media-type-unsupported", "spreadsheet-unsupported", "body-cut".
    """
    media_type, parameters = _media_type(request.headers.get("content-type"))
    _refuse_spreadsheet(media_type)
    if media_type not in _TAKEN:
        raise Refusal("media-type-unsupported", accepted=_TAKEN)
    is_form = media_type == MULTIPART
    taken = await run_in_threadpool(
        TakenUpload,
        bank,
        CSV if is_form else media_type,
        None if is_form else _charset(parameters),
        texts,
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
    content_type = request.headers["content-type"]
    with closing(FormReader(content_type, taken.part_target, parts_max=PARTS_MAX)) as form:
        async for data in request.stream():
            await run_in_threadpool(form.write, data)
        form.finish()


def _refuse_spreadsheet(media_type: str, filename: str = "") -> None:
    """Refuse other spreadsheets; where one is installed, browsers call CSV vnd.ms-excel too."""
    if media_type in _OTHER_SPREADSHEETS and not filename.lower().endswith(".csv"):
        raise Refusal("spreadsheet-unsupported")


def _by_name(filename: str) -> str | None:
    return _SUFFIXES.get(PurePosixPath(filename.lower()).suffix)


def _media_type(header: str | None) -> tuple[str, str]:
    media_type, _, parameters = (header or "").partition(";")
    return media_type.strip().lower(), parameters


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset":
            return value.strip('"').lower()
    return None
