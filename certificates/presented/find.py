"""Find the one text that a file holds. It loads large libraries: call it where they are bounded."""

from certificates.baked_png import SIGNATURE, baked_in_png
from certificates.baked_svg import baked_in_svg
from certificates.errors import DocumentRefused
from certificates.presented.found import (
    JPEG,
    NO_CODE,
    PDF,
    SEVERAL_CODES,
    TOO_DEMANDING,
    UNREADABLE,
    Found,
)
from certificates.presented.pdf import texts_in_pdf
from certificates.presented.pictures import TooDemanding, codes_in_picture


def find_in(content: bytes) -> Found:
    """Find what a file holds; whatever it is, this says what came of it."""
    try:
        texts = _texts(content)
    except DocumentRefused:
        return Found(problem=UNREADABLE)
    except (TooDemanding, MemoryError):
        return Found(problem=TOO_DEMANDING)
    if len(texts) == 1:
        return Found(text=texts[0])
    return Found(problem=SEVERAL_CODES if texts else NO_CODE)


def _texts(content: bytes) -> list[str]:
    if content.startswith(SIGNATURE):
        return baked_in_png(content) or codes_in_picture(content)
    if content.startswith(JPEG):
        return codes_in_picture(content)
    if content.lstrip().startswith(PDF):
        return texts_in_pdf(content)
    return baked_in_svg(content)
