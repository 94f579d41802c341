"""What the page of webhooks tells receivers to write verifies what the bank signs."""

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from creditbank.webhooks.signing import secret_text, signed_headers
from tests.fixtures.receivers import SECRET
from tests.interop.scripts import NODE

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text("utf-8")
BODY = b'{"type":"webhook.test"}'


def written(language: str) -> str:
    """Give the code of a language as it stands on the page."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


def shown() -> list[tuple[dict[str, str], bytes, bool]]:
    """Give messages, right and wrong: signed by two secrets, too old, changed, by another."""
    now = int(time.time())
    other = bytes(32)
    return [
        (dict(signed_headers([SECRET], "m-1", now, BODY)), BODY, True),
        (dict(signed_headers([other, SECRET], "m-1", now, BODY)), BODY, True),
        (dict(signed_headers([SECRET], "m-1", now - 400, BODY)), BODY, False),
        (dict(signed_headers([SECRET], "m-1", now, BODY)), BODY + b" ", False),
        (dict(signed_headers([other], "m-1", now, BODY)), BODY, False),
    ]


def test_the_ten_lines_of_python_verify() -> None:
    """As they are printed."""
    names: dict[str, Any] = {}
    exec(written("python"), names)  # noqa: S102 - what the page tells others to run
    secret = secret_text(SECRET)
    for headers, body, is_right in shown():
        assert names["is_of_the_bank"](secret, headers, body) is is_right


def test_the_ten_lines_of_node_verify() -> None:
    """As they are printed."""
    cases = [(headers, body.decode(), is_right) for headers, body, is_right in shown()]
    secret = secret_text(SECRET)
    asked = f"""
    for (const [headers, body, right] of {json.dumps(cases)})
      if (isOfTheBank("{secret}", headers, Buffer.from(body)) !== right) process.exit(1);
    """
    done = subprocess.run([NODE, "-e", written("js") + asked], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
