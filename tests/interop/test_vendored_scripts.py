"""What the offline page takes from npm is byte for byte what the lock of the tests names."""

from pathlib import Path

import api.web

PACKAGES = Path(__file__).parent / "node" / "node_modules"
VENDORED = Path(api.web.__file__).parent / "static" / "offline" / "vendor"


def test_the_vendored_processor_is_the_file_of_its_package() -> None:
    """The package was checked by the lock's hash when npm installed it."""
    packed = PACKAGES / "jsonld" / "dist" / "jsonld.min.js"
    assert packed.read_bytes() == (VENDORED / "jsonld.min.js").read_bytes()
