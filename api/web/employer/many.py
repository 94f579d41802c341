"""Verify many codes at once, pasted or from a file, and take the answers along as a table."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.batch_reports import BYTE_ORDER_MARK
from api.dependencies import Limited, Public
from api.throttling import VERIFYING_BATCHES
from api.v1.verify_batches import DOCUMENTS_MAX, codes_in
from api.web.employer.answers import in_language, keep_language
from api.web.employer.shown_credentials import shown_credentials
from api.web.forms import Form, PostedForm
from api.web.page import CurrentPage, Page
from api.web.uploaded import Uploaded
from api.web.verdicts import Spoken, tell, tell_problem
from certificates.report import CheckResult
from certificates.token import typed_form
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.batches.rows import guard_cell
from creditbank.passes.looks import is_marked, mark_of_noted
from creditbank.passes.presented import Presented
from creditbank.passes.verify import token_in
from creditbank.verification.report import Report, Verdict

router = APIRouter(include_in_schema=False, dependencies=[Public])

CODE_SHOWN = 40
COLUMNS = {
    "zh": ("行", "学习码编号", "结论", "持有人", "内容", "未通过的检查", "状态截至"),
    "en": ("line", "code", "verdict", "holder", "content", "checks that failed", "status as of"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line and its answer; `token` is empty where it has no page of its own."""

    number: int
    code: str
    token: str
    told: Spoken
    is_valid: bool
    holder: str
    titles: tuple[str, ...]
    problems: tuple[str, ...]
    as_of: str

    def cells(self) -> Iterator[str]:
        """Give the line for a spreadsheet, none of which it would run as a formula."""
        listed = (
            str(self.number),
            self.code,
            self.told.line,
            self.holder,
            "; ".join(self.titles),
            "; ".join(self.problems),
            self.as_of,
        )
        return map(guard_cell, listed)


@router.get("/verify/many")
def ask_codes(page: CurrentPage) -> Response:
    """Ask for codes, one a line."""
    return _form(page, page.form())


@router.post("/verify/many", dependencies=[Depends(Limited(VERIFYING_BATCHES))])
async def answer_codes(page: CurrentPage, form: PostedForm, content: Uploaded) -> Response:
    """Answer each of up to 200 codes in a table."""
    return await run_in_threadpool(_answer, page, form, content)


def _answer(page: Page, form: Form, content: bytes) -> Response:
    try:
        codes = _codes(form, content)
    except Refusal as refusal:
        return _form(page, page.refused(form, refusal), 422)
    page, now, text = in_language(page, form), page.bank.clock(), _written(codes)
    secrets, looked_at = page.bank.keystore.secrets, f"{len(codes)} codes: {text}"
    presented = Presented(is_again=is_marked(secrets, form.typed("look"), looked_at, now))
    lines = [_line(page, number, code, presented) for number, code in codes.items()]
    response = page.show(
        "employer/answers.html",
        lines=lines,
        valid=sum(one.is_valid for one in lines),
        now=now,
        table=quote(table(lines, page.language)),
        codes=text,
        look=mark_of_noted(secrets, form.typed("look"), looked_at, now),
    )
    return keep_language(page, form, response)


def _codes(form: Form, content: bytes) -> dict[int, str]:
    """Read the codes of the file, else the typed ones; raises `InvalidInput`."""
    if content:
        # A code is ASCII; in which encoding a column of names beside it is, does not matter.
        return codes_in(content.decode("utf-8", "replace"), "file")
    if form.text("codes") is None:
        raise InvalidInput([FieldProblem(field="codes", code="field-missing")])
    return codes_in(form.typed("codes"), "codes")


def _written(codes: Mapping[int, str]) -> str:
    """Write codes as they can be posted again, each on the line that it had."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([codes.get(number, "")] for number in range(1, max(codes) + 1))
    return stream.getvalue()


def _line(page: Page, number: int, code: str, presented: Presented) -> Line:
    report = page.bank.verifier.verify(code, page.bank.clock(), presented)
    token, told = token_in(code), tell(report).spoken(page.language)
    return Line(
        number=number,
        code=typed_form(token) if token else _shortened(code),
        token=token or "",
        told=told,
        is_valid=report.verdict is Verdict.VALID,
        holder=_holder(report, page.language),
        titles=tuple(_titles(report, page.language)),
        problems=tuple(one for one in _problems(report, page.language) if one != told.line),
        as_of=report.status_as_of.isoformat() if report.status_as_of else "",
    )


def _shortened(code: str) -> str:
    return code if len(code) <= CODE_SHOWN else f"{code[:CODE_SHOWN]}…"


def _problems(report: Report, language: str) -> Iterator[str]:
    for one in report.checks:
        if one.result == CheckResult.FAILED and one.problem is not None:
            yield tell_problem(one.problem, language)


def _holder(report: Report, language: str) -> str:
    if report.credential is not None:
        return str(shown_credentials(report.credential, language)[0]["holder"] or "")
    return (report.content.holder or "") if report.content else ""


def _titles(report: Report, language: str) -> Iterator[str]:
    if report.credential is not None:
        yield from (
            str(one["name"] or "") for one in shown_credentials(report.credential, language)
        )
    for one in report.content.outcomes if report.content else ():
        yield (one.title_en or one.title) if language == "en" else one.title


def table(lines: Iterable[Line], language: str) -> str:
    """Write the answers as CSV for a spreadsheet."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS[language])
    writer.writerows(one.cells() for one in lines)
    return BYTE_ORDER_MARK + stream.getvalue()


def _form(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("employer/many.html", status=status, form=form, most=DOCUMENTS_MAX)
