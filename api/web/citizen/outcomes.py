"""A learner's own outcomes as pages show them: newest first, page by page, and one by itself."""

from dataclasses import dataclass

from api.v1.account_access import keys_by_account, own_key
from api.v1.standing_views import OwnOutcome
from api.web.page import Page
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.outcomes.catalogue_view import OwnOutcomes, own_outcomes
from creditbank.outcomes.duplicate_candidates import duplicate_candidates
from creditbank.outcomes.queries import StoredOutcome
from creditbank.outcomes.standing import standings_of

PAGE_OUTCOMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One page of outcomes; `at` counts from 1."""

    outcomes: list[OwnOutcome]
    at: int
    of: int


def timeline(page: Page, at: int) -> Timeline:
    """Give a page of her outcomes, the newest award first; beyond the last page, the last."""
    own = _own(page)
    ordered = sorted(
        own.outcomes, key=lambda one: (one.awarded_month, one.entry_index), reverse=True
    )
    pages = max(1, -(-len(ordered) // PAGE_OUTCOMES))
    number = min(max(at, 1), pages)
    start = (number - 1) * PAGE_OUTCOMES
    return Timeline(
        outcomes=_views(page, own, ordered[start : start + PAGE_OUTCOMES]), at=number, of=pages
    )


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


def _own(page: Page) -> OwnOutcomes:
    keys = keys_by_account(own_key("me", page.actor, page.bank), page.bank)
    with page.bank.readers.reading() as connection:
        return own_outcomes(connection, keys)


def _views(page: Page, own: OwnOutcomes, stored: list[StoredOutcome]) -> list[OwnOutcome]:
    with page.bank.readers.reading() as connection:
        standings = standings_of(connection, own.keys, stored)
    candidates, today = duplicate_candidates(own), civil_day(page.bank.clock())
    views = {one.stored.id: OwnOutcome.of_own(one, own, candidates, today) for one in standings}
    return [views[one.id] for one in stored]
