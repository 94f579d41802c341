"""What is behind a form, in a real browser: the page that tells what is wrong, and the check page.

No server is needed: the browser is given what the application in this process answers.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.fixtures.browser import AXE, violations
from tests.fixtures.every_form import FORMS, cases
from tests.fixtures.form_bank import ORIGIN, FormBank, open_forms, send
from tests.fixtures.posted_forms import Posting
from tests.fixtures.shown_pages import MODES, Mode

ANSWER = f"{ORIGIN}/answer"
REFUSED = {409, 422}
LOOKED_AT = [(one, MODES[number % 2]) for number, one in enumerate(FORMS)]
"""By turns on a phone in 中文 and light, and at a desk in English and dark."""


@dataclass
class Looking:
    """A page of a browser that shows whatever answer is laid before it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    answer: str = ""

    def look(self, answer: str, mode: Mode) -> list[str]:
        """Show an answer and say what is wrong with it as a page."""
        self.answer = answer
        self.complaints.clear()
        self.page.goto(ANSWER)
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = violations(self.page)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > mode.width:
            found.append(f"{wide} pixels wide")
        return [*found, *self.complaints]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FormBank]:
    """The bank in a folder of its own."""
    with open_forms(tmp_path_factory.mktemp("answers")) as opened:
        yield opened


@pytest.fixture(scope="module")
def lookings(browser: Browser, forms: FormBank) -> Iterator[dict[Mode, Looking]]:
    """One page for each mode."""
    opened = {mode: begin(browser, forms, mode) for mode in MODES[:2]}
    yield opened
    for looking in opened.values():
        looking.page.context.close()


def begin(browser: Browser, forms: FormBank, mode: Mode) -> Looking:
    """Open a page whose every request is answered by the application."""
    context = browser.new_context(
        bypass_csp=True,
        viewport={"width": mode.width, "height": 844},
        color_scheme="dark" if mode.scheme == "dark" else "light",
    )
    context.add_init_script(path=AXE)
    looking = Looking(context.new_page())
    kept: dict[str, Any] = {}

    def give(route: Route) -> None:
        address = urlsplit(route.request.url)
        if f"{address.scheme}://{address.netloc}" != ORIGIN:
            looking.complaints.append(route.request.url)
            route.abort()
        elif route.request.url == ANSWER:
            route.fulfill(body=looking.answer, content_type="text/html; charset=utf-8")
        else:
            if route.request.url not in kept:
                kept[route.request.url] = forms.client.get(route.request.url)
            given = kept[route.request.url]
            route.fulfill(
                status=given.status_code,
                body=given.content,
                content_type=given.headers.get("content-type"),
            )

    context.route("**/*", give)
    looking.page.on("console", lambda told: looking.complaints.append(told.text))
    looking.page.on("pageerror", lambda error: looking.complaints.append(str(error)))
    return looking


@pytest.mark.parametrize(
    ("posting", "mode"),
    LOOKED_AT,
    ids=lambda one: one.name if isinstance(one, Mode) else f"{one.route} {one.page}",
)
def test_what_is_behind_a_form_is_for_everybody(
    forms: FormBank,
    lookings: dict[Mode, Looking],
    monkeypatch: pytest.MonkeyPatch,
    posting: Posting,
    mode: Mode,
) -> None:
    """WCAG 2.2 AA as far as axe-core can tell, nothing cut off, and nobody else is asked."""
    shown, form = forms.open(posting, mode.language)
    right = {**form.sent(), **forms.listed(posting.right), **forms.listed(posting.pressed)}
    visitor = forms.visitor(posting.who, mode.language)
    mistyped = forms.listed(next(cases(posting, form)).typed)
    refused = send(visitor, form, {**right, **mistyped})
    assert refused.status_code in REFUSED
    pages = {"refused": refused.text}
    if posting.past is not None:
        pages["behind"] = shown
    with monkeypatch.context() as unwritten, suppress(ToBeWritten):
        for way in ("write", "submit", "submit_once"):
            unwritten.setattr(forms.bank.writer, way, _write_nothing)
        pages["checked"] = send(visitor, form, right).text
    looked = ((name, lookings[mode].look(page, mode)) for name, page in pages.items())
    assert {name: wrong for name, wrong in looked if wrong} == {}


class ToBeWritten(Exception):
    """There is no check page: what was sent would be done."""


def _write_nothing(*asked: object, **named: object) -> None:
    del asked, named
    raise ToBeWritten
