"""Read a PDF (ISO 32000): the credential that is attached, else the QR codes of its first pages."""

from collections.abc import Iterator
from contextlib import closing

import pypdfium2

from certificates.errors import DocumentRefused
from certificates.presented.pictures import codes_in

PAGES_MAX = 10
ATTACHMENTS_MAX = 20
ATTACHMENT_BYTES_MAX = 1 << 20
_DOTS_PER_POINT = 200 / 72
_PAGE_PIXELS_MAX = 8_000_000
"""A page of A4 at 200 dots an inch has 3.9 million; a larger one is drawn smaller."""
_BEGINNINGS = ("{", "eyJ")
"""How a credential begins: JSON, or a token whose header is JSON in base64url."""


def texts_in_pdf(content: bytes) -> list[str]:
    """Give what a PDF holds to be verified; raises `DocumentRefused` for one that is damaged."""
    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            return list(dict.fromkeys(_attached(document))) or _printed(document)
    except pypdfium2.PdfiumError as error:
        raise DocumentRefused("the PDF is damaged or locked") from error


def _attached(document: pypdfium2.PdfDocument) -> Iterator[str]:
    for place in range(min(document.count_attachments(), ATTACHMENTS_MAX)):
        data = bytes(document.get_attachment(place).get_data()[: ATTACHMENT_BYTES_MAX + 1])
        text = data.decode(errors="replace").strip()
        if len(data) <= ATTACHMENT_BYTES_MAX and text.startswith(_BEGINNINGS):
            yield text


def _printed(document: pypdfium2.PdfDocument) -> list[str]:
    pages = (document[place] for place in range(min(len(document), PAGES_MAX)))
    return list(dict.fromkeys(text for page in pages for text in _codes(page)))


def _codes(page: pypdfium2.PdfPage) -> list[str]:
    with closing(page):
        points = max(page.get_width() * page.get_height(), 1.0)
        scale = min(_DOTS_PER_POINT, (_PAGE_PIXELS_MAX / points) ** 0.5)
        return codes_in(page.render(scale=scale, grayscale=True).to_pil())
