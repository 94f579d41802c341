"""What waits for a person of the staff: only what her roles allow, the earliest due first."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.v1.conversion_reviews import list_reviews
from api.v1.filing_views import FilingView
from api.v1.filings import looks_of
from api.v1.matters import list_undecided
from api.web.page import Page
from api.web.staff.heaps import Heap, Item
from api.web.staff.waiting_results import held_results, waiting_files
from creditbank.access.actor import Scope
from creditbank.conversion.days import civil_day
from creditbank.filings.show import show_filings
from creditbank.filings.takeable import takeable
from creditbank.matters.matter import MatterState
from creditbank.matters.others import barred_from
from creditbank.matters.queries import find_matters


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFiling:
    """A filing that is under way; `is_mine` where who looks may take its step today."""

    filing: FilingView
    is_mine: bool


def waiting_filings(page: Page) -> list[WaitingFiling]:
    """Give every filing under way that who looks may see, by the last day of its step."""
    bank, today = page.bank, civil_day(page.bank.clock())
    looks, bank_id = looks_of(page.actor, bank), bank.installation.institution_id
    with bank.readers.reading() as connection:
        shown = show_filings(connection, looks, today, bank.working_days)
        mine = takeable(connection, looks, today, bank_id, bank.working_days)
    views = [
        FilingView.of(one, today, page.problems, page.language, to_staff=True) for one in shown
    ]
    ordered = sorted(views, key=lambda one: (one.due_on or "9999", one.received_on))
    return [WaitingFiling(filing=one, is_mine=one.id in mine) for one in ordered]


def heaps(page: Page) -> list[Heap]:
    """Give what waits for who looks, by kind; kinds that her roles do not allow are left out."""
    found = []
    if page.may(Scope.FILINGS_DECIDE):
        found.append(_filings(page))
    if page.may(Scope.MATTERS_DECIDE):
        found += [_matters(page), _reviews(page)]
    if page.may(Scope.HELD_DECIDE):
        found.append(held_results(page))
    if page.may(Scope.BATCHES_COUNTERSIGN):
        found.append(waiting_files(page))
    return found


def in_order(all_: Sequence[Heap]) -> list[Item]:
    """Give everything that waits, the earliest due first."""
    items = [one for heap in all_ for one in heap.items]
    return sorted(items, key=lambda one: (one.due_on or "9999", one.received_on or ""))


def _filings(page: Page) -> Heap:
    mine = [one.filing for one in waiting_filings(page) if one.is_mine]
    items = [
        Item(
            kind="filing",
            link=f"/desk/filings/{one.id}",
            due_on=one.due_on,
            received_on=one.received_on,
            is_late=one.late,
        )
        for one in mine
    ]
    return Heap(kind="filing", link="/desk/steps", items=items)


def _matters(page: Page) -> Heap:
    """Give the matters that wait; an appeal that only others may decide is left out."""
    open_ = [
        one
        for one in list_undecided(page.actor, page.bank).matters
        if one.state == MatterState.OPEN
    ]
    with page.bank.readers.reading() as connection:
        stored = find_matters(connection, [one.id for one in open_])
        barred = barred_from(connection, stored.values())
    items = [
        Item(
            kind=one.kind,
            link=f"/desk/matters/{one.id}",
            due_on=one.due_on,
            received_on=one.received_on,
            is_late=one.late,
        )
        for one in open_
        if page.actor.person not in barred.get(one.id, ())
    ]
    return Heap(kind="matter", link="/desk/matters", items=items)


def _reviews(page: Page) -> Heap:
    today = civil_day(page.bank.clock()).isoformat()
    items = [
        Item(
            kind="review",
            link=f"/desk/reviews/{one.conversion}",
            due_on=one.due_on,
            received_on=None,
            is_late=one.due_on is not None and one.due_on < today,
        )
        for one in list_reviews(page.actor, page.bank).reviews
    ]
    return Heap(kind="review", link="/desk/matters", items=items)
