"""Print docs/qr-codes.md: how large our QR codes are, and how badly they may be seen."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from certificates.presented.pictures import codes_in_picture
from tests.fixtures.photographed import SEEN, TEXTS, modules, photograph

HEAD = """# QR codes

Codes are drawn by ISO/IEC 18004 at error correction level M, with a quiet zone of four modules, and
read back by zxing-cpp, which shares nothing with what draws them. `creditbank verify FILE` and
`POST /api/v1/verify-uploads` read them the same way. Blur is Gaussian, its standard deviation a
share of one module; shades are those between ink and paper. This page is written by
`make docs` (`dev/qr_table.py`).

"""


def page() -> str:
    """Give the page."""
    return HEAD + "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    names = ("text", "characters", "modules", *SEEN)
    yield f"| {' | '.join(names)} |"
    yield "|" + "---|" * len(names)
    for kind, text in TEXTS.items():
        results = ("read" if _is_read(text, seen) else "not read" for seen in SEEN)
        yield f"| {' | '.join((kind, str(len(text)), str(modules(text)), *results))} |"


def _is_read(text: str, seen: str) -> bool:
    return codes_in_picture(photograph(text, seen)) == [text]


if __name__ == "__main__":
    sys.stdout.write(page())
