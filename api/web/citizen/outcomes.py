"""A learner's own outcomes as pages show them: newest first, page by page, and one by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from api.v1.account_access import keys_by_account, own_key
from api.v1.standing_views import OwnOutcome
from api.web.page import Page
from api.web.page_numbers import page_number, pages_of
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.catalogue_view import OwnOutcomes, own_outcomes
from creditbank.outcomes.duplicate_candidates import duplicate_candidates
from creditbank.outcomes.queries import StoredOutcome, count_outcomes, newest_outcomes
from creditbank.outcomes.standing import Standing, standings_of
from creditbank.outcomes.status import OutcomeStatus

PAGE_OUTCOMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One outcome in the timeline; what the catalogue says of it stands on its own page."""

    id: str
    status: str
    expired: bool
    awarded_on: str
    title: str
    title_en: str | None
    provider: str
    provider_en: str | None
    outcome_class: str
    credits: str | None
    class_hours: str | None

    @property
    def is_plain(self) -> bool:
        """Say that it simply stands, of which nothing is said."""
        return self.status == OutcomeStatus.ACTIVE and not self.expired

    @classmethod
    def of(cls, one: Standing, today: date) -> Self:
        """Give what is shown of an outcome."""
        stated = {name: str(value) for name, value in one.stated.items()}
        return cls(
            id=one.stored.id,
            status=one.stored.status,
            expired=one.is_expired(today),
            awarded_on=stated["awarded_on"],
            title=stated["title"],
            title_en=stated.get("title_en"),
            provider=stated["provider"],
            provider_en=stated.get("provider_en"),
            outcome_class=stated["class"],
            credits=stated.get("credits"),
            class_hours=stated.get("class_hours"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One page of outcomes; `at` counts from 1."""

    outcomes: list[Entry]
    at: int
    of: int


def timeline(page: Page, keys: Mapping[str, AccountKey], at: str) -> Timeline:
    """Give a page of her outcomes, the newest award first; beyond the last page, the last."""
    with page.bank.readers.reading() as connection:
        pages = pages_of(count_outcomes(connection, keys), PAGE_OUTCOMES)
        number = page_number(at, pages)
        start = (number - 1) * PAGE_OUTCOMES
        shown = newest_outcomes(connection, keys, limit=PAGE_OUTCOMES, offset=start)
    standings, today = _standings(page, keys, shown), civil_day(page.bank.clock())
    entries = [Entry.of(standings[one.id], today) for one in shown]
    return Timeline(outcomes=entries, at=number, of=pages)


def own_outcome(page: Page, outcome_id: str) -> OwnOutcome:
    """Give one of her outcomes; raises `Refusal("not-found")` for any other."""
    own = _own(page)
    stored = [one for one in own.outcomes if one.id == outcome_id]
    if not stored:
        raise Refusal("not-found")
    return _views(page, own, stored)[0]


def every_outcome(page: Page) -> list[OwnOutcome]:
    """Give all her outcomes in the order of the ledger."""
    own = _own(page)
    return _views(page, own, list(own.outcomes))


def own_keys(page: Page) -> dict[str, AccountKey]:
    """Give the keys of all accounts of hers, by account."""
    return keys_by_account(own_key("me", page.actor, page.bank), page.bank)


def _own(page: Page) -> OwnOutcomes:
    keys = own_keys(page)
    with page.bank.readers.reading() as connection:
        return own_outcomes(connection, keys)


def _views(page: Page, own: OwnOutcomes, stored: list[StoredOutcome]) -> list[OwnOutcome]:
    standings = _standings(page, own.keys, stored)
    candidates, today = duplicate_candidates(own), civil_day(page.bank.clock())
    return [OwnOutcome.of_own(standings[one.id], own, candidates, today) for one in stored]


def _standings(
    page: Page, keys: Mapping[str, AccountKey], stored: list[StoredOutcome]
) -> dict[str, Standing]:
    with page.bank.readers.reading() as connection:
        found = standings_of(connection, keys, stored)
    return {one.stored.id: one for one in found}
