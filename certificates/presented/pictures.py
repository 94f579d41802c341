"""Read the QR codes (ISO/IEC 18004) of a picture, whose points are counted before it is decoded."""

import io
import warnings

import zxingcpp
from PIL import Image, ImageOps

from certificates.errors import DocumentRefused

PIXELS_MAX = 25_000_000
"""A page of A4 at 400 dots an inch has 15 million, the picture of a telephone 12."""
_FORMATS = ("PNG", "JPEG")


class TooDemanding(Exception):
    """A file asks for more than it is given."""


def codes_in_picture(content: bytes) -> list[str]:
    """Give the texts of the codes of a PNG or JPEG; raises `DocumentRefused`, `TooDemanding`."""
    try:
        with warnings.catch_warnings(action="ignore"), _opened(content) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise TooDemanding
            return codes_in(_on_white(picture))
    except Image.DecompressionBombError:
        raise TooDemanding from None
    except (OSError, SyntaxError, ValueError) as error:
        # A broken PNG chunk is a SyntaxError of Pillow's.
        raise DocumentRefused("the picture is damaged") from error


def codes_in(picture: Image.Image) -> list[str]:
    """Give the texts of the codes of a grey picture, each once."""
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    # Stretched to all shades: a faint and blurred code is else found nine times in ten.
    read = zxingcpp.read_barcodes(ImageOps.autocontrast(picture), formats=formats)
    return list(dict.fromkeys(str(code.text) for code in read))


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=_FORMATS)


def _on_white(picture: Image.Image) -> Image.Image:
    """Give a picture in grey; what is transparent is white paper."""
    if not picture.has_transparency_data:
        return picture.convert("L")
    layer = picture.convert("LA")
    paper = Image.new("L", layer.size, 255)
    paper.paste(layer.getchannel("L"), mask=layer.getchannel("A"))
    return paper
