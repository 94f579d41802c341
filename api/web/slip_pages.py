"""The slip of a batch 回执, to be printed and filed: counts, hash of the file, place in the log."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from api.batch_reports import batch_slip
from api.dependencies import CurrentBank, OutcomesReader
from creditbank.conversion.days import civil_day
from creditbank.outcomes.batches.find import get_batch

router = APIRouter(tags=["outcome batches"])

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


@router.get("/api/v1/outcome-batches/{batch_id}/slip", response_class=HTMLResponse)
def batch_slip_page(
    request: Request, batch_id: str, actor: OutcomesReader, bank: CurrentBank
) -> Response:
    """Show the slip of a batch as a page in both languages, made for printing."""
    with bank.readers.reading() as connection:
        batch = get_batch(connection, batch_id, actor.institution, civil_day(bank.clock()))
    return _templates.TemplateResponse(request, "slip.html", {"slip": batch_slip(bank, batch)})
