"""What was decided for a learner and may be appealed against, as a clerk reads it to her."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.v1.account_access import keys_by_account
from api.v1.matter_views import MatterView, matter_views
from api.web.names import Named
from api.web.page import Page
from api.web.staff.named import rule_titles
from creditbank.conversion.days import civil_day
from creditbank.credits.queries import StoredConversion, conversion_entries, find_conversions
from creditbank.credits.status import HOLDING
from creditbank.filings.chain import FilingState
from creditbank.filings.queries import (
    appeals_of,
    filings_of_accounts,
    filings_of_conversions,
)
from creditbank.filings.show import looks_at, show_filings
from creditbank.keystore.account_key import AccountKey
from creditbank.matters.matter import MatterState
from creditbank.matters.queries import matters_about, matters_of_accounts

Keys = Mapping[str, AccountKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision: its kind, what it is about, with whom it was, and the last day to appeal.

    What was handed in by that day may be typed later.
    """

    id: str
    kind: str
    name: Named
    institution: str | None
    until: str | None


def decided_for(page: Page, key: AccountKey) -> list[Decided]:
    """Give what a learner may appeal against: what was refused, and what a rule decided alone."""
    keys = keys_by_account(key, page.bank)
    return [*_matters(page, keys), *_filings(page, keys), *_conversions(page, keys)]


def _matters(page: Page, keys: Keys) -> Iterator[Decided]:
    with page.bank.readers.reading() as connection:
        stored = matters_of_accounts(connection, keys)
    refused = [one for one in stored if one.state == MatterState.REFUSED]
    views = matter_views(refused, keys, page.bank)
    rules = rule_titles(page.bank, {one.content["rule"] for one in views if one.conversion})
    for one in views:
        if one.appeal is None and one.appeal_of is None:
            yield Decided(
                id=one.id,
                kind=one.kind,
                name=title_of(one, rules),
                institution=one.institution,
                until=one.appeal_until,
            )


def title_of(one: MatterView, rules: Mapping[str, Named]) -> Named:
    """Give what a matter is about: the rule of a conversion, or what she said; it may be empty."""
    said = one.content.get("title") or one.content.get("course") or ""
    return rules.get(one.content.get("rule", ""), Named(said, None))


def _filings(page: Page, keys: Keys) -> Iterator[Decided]:
    bank, today = page.bank, civil_day(page.bank.clock())
    with bank.readers.reading() as connection:
        stored = filings_of_accounts(connection, list(keys))
        refused = [one for one in stored if one.state == FilingState.REFUSED]
        appealed = appeals_of(connection, [one.id for one in refused])
        looks = looks_at(refused, dict(keys), bank.keystore.secrets)
        shown = show_filings(connection, looks, today, bank.working_days)
    titles = rule_titles(bank, {one.stored.rule_id for one in shown})
    for one in shown:
        if one.stored.id not in appealed:
            yield Decided(
                id=one.stored.id,
                kind="filing",
                name=titles.get(one.stored.rule_id, Named(one.stored.rule_id, None)),
                institution=one.stored.institution_id,
                until=None if one.appeal_until is None else one.appeal_until.isoformat(),
            )


def _conversions(page: Page, keys: Keys) -> Iterator[Decided]:
    made = _by_a_rule_alone(page, keys)
    titles = rule_titles(page.bank, {one.rule_id for one in made})
    for one in made:
        yield Decided(
            id=one.id,
            kind="conversion",
            name=titles.get(one.rule_id, Named(one.rule_id, None)),
            institution=one.institution_id,
            until=None,
        )


def _by_a_rule_alone(page: Page, keys: Keys) -> list[StoredConversion]:
    """Give the conversions that stand, that no person decided and nobody appealed against."""
    with page.bank.readers.reading() as connection:
        ids = [id_ for one in keys for _, id_ in conversion_entries(connection, one)]
        stored = find_conversions(connection, ids)
        by_persons = filings_of_conversions(connection, ids)
        appealed = {one.conversion_id for one in matters_about(connection, conversions=ids)}
    return [
        stored[id_]
        for id_ in ids
        if stored[id_].status in HOLDING and id_ not in by_persons and id_ not in appealed
    ]
