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
def verifiers() -> Path:
    """The folder with the pinned verifiers installed."""
    if shutil.which("node") is None or not (FOLDER / "node_modules" / "cose-kit").is_dir():
        pytest.fail("node or its packages are missing: run `make test-packages`", pytrace=False)
    return FOLDER


def test_cose_kit_accepts_a_pass_and_refuses_every_altered_one(
    verifiers: Path, tmp_path: Path
) -> None:
    """The signature is good by a code that we did not write, and not one bit may change."""
    jwks = tmp_path / "jwks.json"
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
