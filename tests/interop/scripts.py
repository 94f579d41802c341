"""Programs by other people, on the node that the development lock pins, with packages from npm."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "node"
NODE = Path(sysconfig.get_path("scripts")) / "node"
"""That of the environment: what a distribution calls nodejs may be too old."""


def run_script(script: str, *arguments: str, shown: str = "") -> str:
    """Run a script of the folder, with what it is shown on its standard input; gives its output."""
    if not NODE.exists() or not (FOLDER / "node_modules" / "jose").is_dir():
        pytest.fail("node or its packages are missing: run `make test-packages`", pytrace=False)
    done = subprocess.run(
        [str(NODE), script, *arguments],
        cwd=FOLDER, input=shown, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout
