"""Which institution is meant: those that she learned at come first, others are found by name."""

from dataclasses import dataclass

from api.v1.account_access import keys_by_account, own_key
from api.web.page import Page
from creditbank.conversion.days import civil_day
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.queries import all_institutions
from creditbank.learners.names import fold
from creditbank.outcomes.catalogue_view import own_outcomes

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An institution that may be chosen."""

    id: str
    name: str
    name_en: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Those that were found; `is_cut` where there are more than are shown."""

    found: list[Choice]
    is_cut: bool


def choices(page: Page, kind: InstitutionKind, sought: str) -> Choices:
    """Find institutions that stand today by a part of their name; without one, her own."""
    there = _standing(page, kind)
    wanted = fold(sought)
    own = set() if wanted or kind is not InstitutionKind.PROVIDER else _own(page)
    found = [
        one
        for one in there
        if (wanted in fold(f"{one.name} {one.name_en or ''}") if wanted else one.id in own)
    ]
    if not wanted and not found:
        found = there
    return Choices(found=found[:SHOWN], is_cut=len(found) > SHOWN)


def chosen(page: Page, kind: InstitutionKind, institution_id: str) -> Choice | None:
    """Give an institution of this kind that stands today, or None."""
    return next((one for one in _standing(page, kind) if one.id == institution_id), None)


def _standing(page: Page, kind: InstitutionKind) -> list[Choice]:
    today = civil_day(page.bank.clock())
    with page.bank.readers.reading() as connection:
        histories = all_institutions(connection)
    facts = [one.on(today) for one in histories.values() if not one.is_over(today)]
    there = [
        Choice(id=one.id, name=one.name, name_en=one.name_en) for one in facts if one.kind == kind
    ]
    return sorted(there, key=lambda one: one.name)


def _own(page: Page) -> set[str]:
    keys = keys_by_account(own_key("me", page.actor, page.bank), page.bank)
    with page.bank.readers.reading() as connection:
        return {one.institution_id for one in own_outcomes(connection, keys).outcomes}
