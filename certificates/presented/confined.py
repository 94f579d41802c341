"""Have a stranger's file read by a process that is bounded in memory and time."""

import json
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from certificates.presented.found import TOO_DEMANDING, UNREADABLE, Found, is_file

SECONDS_MAX = 15
AT_ONCE_MAX = 2
_FOLDER = Path(__file__).parents[2]
_places = BoundedSemaphore(AT_ONCE_MAX)


def find_text(content: bytes) -> Found:
    """Find what was handed over: text is taken as it is, a picture or a PDF is looked through."""
    if is_file(content):
        return find_confined(content)
    try:
        return Found(text=content.decode())
    except UnicodeDecodeError:
        return Found(problem=UNREADABLE)


def find_confined(content: bytes) -> Found:
    """Find what a file holds; one that asks for more than its bounds is told as such.

    So many are read at once; the others wait.
    """
    # Without the environment, which may hold secrets.
    environment = {"PYTHONPATH": str(_FOLDER), "PYTHONIOENCODING": "utf-8"}
    try:
        with _places:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "certificates.presented"],
                input=content,
                env=environment,
                capture_output=True,
                timeout=SECONDS_MAX,
                check=True,
            )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return Found(problem=TOO_DEMANDING)
    return Found(**json.loads(done.stdout))
