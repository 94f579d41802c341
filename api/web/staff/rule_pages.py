"""The conversion rules: their list, one in plain words with its own cases, and its versions."""

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from api.code_words import code_word
from api.dependencies import Public
from api.rule_words.pages import rule_changes, rule_lines
from api.web.forms import Form
from api.web.names import institution_names
from api.web.page import CurrentPage, Page
from api.web.page_numbers import PageNumber
from api.web.rule_search import Sought, rules_like
from api.web.staff.life_cycle import life_of
from api.web.staff.named import part, staff_names
from api.web.staff.rule_drafts import drafts_of, is_within, seen_version
from api.web.staff.shown_simulations import Simulations
from creditbank.access.actor import Scope
from creditbank.conversion.cases import run_cases
from creditbank.conversion.days import civil_day
from creditbank.conversion.rule import Rule
from creditbank.errors import Refusal
from creditbank.rules.queries import StoredRule, published_rules, versions_of
from creditbank.statistics.reach import Reach, reach_on

# Public for the table of doors: published rules are public, and drafts are looked for by who looks.
router = APIRouter(include_in_schema=False, dependencies=[Public])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """A version of a rule; `state` is `draft`, `coming`, `in_force` or `over`."""

    stored: StoredRule
    state: str


@router.get("/desk/rules")
def list_rules(page: CurrentPage, at: PageNumber = "1", sought: Sought = "") -> Response:
    """List drafts first, then every published version, the newest first; or what is sought."""
    require_staff(page)
    with page.bank.readers.reading() as connection:
        published = published_rules(connection)
    newest = sorted(published, key=lambda one: one.entry_index or 0, reverse=True)
    every = [*drafts_of(page), *newest]
    institutions = institution_names(page.bank, {one.institution_id for one in every})
    shown = part(rules_like(every, institutions, sought), at)
    superseded = {(one.id, one.document.rule.supersedes) for one in published}
    return page.show(
        "staff/rules.html",
        part=shown,
        rows=[
            ShownRule(stored=one, state=state_of(page, one, (one.id, one.version) in superseded))
            for one in shown.rows
        ],
        institutions=institutions,
        sought=sought,
    )


@router.get("/desk/rules/{rule_id}/{version}")
def show_rule(page: CurrentPage, rule_id: str, version: str) -> Response:
    """Show a version in plain words, what its own cases give, and what changed."""
    require_staff(page)
    return show_version(page, seen_version(page, rule_id, version), page.form())


def show_version(page: Page, stored: StoredRule, form: Form, status: int = 200) -> Response:
    """Show a version of a rule with the form by which a draft is approved."""
    with page.bank.readers.reading() as connection:
        versions = versions_of(connection, [stored.id])[stored.id]
    results = list(run_cases(stored.document))
    others = [one for one in versions if one.entry_index is not None and one != stored]
    before = next((one for one in others if one.version == stored.document.rule.supersedes), None)
    follower = next((one for one in others if one.document.rule.supersedes == stored.version), None)
    rule, failed = stored.document.rule, sum(not one.has_passed for one in results)
    state = state_of(page, stored, follower is not None and _is_over(page, follower))
    simulations = Simulations.of(page, stored)
    return page.show(
        "staff/rule.html",
        status=status,
        one=stored,
        rule=rule,
        state=state,
        life=life_of(stored, simulations.kept, failed=failed, counts=state in {"in_force", "over"}),
        lines=rule_lines(rule, page.language),
        signed=rule_lines(rule, "zh"),
        results=results,
        failed=failed,
        reach=_reach(page, rule, before) if stored.entry_index is None else None,
        changes=_changes(before, rule, page.language),
        signed_changes=_changes(before, rule, "zh"),
        before=before,
        versions=[*others, stored],
        staff=staff_names(page.bank),
        institutions=institution_names(page.bank, {stored.institution_id}),
        simulation=_simulation(page, stored),
        kept=simulations.shown if is_within(page, stored) else None,
        is_changed_since=simulations.is_changed_since,
        reason=partial(code_word, "reason", language=page.language),
        may_approve=stored.entry_index is None and page.may(Scope.CATALOGUE_CERTIFY),
        form=form,
    )


def require_staff(page: Page) -> None:
    """Raise `Refusal("forbidden")` for a learner, "unauthenticated" for nobody."""
    if page.actor.account_id is not None:
        raise Refusal("forbidden")


def state_of(page: Page, one: StoredRule, is_superseded: bool) -> str:  # noqa: FBT001 - a fact
    """Say whether a version is a draft, to come, in force, or over."""
    rule, today = one.document.rule, civil_day(page.bank.clock())
    if one.entry_index is None:
        return "draft"
    if rule.effective_from > today:
        return "coming"
    is_ended = rule.effective_until is not None and rule.effective_until <= today
    return "over" if is_superseded or is_ended else "in_force"


def _changes(before: StoredRule | None, rule: Rule, language: str) -> list[str]:
    return [] if before is None else rule_changes(before.document.rule, rule, language)


def _is_over(page: Page, follower: StoredRule) -> bool:
    return follower.document.rule.effective_from <= civil_day(page.bank.clock())


def _simulation(page: Page, stored: StoredRule) -> str | None:
    """Give the address of the simulation of a draft, for who drafts or approves rules."""
    may_see = page.may(Scope.CATALOGUE_WRITE) or page.may(Scope.CATALOGUE_CERTIFY)
    if stored.entry_index is not None or not may_see:
        return None
    return f"/desk/rules/{stored.id}/{stored.version}/simulation"


def _reach(page: Page, rule: Rule, before: StoredRule | None) -> Reach:
    earlier = None if before is None else before.document.rule
    with page.bank.readers.reading() as connection:
        return reach_on(connection, rule, earlier, civil_day(page.bank.clock()))
