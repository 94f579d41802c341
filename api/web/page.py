"""What a page's route asks for: who looks, in which language and size, and how it answers."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.dependencies import Door, throttle_client
from api.problems import LANGUAGES, Problems, language_of
from api.throttling import PER_KEY
from api.web.cookies import LANGUAGE, LETTERS, NOTICE, Cookies
from api.web.forms import Form, chosen_anew, require_own_page
from api.web.local_paths import local_path
from api.web.looked_again import TYPED
from api.web.rendering import environment
from creditbank.access.actor import Actor, Scope
from creditbank.access.sessions import PageSession, SeeSession, find_session
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, Refusal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}
"""No cache keeps a page; within the bank a form says where it came from, outside nothing does."""
_NOTICE_CODE = re.compile(r"[a-z-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One request for a page."""

    request: Request
    bank: Bank
    problems: Problems
    language: str
    session: PageSession | None

    @property
    def is_large(self) -> bool:
        """Say whether it is shown in the elder mode 长辈版."""
        return self.request.cookies.get(LETTERS) == "large"

    @property
    def address(self) -> str:
        """Give what leads back to a page that was looked at: its path with what it was asked."""
        url = self.request.url
        path = quote(self.request.scope["path"])
        return local_path(f"{path}?{url.query}", path) if url.query else path

    @property
    def is_looked_at(self) -> bool:
        """Say whether a link leads back to it: to the answer to a form none does."""
        return self.request.method in SAFE_METHODS and not self._typed

    @property
    def cookies(self) -> Cookies:
        """How cookies are set."""
        return Cookies(self.bank.settings.origin)

    @property
    def actor(self) -> Actor:
        """Who is signed in; raises `Refusal("unauthenticated")`."""
        if self.session is None or not self.session.is_proven:
            raise Refusal("unauthenticated")
        return self.session.actor

    def may(self, scope: str) -> bool:
        """Say whether who looks may do something, for navigation."""
        session = self.session
        return session is not None and session.is_proven and scope in session.actor.scopes

    def form(self, **values: str | list[str]) -> Form:
        """Give a form that nobody has filled yet, but for these values.

        What was typed under a session that ended stands in it again.
        """
        return Form.blank(self.bank.entropy, **{**values, **self._typed})

    @property
    def _typed(self) -> dict[str, list[str]]:
        return dict(getattr(self.request.state, TYPED, {}))

    def refused(
        self, form: Form, refusal: Refusal, field: str | None = None, *, secrets: Sequence[str] = ()
    ) -> Form:
        """Give a posted form with what is wrong; a refusal that names no field is about `field`.

        `secrets` are those that may be left empty: without a word one that was typed would be lost.
        """
        again = FieldProblem(field="", code="typed-again")
        words = str(self.problems.field(again, self.language)["detail"])
        told = self.problems.told(chosen_anew(refusal, form), self.language)
        return form.with_problems(told, field).asking_again(secrets, words)

    def show(self, template: str, /, *, status: int = 200, **content: object) -> Response:
        """Show a template; `status` is 422 for a form that was refused."""
        notice = self.request.cookies.get(NOTICE, "")
        shown = (
            environment(self.language)
            .get_template(template)
            .render(
                page=self,
                path=self.request.url.path,
                notice=notice if _NOTICE_CODE.fullmatch(notice) else "",
                **content,
            )
        )
        response = HTMLResponse(shown, status, HEADERS)
        if notice:
            self.cookies.drop(response, NOTICE)
        return response

    def go(self, path: str, notice: str | None = None) -> Response:
        """Lead on after something was done, and let the next page say so once."""
        response = RedirectResponse(path, 303, HEADERS)
        if notice is not None:
            self.cookies.keep(response, NOTICE, notice, 60)
        return response


def page_language(request: Request) -> str:
    """Give the language that was chosen, or else the one that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE)
    return chosen if chosen in LANGUAGES else language_of(request.headers.get("accept-language"))


def page_of(request: Request) -> Page:
    """Give the page that a request asks for, with the session that its browser presents."""
    bank, problems = request.app.state.bank, request.app.state.problems
    assert isinstance(bank, Bank)  # noqa: S101 - set once at start
    assert isinstance(problems, Problems)  # noqa: S101 - set once by `create_app`
    text = Cookies(bank.settings.origin).session_of(request)
    return Page(
        request=request,
        bank=bank,
        problems=problems,
        language=page_language(request),
        session=None if text is None else _session(text, bank),
    )


def _session(text: str, bank: Bank) -> PageSession | None:
    now = bank.clock()
    with bank.readers.reading() as connection:
        session = find_session(connection, text, now)
    if session is not None and session.is_stale(now):
        with suppress(Refusal):  # A bank that is busy shows the page all the same.
            bank.writer.submit(SeeSession(session_id=session.id))
    return session


CurrentPage = Annotated[Page, Depends(page_of)]
"""For a page that everybody may see, signed in or not."""


class SignedIn(Door):
    """Lets in whoever is signed in at the pages and has this scope; others are led to sign in."""

    def __call__(self, request: Request, page: CurrentPage) -> Page:
        """Give the page; raises `Refusal` "unauthenticated", "forbidden", "foreign-form"."""
        if request.method not in SAFE_METHODS:
            require_own_page(request, page.bank.settings.origin)
        actor = page.actor
        throttle_client(request, page.bank, PER_KEY, actor.id)
        self.require(actor)
        return page


CitizenPage = Annotated[Page, Depends(SignedIn(Scope.OWN_ACCOUNT))]
"""For a page of a learner's own account."""
