"""Verify many passes or credentials at once: reports in the order of what was handed in."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, Limited, Public
from api.response import Response
from api.throttling import VERIFYING_BATCHES
from api.v1 import examples, fields
from api.v1.text_bodies import CSV_BODY, read_text
from api.v1.verify import DOCUMENT_LENGTH_MAX
from api.verification_view import ReportView, report_view
from certificates.report import CheckResult
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.verification.report import Report

router = APIRouter(
    prefix="/api/v1/verify-batches",
    tags=["verification"],
    dependencies=[Depends(Limited(VERIFYING_BATCHES))],
)

DOCUMENTS_MAX = 200
CSV_TYPE = "text/csv; charset=utf-8"
_HEADER = "code"
_COLUMNS = ("line", "verdict", "reason", "status_as_of", "problems")


class VerifyBatchRequest(fields.Request):
    """What was scanned, typed or received of several holders."""

    documents: Annotated[
        list[Annotated[str, Field(max_length=DOCUMENT_LENGTH_MAX)]],
        Field(min_length=1, max_length=DOCUMENTS_MAX),
    ] = Field(description="Links, codes, pass texts, credentials and tokens, mixed as they come.")


class BatchReportView(Response):
    """One report a document, in the order of the request."""

    reports: list[ReportView]


@router.post("", dependencies=[Public])
def verify_batch(
    body: Annotated[VerifyBatchRequest, Body(openapi_examples=examples.VERIFICATION_BATCH)],
    bank: CurrentBank,
) -> BatchReportView:
    """Verify up to 200 documents; one that is bad is a verdict and does not stop the others."""
    return BatchReportView(reports=[report_view(one) for one in _reports(body.documents, bank)])


@router.post(
    "/csv",
    dependencies=[Public],
    openapi_extra=CSV_BODY,
    response_class=HTTPResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
async def verify_csv(request: Request, bank: CurrentBank) -> HTTPResponse:
    """Verify up to 200 codes, the first cell of each line; gives a line of verdict for each.

    A first line `code` names the column. The answer names lines and repeats no code.
    """
    codes = codes_in(await read_text(request))
    content = await run_in_threadpool(_written, codes, bank)
    headers = {"Cache-Control": "no-store"}
    return HTTPResponse(content, media_type=CSV_TYPE, headers=headers)


def _reports(documents: Iterable[str], bank: Bank) -> Iterator[Report]:
    verifier = bank.verifier
    return (verifier.verify(one, bank.clock()) for one in documents)


def codes_in(text: str, field: str = "file") -> dict[int, str]:
    """Give the codes by their lines, counted from 1; raises `InvalidInput` about `field`."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    codes: dict[int, str] = {}
    try:
        for cells in reader:
            code = cells[0].strip() if cells else ""
            if code and not (code == _HEADER and not codes):
                codes[reader.line_num] = code
    except csv.Error:
        raise InvalidInput([FieldProblem(field=field, code="text-not-utf-8")]) from None
    if not 1 <= len(codes) <= DOCUMENTS_MAX:
        facts = {"least": 1, "most": DOCUMENTS_MAX}
        raise InvalidInput([FieldProblem(field=field, code="list-length-wrong", facts=facts)])
    return codes


def _written(codes: dict[int, str], bank: Bank) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for line, report in zip(codes, _reports(codes.values(), bank), strict=True):
        as_of = report.status_as_of.isoformat() if report.status_as_of else ""
        problems = " ".join(_problems(report))
        writer.writerow([line, report.verdict, report.reason or "", as_of, problems])
    return stream.getvalue()


def _problems(report: Report) -> Iterator[str]:
    for check in report.checks:
        if check.result == CheckResult.FAILED:
            yield f"{check.name}:{check.problem}"
