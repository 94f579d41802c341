"""What things are called on the pages of staff: rules, colleagues, places of lists."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from api.web.names import Named
from api.web.page_numbers import page_number, pages_of
from creditbank.access.staff import find_staff
from creditbank.bank import Bank
from creditbank.rules.queries import published_versions

PAGE_ROWS = 25

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[RowT]):
    """One page of a list; `at` counts from 1, `total` is how long the whole list is."""

    rows: Sequence[RowT]
    at: int
    of: int
    total: int


def part(rows: Sequence[RowT], at: str) -> Part[RowT]:
    """Give a page of a list as its address names it; beyond the last page, the last."""
    pages = pages_of(len(rows), PAGE_ROWS)
    number = page_number(at, pages)
    start = (number - 1) * PAGE_ROWS
    return Part(rows=rows[start : start + PAGE_ROWS], at=number, of=pages, total=len(rows))


def rule_titles(bank: Bank, ids: Collection[str]) -> dict[str, Named]:
    """Give the titles of rules by id, each as its newest version has it."""
    with bank.readers.reading() as connection:
        found = published_versions(connection, ids)
    titles = ((one.id, one.document.rule.title) for one in found)
    return {rule_id: Named(title.zh, title.en) for rule_id, title in titles}


def staff_names(bank: Bank) -> Mapping[str, str]:
    """Give the login names of staff by the id of the login."""
    with bank.readers.reading() as connection:
        return {one.id: one.name for one in find_staff(connection).values()}
