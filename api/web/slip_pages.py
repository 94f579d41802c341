"""The slip of a batch 回执, to be printed and filed: counts, hash of the file, place in the log."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.batch_reports import batch_slip
from api.dependencies import CurrentBank, OutcomesReader
from api.web.page import CurrentPage
from creditbank.conversion.days import civil_day
from creditbank.outcomes.batches.find import get_batch

router = APIRouter(tags=["outcome batches"])


@router.get("/api/v1/outcome-batches/{batch_id}/slip", response_class=HTMLResponse)
def batch_slip_page(
    page: CurrentPage, batch_id: str, actor: OutcomesReader, bank: CurrentBank
) -> Response:
    """Show the slip of a batch as a page made for printing; its lines are in both languages."""
    with bank.readers.reading() as connection:
        batch = get_batch(connection, batch_id, actor.institution, civil_day(bank.clock()))
    return page.show("provider/slip.html", batch_id=batch_id, slip=batch_slip(bank, batch))
