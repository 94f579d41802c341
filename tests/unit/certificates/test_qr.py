import io
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from certificates.issue import issue_pass
from certificates.keys import SigningKey
from certificates.pass_claims import PassClaims
from certificates.pass_text import to_text
from certificates.qr import MODULE_PIXELS, QUIET_ZONE_MODULES, png, svg

TOKEN = "ABCDEFGHJKLMNPQRSTUVWXYZ23"
LINK = f"HTTP://127.0.0.1:8000/V/{TOKEN}"
LONG_LINK = f"HTTPS://XUEFENYINHANG.GUANGZHOU.GOV.CN/V/{TOKEN}"


def modules(text: str) -> int:
    """Give the side of the drawn symbol in modules, without the quiet zone."""
    pixels = Image.open(io.BytesIO(png(text))).width
    return pixels // MODULE_PIXELS - 2 * QUIET_ZONE_MODULES


def _read(image: bytes) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(image)))]


@pytest.mark.parametrize("text", [LINK, LONG_LINK, LINK.lower(), "LP1:%69 VD92EX0"])
def test_a_code_is_read_back_by_another_program(text: str) -> None:
    """An independent reader sees the same text."""
    assert _read(png(text)) == [text]


def test_a_link_with_a_token_is_a_small_code() -> None:
    """At most 33 modules: 16 mm in print; the alphanumeric mode needs upper case."""
    assert modules(LINK) == 29
    assert modules(LONG_LINK) == 33
    assert modules(LONG_LINK.lower()) > 33


def test_a_pass_of_six_achievements_is_at_most_69_modules(
    claims: PassClaims, key: SigningKey
) -> None:
    """An offline pass prints on a card and is read back whole."""
    text = to_text(issue_pass(claims, key))
    assert modules(text) <= 69
    assert _read(png(text)) == [text]


def test_the_picture_has_a_quiet_zone_of_four_modules() -> None:
    """ISO/IEC 18004, section 9.1: without it readers fail."""
    image = Image.open(io.BytesIO(png(LINK))).convert("L")
    assert image.size == (370, 370)
    assert image.point(lambda value: 255 - value).getbbox() == (40, 40, 330, 330)


def test_the_drawing_is_one_path_over_code_and_quiet_zone() -> None:
    """SVG prints sharp at any size."""
    drawing = ET.fromstring(svg(LINK))  # noqa: S314 - our own output
    assert drawing.attrib["viewBox"] == "0 0 37 37"
    assert [child.tag for child in drawing] == ["{http://www.w3.org/2000/svg}path"]
