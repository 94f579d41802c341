"""How far the rules reach, in counts that name nobody, and the checkpoint that they stand on."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.coverage import coverage_in
from api.web.citizen.names import institution_names
from api.web.staff.named import rule_titles
from api.web.staff.pages import AuditPage
from creditbank.conversion.days import civil_day
from ledger.read import newest_checkpoint, read_head

router = APIRouter(include_in_schema=False)

ROWS_SHOWN = 100


@router.get("/desk/statistics")
def show_statistics(page: AuditPage, bank: CurrentBank) -> Response:
    """Show the coverage; it is read in one look at the bank, with the ledger of that moment."""
    with bank.readers.reading() as connection:
        newest, size = newest_checkpoint(connection), read_head(connection).size
        found = coverage_in(connection, page.actor, bank)
    return page.show(
        "staff/statistics.html",
        day=civil_day(bank.clock()),
        newest=newest,
        size=size,
        found=found,
        most=ROWS_SHOWN,
        rules=rule_titles(
            bank, {one.rule for one in found.unused} | {one.rule for one in found.refused}
        ),
        institutions=institution_names(bank, {one.institution for one in found.uncovered}),
    )
