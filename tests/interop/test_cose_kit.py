"""A verifier by other people, cose-kit on node, judges printed passes by the exported key."""

import json
from pathlib import Path

from certificates.did import json_web_keys
from certificates.pass_text import from_text
from tests.interop.scripts import run_script
from tests.vectors.passes import KEY, PRINTED


def test_cose_kit_accepts_a_pass_and_refuses_every_altered_one(tmp_path: Path) -> None:
    """The signature is good by a code that we did not write, and not one bit may change."""
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(json_web_keys([KEY.verification_key])), "utf-8")
    document = from_text(PRINTED)
    altered = [
        document[:at] + bytes([document[at] ^ 1]) + document[at + 1 :]
        for at in range(0, len(document), 7)
    ]
    lines = "\n".join(one.hex() for one in (document, *altered))
    said = run_script("verify_cose.mjs", str(jwks), shown=lines)
    assert said.split() == ["accepted", *["refused"] * len(altered)]
