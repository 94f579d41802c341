"""A verifier by other people, cose-kit on node, judges printed passes by the exported key."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from certificates.did import json_web_keys
from certificates.pass_text import from_text
from tests.vectors.passes import KEY, PRINTED

FOLDER = Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def verifiers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pinned verifiers installed."""
    if shutil.which("npm") is None:
        pytest.fail("node and npm are missing: run `make system-packages`", pytrace=False)
    folder = tmp_path_factory.mktemp("node")
    for file in FOLDER.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    # Not `npm ci`: it asks for the native parts of other platforms, which the lock leaves out.
    options = ("--no-save", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund")
    subprocess.run(["npm", "install", *options], cwd=folder, check=True, capture_output=True)
    return folder


def test_cose_kit_accepts_a_pass_and_refuses_every_altered_one(verifiers: Path) -> None:
    """The signature is good by a code that we did not write, and not one bit may change."""
    jwks = verifiers / "jwks.json"
    jwks.write_text(json.dumps(json_web_keys([KEY.verification_key])), "utf-8")
    document = from_text(PRINTED)
    altered = [
        document[:at] + bytes([document[at] ^ 1]) + document[at + 1 :]
        for at in range(0, len(document), 7)
    ]
    lines = "\n".join(one.hex() for one in (document, *altered))
    done = subprocess.run(
        ["node", "verify_cose.mjs", str(jwks)],
        cwd=verifiers, input=lines, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["accepted", *["refused"] * len(altered)]
