"""A form (multipart/form-data, RFC 7578) read as it comes, each part straight to its target."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from creditbank.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a part says of itself; `filename` is None for a plain field."""

    name: str
    filename: str | None
    media_type: str


class FormReader:
    """Takes a form's bytes in pieces of any size; close it in any case."""

    def __init__(
        self, content_type: str, open_part: Callable[[Part], BinaryIO], *, parts_max: int
    ) -> None:
        """Begin; raises `Refusal("form-unreadable")` without a fit boundary."""
        _, options = parse_options_header(content_type)
        self._open_part = open_part
        self._parts_left = parts_max
        self._headers: dict[bytes, bytes] = {}
        self._field = self._value = b""
        self._target: BinaryIO | None = None
        self._is_ended = False
        try:
            self._parser = MultipartParser(
                options.get(b"boundary", b""),
                {
                    "on_part_begin": self._on_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_data,
                    "on_part_end": self.close,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise Refusal("form-unreadable", reason=str(error)) from None
        if b"boundary" not in options:
            raise Refusal("form-unreadable", reason="boundary?")

    def write(self, data: bytes) -> None:
        """Take the next bytes; raises `Refusal("form-unreadable")` and what `open_part` raises."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise Refusal("form-unreadable", reason=str(error)) from None

    def finish(self) -> None:
        """Say that this was all; raises `Refusal("body-cut")` when the form's end did not come."""
        if not self._is_ended:
            raise Refusal("body-cut")

    def close(self) -> None:
        """Close the target of the present part."""
        if self._target is not None:
            self._target.close()
            self._target = None

    def _on_begin(self) -> None:
        self._parts_left -= 1
        if self._parts_left < 0:
            raise Refusal("form-unreadable", reason="too many parts")
        self._headers = {}

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        self._target = self._open_part(_part(self._headers))

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._target is not None:
            self._target.write(data[start:end])

    def _on_end(self) -> None:
        self._is_ended = True


def _part(headers: dict[bytes, bytes]) -> Part:
    _, options = parse_options_header(headers.get(b"content-disposition"))
    media_type, _ = parse_options_header(headers.get(b"content-type"))
    filename = options.get(b"filename")
    try:
        return Part(
            name=options[b"name"].decode(),
            filename=None if filename is None else filename.decode(),
            media_type=media_type.decode("ascii", "replace"),
        )
    except (KeyError, UnicodeDecodeError):
        raise Refusal("form-unreadable", reason="name?") from None
