"""The published conversion rules, each with its hash and in which days it counts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank, Public
from api.rule_words.pages import rule_lines, rule_page
from api.v1.institution_list import ListedInstitution
from api.web.names import institution_names
from api.web.page import CurrentPage
from api.web.page_numbers import PageNumber, page_number, pages_of
from api.web.published.institutions import institutions_named
from api.web.rule_search import Sought, rules_like
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.conversion.rule import Rule
from creditbank.conversion.versions import versions_in_force
from creditbank.rules.queries import (
    StoredRule,
    get_published_rule,
    published_rules,
    published_versions,
)

router = APIRouter(include_in_schema=False, dependencies=[Public])

PAGE_RULES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """A version; its `standing` of today is `in_force`, `coming` or `over`."""

    stored: StoredRule
    standing: str
    institution: ListedInstitution | None

    @property
    def rule(self) -> Rule:
        """What it says."""
        return self.stored.document.rule


@router.get("/rules")
def list_rules(
    page: CurrentPage,
    bank: CurrentBank,
    at: PageNumber = "1",
    sought: Sought = "",
) -> Response:
    """List the published versions, the newest first, or those of them that are sought."""
    with bank.readers.reading() as connection:
        every = published_rules(connection)[::-1]
    institutions = institution_names(bank, {one.institution_id for one in every}) if sought else {}
    found = rules_like(every, institutions, sought)
    pages = pages_of(len(found), PAGE_RULES)
    number = page_number(at, pages)
    shown = _shown(bank, found[(number - 1) * PAGE_RULES : number * PAGE_RULES])
    return page.show(
        "published/rules.html", rules=shown, at=number, of=pages, count=len(found), sought=sought
    )


@router.get("/rules/{rule_id}/{version}")
def show_rule(page: CurrentPage, bank: CurrentBank, rule_id: str, version: str) -> Response:
    """Show one version in the words that were signed, with its hash; in English too for reading."""
    with bank.readers.reading() as connection:
        stored = get_published_rule(connection, rule_id, version)
    (shown,) = _shown(bank, [stored])
    return page.show(
        "published/rule.html",
        one=shown,
        lines=rule_lines(stored.document.rule, page.language),
        signed=rule_page(stored.document),
    )


def _shown(bank: Bank, rules: Sequence[StoredRule]) -> list[ShownRule]:
    today = civil_day(bank.clock())
    with bank.readers.reading() as connection:
        versions = published_versions(connection, {one.id for one in rules})
        named = institutions_named(connection, {one.institution_id for one in rules}, today)
    in_force = _in_force(versions, today)
    return [
        ShownRule(
            stored=one,
            standing=_standing(one, in_force, today),
            institution=named.get(one.institution_id),
        )
        for one in rules
    ]


def _in_force(versions: Sequence[StoredRule], today: date) -> set[str]:
    """Give the hashes of the versions under which something filed today may fall."""
    by_id: dict[str, list[StoredRule]] = defaultdict(list)
    for one in versions:
        by_id[one.id].append(one)
    return {
        found.document.sha256
        for several in by_id.values()
        for found in versions_in_force([one.document for one in several], today)
    }


def _standing(one: StoredRule, in_force: set[str], today: date) -> str:
    if one.sha256 in in_force:
        return "in_force"
    return "coming" if one.document.rule.effective_from > today else "over"
