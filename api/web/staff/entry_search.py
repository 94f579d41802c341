"""What an auditor looks for in the ledger, by kind, institution and day, as the page shows it."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends

from api.v1.entry_search import PAGE_ENTRIES, FoundEntryPage, found_page, wanted_entries
from api.web.page import Page
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.queries import all_institutions
from creditbank.learners.names import fold

PLACE_DIGITS_MAX = 15
NAMES_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed and chosen; `before` is the place below which one goes on."""

    kind: str = ""
    institution: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """Give the fields of the form."""
        return {
            name: getattr(self, name).strip() for name in ("kind", "institution", "since", "until")
        }

    @property
    def query(self) -> str:
        """Give the fields as they stand in an address, for links to more."""
        return "".join(
            f"{urlencode({name: value})}&" for name, value in self.fields.items() if value
        )

    @property
    def place(self) -> int | None:
        """Give the place below which one goes on; None for the newest, and for no number."""
        is_place = self.before.isascii() and self.before.isdecimal()
        return int(self.before) if is_place and len(self.before) <= PLACE_DIGITS_MAX else None


def _asked(
    kind: str = "", institution: str = "", since: str = "", until: str = "", before: str = ""
) -> Asked:
    return Asked(kind=kind, institution=institution, since=since, until=until, before=before)


EntriesAsked = Annotated[Asked, Depends(_asked)]
"""For a page that is asked for entries in its address."""


def search(page: Page, asked: Asked) -> FoundEntryPage:
    """Find what was asked for; raises `InvalidInput` with everything that is wrong."""
    fields, (institution, problems) = asked.fields, _institution(page.bank, asked.institution)
    try:
        wanted = wanted_entries(page.bank, **fields | {"institution": institution})
    except InvalidInput as refusal:
        told = sorted([*refusal.problems, *problems], key=lambda one: [*fields].index(one.field))
        raise InvalidInput(told) from None
    if problems:
        raise InvalidInput(problems)
    return found_page(page.bank, wanted, before=asked.place, limit=PAGE_ENTRIES)


def _institution(bank: Bank, stated: str) -> tuple[str, list[FieldProblem]]:
    """Give the id of the institution that has this id, this name, or alone this in its name.

    With it comes what is wrong, where it is none or one of several.
    """
    typed = stated.strip()
    if not typed:
        return "", []
    today, sought = civil_day(bank.clock()), fold(typed)
    with bank.readers.reading() as connection:
        known = all_institutions(connection)
    if typed in known:
        return typed, []
    facts = [history.on(today) for history in known.values()]
    named = [one for one in facts if sought in {fold(one.name), fold(one.name_en or "")}]
    like = named or [one for one in facts if sought in fold(f"{one.name} {one.name_en or ''}")]
    if len(like) == 1:
        return like[0].id, []
    if not like:
        return "", [FieldProblem(field="institution", code="institution-not-found")]
    names = {"names": ", ".join(sorted({one.name for one in like})[:NAMES_TOLD])}
    return "", [FieldProblem(field="institution", code="institution-ambiguous", facts=names)]
