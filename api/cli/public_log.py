"""A log that somebody serves or kept, as commands read it: by URL or folder, with its keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import urlopen

import typer

from api.cli.output import tell
from creditbank.errors import FieldProblem, InvalidInput
from ledger.sources import DirectorySource, HTTPSource, Source

_SECONDS_MAX = 30

Public = Annotated[
    str | None, typer.Option(help="URL or folder of a log; without it, this bank's own tables.")
]
VerifierKeys = Annotated[
    Path | None, typer.Option(exists=True, help="File with the log's keys, one a line.")
]


@contextmanager
def reading(place: str) -> Iterator[None]:
    """Trouble in reading is the reader's, no lie of the log; raises `InvalidInput`."""
    try:
        urlsplit(place)
    except ValueError as error:
        raise _unreadable(place, error) from None
    try:
        yield
    except (OSError, HTTPException) as error:
        raise _unreadable(place, error) from None


def open_log(place: str, verifier_keys: Path | None) -> tuple[Source, list[str]]:
    """Give a log and its verifier keys; without a file, those that the log itself serves."""
    place = place.rstrip("/")
    is_url = place.startswith(("http://", "https://"))
    log = place if place.endswith("/ledger") else f"{place}/ledger"
    if verifier_keys is not None:
        keys = verifier_keys.read_text("utf-8", "replace")
    elif is_url:
        with urlopen(f"{log}/vkey", timeout=_SECONDS_MAX) as response:  # noqa: S310 - http or https
            keys = response.read().decode("utf-8", "replace")
        tell("the keys are those that the log itself serves; compare them with yours")
    else:
        keys = (Path(place) / "vkey").read_text("utf-8", "replace")
    if is_url:
        return HTTPSource(log), keys.split()
    Path(place).stat()  # A folder that is not there is no lie of a log.
    return DirectorySource(Path(place)), keys.split()


def _unreadable(place: str, error: Exception) -> InvalidInput:
    facts = {"place": place, "reason": str(error)}
    return InvalidInput([FieldProblem(field="--public", code="log-unreadable", facts=facts)])
