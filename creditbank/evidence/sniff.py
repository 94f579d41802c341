"""What a file is, by its bytes and never by its name: PDF, JPEG or PNG, whole and of bounded size.

PDF begins with its version and ends with its end-of-file marker (ISO 32000-1, 7.5.2 and 7.5.5). A
picture must decode to its last pixel, so that what is damaged is refused while its owner is there.
"""

import io
import re
import warnings

from PIL import Image, UnidentifiedImageError

from creditbank.errors import FieldProblem, InvalidInput, Refusal

FILE_BYTES_MAX = 10_000_000
PIXELS_MAX = 60_000_000
"""A page of A4 at 800 dots an inch has 62 million; a telephone's picture has 12 to 50."""

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
TAKEN = (PDF, JPEG, PNG)

_PDF_BEGINNING = re.compile(rb"%PDF-[12]\.\d")
_PDF_END, _PDF_TAIL_BYTES = b"%%EOF", 1_024
_PICTURES = {b"\xff\xd8\xff": (JPEG, "JPEG"), b"\x89PNG\r\n\x1a\n": (PNG, "PNG")}


def media_type_of(content: bytes) -> str:
    """Give the media type of a file that can be taken.

    Raises `Refusal("evidence-type-unsupported")` for anything else, and `InvalidInput`:
    `evidence-empty`, `evidence-too-large`, `evidence-damaged`, `picture-too-large`.
    """
    if not content:
        raise _problem("evidence-empty")
    if len(content) > FILE_BYTES_MAX:
        raise _problem("evidence-too-large", bytes_max=FILE_BYTES_MAX)
    if _PDF_BEGINNING.match(content):
        if _PDF_END not in content[-_PDF_TAIL_BYTES:]:
            raise _problem("evidence-damaged")
        return PDF
    for beginning, (media_type, name) in _PICTURES.items():
        if content.startswith(beginning):
            _require_whole(content, name)
            return media_type
    raise Refusal("evidence-type-unsupported", accepted=TAKEN)


def _require_whole(content: bytes, name: str) -> None:
    try:
        with warnings.catch_warnings(action="ignore"), _opened(content, name) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise _problem("picture-too-large", pixels_max=PIXELS_MAX)
            picture.load()
    except Image.DecompressionBombError:
        raise _problem("picture-too-large", pixels_max=PIXELS_MAX) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        # A broken PNG chunk is a SyntaxError of Pillow's.
        raise _problem("evidence-damaged") from None


def _opened(content: bytes, name: str) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=[name])


def _problem(code: str, **facts: int) -> InvalidInput:
    return InvalidInput([FieldProblem(field="file", code=code, facts=facts)])
