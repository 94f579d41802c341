"""The QR code of what checks in, as pages show it."""

from base64 import b64encode

from certificates.qr import png


def picture_of(text: str) -> str:
    """Give the QR code of a text as base64 of a PNG."""
    return b64encode(png(text)).decode()
