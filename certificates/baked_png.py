"""Badges baked into PNG (Open Badges 3.0, section 5.3.1): a text chunk holds the credential.

Chunks are those of PNG (third edition, section 5.3); the picture itself is never decoded here.
"""

import struct
import zlib
from collections.abc import Iterator

from certificates.errors import DocumentRefused

KEYWORD = b"openbadgecredential"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_END = len(SIGNATURE) + 25
"""Where the header chunk IHDR ends, which is the first and of 13 bytes."""
_UNCOMPRESSED = b"\0\0"


def bake_png(picture: bytes, credential: str) -> bytes:
    """Bake a credential, JSON or a token, into a PNG that has none."""
    # Keyword, compression flag and method, then language and translated keyword, both empty.
    data = KEYWORD + b"\0" + _UNCOMPRESSED + b"\0\0" + credential.encode()
    return picture[:_HEADER_END] + _chunk(b"iTXt", data) + picture[_HEADER_END:]


def baked_in_png(content: bytes) -> list[str]:
    """Give the credentials that are baked in, of which there should be one at most.

    Compression is forbidden there, so what is compressed is not unpacked and none. Raises
    `DocumentRefused` for a chunk that is cut or whose text is none.
    """
    try:
        return [text.decode() for text in map(_text, _chunks(content)) if text is not None]
    except UnicodeDecodeError as error:
        raise DocumentRefused("the baked credential is no text") from error


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give type and data of each chunk up to the end of the picture."""
    at = len(SIGNATURE)
    while at < len(content):
        if at + 12 > len(content):
            raise DocumentRefused("a chunk is cut")
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(content):
            raise DocumentRefused("a chunk is cut")
        if kind == b"IEND":
            return
        yield kind, content[at + 8 : end]
        at = end + 4


def _text(chunk: tuple[bytes, bytes]) -> bytes | None:
    """Give the text of a chunk of ours, None of any other."""
    kind, data = chunk
    if kind == b"tEXt" and data.startswith(KEYWORD + b"\0"):
        return data[len(KEYWORD) + 1 :]
    if kind != b"iTXt" or not data.startswith(KEYWORD + b"\0" + _UNCOMPRESSED):
        return None
    rest = data[len(KEYWORD) + 3 :]
    return rest.partition(b"\0")[2].partition(b"\0")[2]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
