"""What the ledger has and how far the rules reach: counts, and the checkpoint they stand on."""

import csv
from io import StringIO

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.coverage import coverage_in
from api.web.citizen.rule_names import name_rules
from api.web.names import institution_names
from api.web.staff.pages import AuditPage
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from ledger.read import read_head
from ledger.tally import COLUMNS

router = APIRouter(include_in_schema=False)

ROWS_SHOWN = 100


@router.get("/desk/statistics")
def show_statistics(page: AuditPage, bank: CurrentBank) -> Response:
    """Show the coverage; it is read in one look at the bank, with the ledger of that moment."""
    with bank.readers.reading() as connection:
        counted = bank.entry_counts.counted(connection)
        size = read_head(connection).size
        found = coverage_in(connection, page.actor, bank)
    return page.show(
        "staff/statistics.html",
        day=civil_day(bank.clock()),
        counted=counted,
        origin=bank.settings.origin,
        size=size,
        found=found,
        most=ROWS_SHOWN,
        names=name_rules(
            bank, {one.rule for one in found.unused} | {one.rule for one in found.refused}
        ),
        institutions=institution_names(bank, {one.institution for one in found.uncovered}),
    )


@router.get("/desk/statistics/entries.csv")
def give_counts(page: AuditPage, bank: CurrentBank) -> Response:
    """Give the counts as a table, once every entry was counted; raises `Refusal`."""
    del page  # Asked for who may look.
    with bank.readers.reading() as connection:
        counted = bank.entry_counts.counted(connection)
    if counted is None or not counted.is_whole:
        raise Refusal("not-found")
    stream = StringIO()
    csv.writer(stream).writerows([COLUMNS, *counted.tally.rows])
    named = f'attachment; filename="entries-{counted.checkpoint.size}.csv"'
    headers = {"Cache-Control": "no-store", "Content-Disposition": named}
    return Response(stream.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
