import codecs
from io import BytesIO

import pytest

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.encodings import find_encoding
from creditbank.outcomes.batches.lines import Lines

TEXT = "姓名,学号\n𠮷野,1\n𬀩,2\n"
"""Two characters beyond the basic plane: four bytes each in GB18030."""


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        ("姓名\n".encode("gbk"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (b"\xff\xff", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_the_encoding_is_found(content: bytes, encoding: str) -> None:
    """What is neither passes for UTF-8, so that reading names the place."""
    assert find_encoding(lambda: BytesIO(content)) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_lines_are_the_same_in_every_encoding(encoding: str) -> None:
    """Also characters that an old table has no place for."""
    stream = BytesIO(TEXT.encode(encoding))
    assert "".join(Lines(stream, file="f", encoding=encoding)) == TEXT


@pytest.mark.parametrize(
    ("content", "byte"),
    [
        ("ab\n".encode("utf-16") + b"1", 8),
        ("ab\n".encode("utf-16") + b"\x00\xdc" + b"x\0", 8),
        (b"a\0b\0", 0),
    ],
)
def test_broken_utf_16_is_refused_with_the_byte(content: bytes, byte: int) -> None:
    """Cut in the middle of a character, half a pair, and without its mark."""
    with pytest.raises(InvalidInput) as refused:
        list(Lines(BytesIO(content), file="f", encoding="utf-16"))
    (problem,) = refused.value.problems
    assert (problem.code, problem.facts["byte"]) == ("file-encoding-wrong", byte)
