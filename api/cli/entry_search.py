"""Find entries of the ledger by kind, institution and day."""

import sys
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result, print_rows, tell
from api.v1.entry_search import PAGE_ENTRIES, PAGE_ENTRIES_MAX, found_page, wanted_entries


def find(
    kind: Annotated[str, typer.Option(help="The type of the leaves, such as `rule`.")] = "",
    institution: Annotated[str, typer.Option(help="Id of who made the entries.")] = "",
    since: Annotated[str, typer.Option(help="First day, YYYY-MM-DD.")] = "",
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD.")] = "",
    before: Annotated[
        int | None, typer.Option(min=0, help="Go on below this place in the ledger.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=PAGE_ENTRIES_MAX)] = PAGE_ENTRIES,
    *,
    as_json: AsJson = False,
) -> None:
    """Find entries, the newest first; it reads on until it has found enough."""
    asked = {"kind": kind, "institution": institution, "since": since, "until": until}
    with opened_bank() as bank:
        wanted = wanted_entries(bank, **asked)
        page = found_page(bank, wanted, before=before, limit=limit, reads=sys.maxsize)
    if as_json:
        print_result(page.model_dump(mode="json", exclude={"next"}), as_json=True)
        return
    print_rows("entries", (one.model_dump(mode="json") for one in page.entries), as_json=False)
    if page.before is not None:
        tell(f"there are more: --before {page.before}")
