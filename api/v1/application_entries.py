"""A file of what a school entered 入册: the downloaded sheet with its last columns filled in."""

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, CurrentProblems, Language, OutcomesWriter
from api.response import Response
from api.v1.text_bodies import CSV_BODY
from creditbank.applications.confirm_file import confirm_file

router = APIRouter(prefix="/api/v1/application-entries", tags=["applications"])


class RefusedRowView(Response):
    """What is wrong with one row, column by column; rows are counted from 1 under the header."""

    row: int
    problems: list[dict[str, object]]


class ConfirmedView(Response):
    """What became of the applications of a file; a row that is refused changed nothing."""

    entered: int
    declined: int
    unchanged: int = Field(description="Answered alike before.")
    waiting: int = Field(description="Not answered in the file.")
    rejected: list[RefusedRowView]


@router.post("", openapi_extra=CSV_BODY)
async def confirm_applications(
    request: Request,
    actor: OutcomesWriter,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> ConfirmedView:
    """Take a file (CSV) of what was entered, and what not; good rows are recorded.

    Columns: 计入编号, 入册结果 (已入册 or 不予入册), 入册日期, 原因, 原因说明. Others are passed
    over.
    """
    content = await request.body()
    found = await run_in_threadpool(confirm_file, bank, content, actor.institution, actor.id)
    return ConfirmedView(
        entered=found.entered,
        declined=found.declined,
        unchanged=found.unchanged,
        waiting=found.waiting,
        rejected=[
            RefusedRowView(
                row=one.number,
                problems=[problems.field(each, language) for each in one.problems],
            )
            for one in found.rejected
        ],
    )
