"""The bank's application with one part that answers at once: `null_server.py PART PORT`.

`PART` is `writer`, `verifier`, or `home`: the page of a learner's home with nothing on it.

Routing, authentication, validation, look-ups and the answer's form stay; what is measured against
it is the work of that one part.
"""

import sys
from concurrent.futures import Future
from dataclasses import dataclass, fields
from datetime import datetime
from typing import cast

import uvicorn
from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.app import create_app
from api.web.page import HEADERS, CitizenPage
from api.web.rendering import environment
from creditbank.bank import Bank, open_bank
from creditbank.outcomes.records import Recorded
from creditbank.passes.verify import Verifier
from creditbank.settings import Settings
from creditbank.verification.report import Report
from creditbank.writer.receipts import Receipt, Written
from creditbank.writer.writer import Writer
from ledger.read import read_head

EMPTY_PAGE = '{% extends "frame/layout.html" %}'


class NullWriter(Writer):
    """Answers every posted result at once, as if it were the newest leaf of the log."""

    def __init__(self, receipt: Receipt) -> None:
        self._answered = Written(
            answer=Recorded(outcome_id="0" * 32, entry_index=receipt.index, is_duplicate=False),
            receipts=[receipt],
        )

    def _enqueue(self, _asked: object) -> Future[Written[Recorded]]:
        """Take nothing and answer."""
        future: Future[Written[Recorded]] = Future()
        future.set_result(self._answered)
        return future


class NullVerifier:
    """Answers every pass with the report of the first one."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._report: Report | None = None

    def verify(self, text: str, now: datetime) -> Report:
        """Give the same report again."""
        self._report = self._report or self._verifier.verify(text, now)
        return self._report


@dataclass(frozen=True, slots=True, kw_only=True)
class NullBank(Bank):
    """A bank whose verifier can be another one."""

    other: NullVerifier

    @property
    def verifier(self) -> Verifier:
        """What answers those who verify passes."""
        return cast("Verifier", self.other)


def null_bank(bank: Bank, part: str) -> Bank:
    """Replace one part of a bank."""
    parts = {one.name: getattr(bank, one.name) for one in fields(Bank)}
    if part == "verifier":
        return NullBank(**parts, other=NullVerifier(bank.verifier))
    with bank.readers.reading() as connection:
        newest = read_head(connection).size - 1
    return Bank(**{**parts, "writer": NullWriter(bank.receipt(newest))})


empty_pages = APIRouter()


@empty_pages.get("/me")
def show_empty(page: CitizenPage) -> Response:
    """Show the layout alone, to whoever may see the home."""
    empty = environment(page.language).from_string(EMPTY_PAGE)
    shown = empty.render(page=page, path=page.request.url.path, notice="")
    return HTMLResponse(shown, headers=HEADERS)


def main(part: str, port: int) -> None:
    """Serve as `creditbank serve` does."""
    bank = open_bank(Settings())
    app = create_app(bank if part == "home" else null_bank(bank, part))
    if part == "home":
        app.router.routes[:] = [*empty_pages.routes, *app.router.routes]
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
    bank.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
