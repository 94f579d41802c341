"""What may be handed in as evidence is told by its bytes."""

import struct
import zlib

import pytest

from creditbank.errors import InvalidInput, Refusal
from creditbank.evidence.sniff import FILE_BYTES_MAX, JPEG, PDF, PNG, media_type_of
from tests.fixtures.evidence import a_pdf, a_picture


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(a_pdf(), PDF), (a_picture("JPEG"), JPEG), (a_picture("PNG"), PNG)],
)
def test_a_scan_is_known_by_its_bytes(content: bytes, media_type: str) -> None:
    """Whatever its name is."""
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 a document",
        b"<svg onload=alert(1)>",
        b"GIF89a...",
        b"MZ a program",
        b" %PDF-1.4",
    ],
)
def test_anything_else_is_refused_with_what_is_taken(content: bytes) -> None:
    """Also what a browser would run."""
    with pytest.raises(Refusal, match="evidence-type-unsupported") as refused:
        media_type_of(content)
    assert refused.value.facts["accepted"] == (PDF, JPEG, PNG)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "evidence-empty"),
        (a_pdf()[:60], "evidence-damaged"),
        (a_picture("JPEG")[:300], "evidence-damaged"),
        (a_picture("PNG")[:60], "evidence-damaged"),
        (b"\xff\xd8\xff" + b"\0" * 100, "evidence-damaged"),
        (png_of(60_000, 60_000), "picture-too-large"),
        (png_of(8_000, 8_000), "picture-too-large"),
        (png_of(300, 300), "evidence-damaged"),
        (b"%PDF-1.4" + b" " * FILE_BYTES_MAX, "evidence-too-large"),
    ],
)
def test_what_cannot_be_looked_at_later_is_refused_now(content: bytes, code: str) -> None:
    """Its owner is still there to scan it again; a bomb is not opened."""
    with pytest.raises(InvalidInput) as refused:
        media_type_of(content)
    assert [(one.field, one.code) for one in refused.value.problems] == [("file", code)]
