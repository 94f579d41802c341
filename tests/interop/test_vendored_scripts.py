"""What the pages take from npm is byte for byte what the locks of the tests name."""

from pathlib import Path

import pytest

import api.web

STATIC = Path(api.web.__file__).parent / "static"
INTEROP = Path(__file__).parent / "node" / "node_modules"
PAGES = Path(__file__).parents[1] / "node" / "node_modules"


@pytest.mark.parametrize(
    ("packed", "vendored"),
    [
        (INTEROP / "jsonld" / "dist" / "jsonld.min.js", "offline/vendor/jsonld.min.js"),
        (PAGES / "htmx.org" / "dist" / "htmx.min.js", "vendor/htmx.min.js"),
        (PAGES / "jsqr" / "dist" / "jsQR.js", "vendor/jsQR.js"),
        (PAGES / "zxing-wasm/dist/iife/reader/index.js", "vendor/zxing_reader.js"),
        (PAGES / "zxing-wasm/dist/reader/zxing_reader.wasm", "vendor/zxing_reader.wasm"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_vendored_is_the_file_of_its_package(packed: Path, vendored: str) -> None:
    """The package was checked by the lock's hash when npm installed it."""
    assert packed.read_bytes() == (STATIC / vendored).read_bytes()
