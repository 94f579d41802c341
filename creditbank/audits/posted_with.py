"""With what a row was posted: a credential of the institution or of one above it, or the bank."""

from collections.abc import Iterable

from sqlalchemy import Connection

from creditbank.access.actor import COMMAND_LINE
from creditbank.access.api_keys import institutions_of_credentials
from creditbank.database import chunks
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import ever_covered
from ledger.findings import Findings

Posted = tuple[int, str, str]
"""A row's ledger index, its institution, and what it was posted with."""


def check_posted_with(
    connection: Connection, findings: Findings, table: str, posted: Iterable[Posted]
) -> None:
    """Name the rows whose `posted_with` belongs to no institution that is theirs or was above."""
    rows = list(posted)
    known: dict[str, str | None] = {}
    for chunk in chunks(sorted({posted_with for _, _, posted_with in rows} - {COMMAND_LINE})):
        known |= institutions_of_credentials(connection, chunk)
    strange = [
        (index, institution_id, posted_with)
        for index, institution_id, posted_with in rows
        if posted_with != COMMAND_LINE and known.get(posted_with) != institution_id
    ]
    histories = all_institutions(connection) if strange else {}
    for index, institution_id, posted_with in strange:
        above = known.get(posted_with)
        if above is None or not ever_covered(histories, above, institution_id):
            problem = f"posted_with {posted_with} is no credential of its institution"
            findings.add(table, index, problem)
