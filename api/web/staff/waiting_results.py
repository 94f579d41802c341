"""Results that wait for a person: held ones, and files that need a second person."""

from datetime import UTC, datetime

from api.web.page import Page
from api.web.staff.heaps import Heap, Item
from creditbank.conversion.days import civil_day
from creditbank.institutions.tree import load_tree
from creditbank.outcomes.batches.find import batches_posted_by
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.held_rows import open_holds

COUNTED_MAX = 200
"""So many are counted; of more it is said that there are more."""


def held_results(page: Page) -> Heap:
    """Give the held results that the institution and those below it have to decide."""
    today = civil_day(page.bank.clock())
    with page.bank.readers.reading() as connection:
        found = open_holds(connection, page.actor.institution, today, limit=COUNTED_MAX + 1)
    items = [
        Item(
            kind="held",
            link=f"/desk/held/{one.id}",
            due_on=one.due_on,
            received_on=_day(one.held_at),
            is_late=one.due_on < today.isoformat(),
        )
        for one in found[:COUNTED_MAX]
    ]
    return Heap(kind="held", link="/desk/held", items=items, has_more=len(found) > COUNTED_MAX)


def waiting_files(page: Page) -> Heap:
    """Give the files that colleagues handed in and who looks may countersign; not her own."""
    actor, bank = page.actor, page.bank
    with bank.readers.reading() as connection:
        covered = load_tree(connection, civil_day(bank.clock())).covered(actor.institution)
        found = batches_posted_by(
            connection, covered, states=(BatchState.AWAITING,), after=0, limit=COUNTED_MAX + 1
        )
    items = [
        Item(
            kind="file",
            link=f"/desk/batches/{one.id}",
            due_on=None,
            received_on=_day(one.started_at),
            is_late=False,
        )
        for one in found[:COUNTED_MAX]
        if one.posted_with != actor.person
    ]
    link = "/desk/batches?waiting=yes"
    return Heap(kind="file", link=link, items=items, has_more=len(found) > COUNTED_MAX)


def _day(seconds: int) -> str:
    return civil_day(datetime.fromtimestamp(seconds, UTC)).isoformat()
