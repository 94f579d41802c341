"""One matter as who decides on it sees it: what it is about, and how it may be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.decision_view import trace_view
from api.v1.account_keys import account_key
from api.v1.matter_views import MatterView
from api.v1.matters import read_matter, seen_matter
from api.v1.outcomes import read_outcome
from api.v1.standing_views import OutcomeView
from api.web.names import Named
from api.web.page import Page
from api.web.staff.filing_case import Heard, heard_by_subject, targets_of
from creditbank.credits.queries import find_conversions
from creditbank.credits.show import open_conversion
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.matters.matter import GRANTED_BY, REFUSALS, MatterKind
from creditbank.matters.others import barred_from
from creditbank.matters.queries import find_matters
from creditbank.outcomes.queries import find_outcomes
from creditbank.rules.queries import rules_by_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed:
    """A conversion that is appealed against: the rule, what it gave, and what its tests said."""

    rule: Named
    rule_link: str
    credits: str
    filed_on: str
    status: str
    heard: Sequence[Heard]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterCase:
    """Everything that a page shows of a matter.

    `granted_by` is the decision that grants it, `codes` are those of a refusal; `is_mine` where who
    looks may decide it.
    """

    matter: MatterView
    deposit: Mapping[str, str]
    disputed: OutcomeView | None
    appealed: Appealed | None
    before: MatterView | None
    granted_by: str
    codes: Sequence[str]
    is_mine: bool

    @property
    def decisions(self) -> Sequence[str]:
        """How it may be answered."""
        return (self.granted_by, "returned", "refused")

    @property
    def is_correctable(self) -> bool:
        """Say whether the disputed record stands as it did, so that it has to be corrected."""
        return self.disputed is not None and self.disputed.status == "active"


def open_matter(page: Page, matter_id: str) -> MatterCase:
    """Open a matter for who looks; raises `Refusal("not-found")`."""
    bank, stored = page.bank, seen_matter(matter_id, page.actor, page.bank)
    matter = read_matter(matter_id, page.actor, bank)
    kind = MatterKind(matter.kind)
    with bank.readers.reading() as connection:
        barred = barred_from(connection, [stored]).get(matter_id, frozenset())
    before = matter.appeal_of
    return MatterCase(
        matter=matter,
        deposit=_deposit(page, matter),
        disputed=_disputed(page, matter),
        appealed=_appealed(page, matter),
        before=None if before is None else read_matter(before, page.actor, bank),
        granted_by=GRANTED_BY[kind].value,
        codes=[one.value for one in REFUSALS.get(kind, ())],
        is_mine=page.actor.person not in barred,
    )


def _deposit(page: Page, matter: MatterView) -> dict[str, str]:
    """Give what the deposit states whose certification is asked for."""
    if matter.deposit is None:
        return {}
    account_id = seen_matter(matter.id, page.actor, page.bank).account_id
    key = account_key(account_id, page.bank)
    with page.bank.readers.reading() as connection:
        found = find_matters(connection, [matter.deposit]).get(matter.deposit)
    return {} if found is None or found.account_id != account_id else found.content(key)


def _disputed(page: Page, matter: MatterView) -> OutcomeView | None:
    if matter.disputed is None:
        return None
    return read_outcome(matter.disputed, page.actor, page.bank)


def _appealed(page: Page, matter: MatterView) -> Appealed | None:
    """Open the conversion that is appealed against, for whoever decides on it."""
    if matter.conversion is None:
        return None
    bank = page.bank
    with bank.readers.reading() as connection:
        stored = find_conversions(connection, [matter.conversion])[matter.conversion]
        rule = rules_by_hash(connection, [stored.rule_sha256])[stored.rule_sha256].document.rule
    opened = open_conversion(stored, account_key(stored.account_id, bank))
    lines = trace_view(opened.decision.trace, page.problems, page.language)
    names = targets_of(rule) | _titles(page, {part.outcome for part in opened.decision.parts})
    return Appealed(
        rule=Named(rule.title.zh, rule.title.en),
        rule_link=f"/desk/rules/{stored.rule_id}/{stored.rule_version}",
        credits=str(opened.decision.credits),
        filed_on=opened.filing.filed_on.isoformat(),
        status=stored.status,
        heard=list(heard_by_subject(lines, names)),
    )


def _titles(page: Page, ids: set[str]) -> dict[str, Named]:
    """Name the outcomes that were used; another institution may have posted them."""
    with page.bank.readers.reading() as connection:
        found = find_outcomes(connection, ids)
    keys = page.bank.keystore.get({one.account_id for one in found.values()})
    named = {}
    for one in found.values():
        if (key := keys.get(one.account_id)) is not None:
            statement = open_statement(key, "outcome", one.id, one.sealed_statement)
            named[one.id] = Named(str(fields_of(statement)["title"]), None)
    return named
