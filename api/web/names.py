"""What institutions are called on a page, in both languages, as of today."""

from collections.abc import Collection
from dataclasses import dataclass

from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.institutions.queries import find_institutions


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and the English one where there is one."""

    name: str
    name_en: str | None


def institution_names(bank: Bank, ids: Collection[str]) -> dict[str, Named]:
    """Give the names of institutions by id."""
    if not ids:
        return {}
    today = civil_day(bank.clock())
    with bank.readers.reading() as connection:
        histories = find_institutions(connection, ids)
    known = {one: history.on(today) for one, history in histories.items()}
    return {one: Named(known[one].name, known[one].name_en) for one in known}
