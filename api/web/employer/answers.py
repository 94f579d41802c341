"""A report as a page shows it: one line first, then the signed content, then every check."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.responses import Response

from api.problems import LANGUAGES
from api.verification_view import shown_outcome
from api.web.cookies import LANGUAGE, YEAR_SECONDS
from api.web.employer.shown_credentials import Shown, shown_credentials
from api.web.forms import Form, Wrong
from api.web.page import Page
from api.web.verdicts import PIN_PROBLEMS, PIN_WRONG, tell, tell_check, tell_problem
from certificates.pass_claims import PassClaims
from certificates.report import CheckName, CheckResult
from creditbank.passes.looks import mark_of_noted
from creditbank.verification.report import Report

MATCH = {
    (CheckResult.PASSED, None): "match",
    (CheckResult.FAILED, "name-differs"): "differs",
    (CheckResult.SKIPPED, "tries-used-up"): "locked",
}
"""What is answered to a name that was typed, by what came of the holder's check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was verified and when: the text as it was presented, and where a form about it goes."""

    code: str
    action: str
    now: datetime


def show_answer(
    page: Page,
    asked: Asked,
    report: Report,
    form: Form,
    template: str = "employer/answer.html",
    **more: Any,
) -> Response:
    """Show what is answered; `form` has what was typed of the holder."""
    page, pin_problem = in_language(page, form), _pin_problem(report)
    secrets, look = page.bank.keystore.secrets, form.typed("look")
    if pin_problem == PIN_WRONG:
        form = told_at(form, "pin", tell(report).spoken(page.language).line, pin_problem, page)
    response = page.show(
        template,
        status=422 if form.problems else 200,
        asked=asked,
        form=form,
        told=tell(report).spoken(page.language),
        checks=[tell_check(one, page.language) for one in report.checks],
        content=None if report.content is None else shown_content(report.content, report),
        credentials=_credentials(report, page.language),
        pin_problem=pin_problem,
        look="" if pin_problem else mark_of_noted(secrets, look, asked.code, asked.now),
        match=_match(report) if form.text("name") else None,
        successors=report.successors,
        status_as_of=report.status_as_of,
        **more,
    )
    return keep_language(page, form, response)


def keep_language(page: Page, form: Form, response: Response) -> Response:
    """Speak on in the language that was asked for beside what is posted."""
    if form.text("language") == page.language:
        page.cookies.keep(response, LANGUAGE, page.language, YEAR_SECONDS)
    return response


def told_at(form: Form, field: str, line: str, problem: str, page: Page) -> Form:
    """Give a form with what a report says of a field: its line, and why."""
    mark = "：" if page.language == "zh" else ": "
    words = f"{line}{mark}{tell_problem(problem, page.language)}"
    return replace(form, problems=[Wrong(about=field, words=words, follows_label=False)])


def in_language(page: Page, form: Form) -> Page:
    """Give the page in the language that was asked for beside what is posted."""
    asked = form.text("language")
    return replace(page, language=asked) if asked in LANGUAGES else page


def _credentials(report: Report, language: str) -> list[Shown]:
    return [] if report.credential is None else shown_credentials(report.credential, language)


def _pin_problem(report: Report) -> str | None:
    """Give why a PIN is asked for, None where none is."""
    problems = {one.problem for one in report.checks if one.name == CheckName.HOLDER}
    return next((one for one in problems if one in PIN_PROBLEMS), None)


def _match(report: Report) -> str | None:
    """Give what is answered to a name; None where the bank knows no holder to compare."""
    (holder,) = (one for one in report.checks if one.name == CheckName.HOLDER)
    return MATCH.get((holder.result, holder.problem), "unknown")


def shown_content(claims: PassClaims, report: Report) -> dict[str, object]:
    """Give what was signed as the pages show it, with how long each certificate is valid."""
    standings = {one.index: one.certification for one in report.evidence}
    validity = {one.index: one for one in report.validity}
    return {
        "claims": claims,
        "outcomes": [
            {
                **shown_outcome(one).model_dump(),
                "certification": standings.get(one.index),
                "validity": validity.get(one.index),
            }
            for one in claims.outcomes
        ],
    }
