"""QR codes (ISO/IEC 18004) of pass links and pass texts, error correction level M."""

import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

QUIET_ZONE_MODULES = 4
MODULE_PIXELS = 10


def png(text: str) -> bytes:
    """Draw a QR code as PNG, 10 pixels a module."""
    stream = io.BytesIO()
    _code(text).make_image().save(stream, format="PNG")
    return stream.getvalue()


def svg(text: str) -> str:
    """Draw a QR code as one SVG path."""
    drawn: str = _code(text).make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
    return drawn


def _code(text: str) -> "qrcode.QRCode[object]":
    code = qrcode.QRCode(
        error_correction=ERROR_CORRECT_M, box_size=MODULE_PIXELS, border=QUIET_ZONE_MODULES
    )
    # The whole text in one mode: upper-case links and base45 fit the alphanumeric one.
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return code
