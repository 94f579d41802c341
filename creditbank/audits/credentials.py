"""With what a row was posted: a credential of the institution that there is, or the bank itself."""

from collections.abc import Iterable

from sqlalchemy import Connection

from creditbank.access.actor import COMMAND_LINE
from creditbank.access.api_keys import institutions_of_credentials
from creditbank.database import chunks
from creditbank.institutions.tree import load_tree
from ledger.findings import Findings

Posted = tuple[int, str, str]
"""A row's ledger index, its institution, and what it was posted with."""


def check_credentials(
    connection: Connection, findings: Findings, table: str, posted: Iterable[Posted]
) -> None:
    """Name the rows whose `posted_with` is no credential of their institution."""
    rows = list(posted)
    known: dict[str, str | None] = {}
    for chunk in chunks(sorted({posted_with for _, _, posted_with in rows} - {COMMAND_LINE})):
        known |= institutions_of_credentials(connection, chunk)
    tree = load_tree(connection)
    for index, institution_id, posted_with in rows:
        own = known.get(posted_with)
        # Who stands above an institution may act for it.
        is_right = own is not None and (own == institution_id or tree.covers(own, institution_id))
        if posted_with != COMMAND_LINE and not is_right:
            problem = f"posted_with {posted_with} is no credential of its institution"
            findings.add(table, index, problem)
