"""What was sent back to a learner 退回补正, a matter or a filing, as a clerk answers it for her."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.v1.account_access import keys_by_account, served_key
from api.v1.filing_views import FilingStepView, FilingView
from api.v1.matter_views import MatterView, StepView, matter_views
from api.web.counter.decided import title_of
from api.web.counter.person import filing_views, required_visit
from api.web.names import Named
from api.web.page import Page
from api.web.staff.named import rule_titles
from creditbank.errors import Refusal
from creditbank.filings.chain import Act, FilingState
from creditbank.filings.queries import find_filings
from creditbank.keystore.account_key import AccountKey
from creditbank.matters.matter import MatterState, StepKind
from creditbank.matters.queries import find_matters

Keys = Mapping[str, AccountKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """A matter or filing: its kind, what it is about, with whom it lies, and its slip.

    `returned` is the step that sent it back last, with what is missing; `waits` while that is not
    answered. What answers a matter may come with scans.
    """

    id: str
    kind: str
    name: Named
    institution: str | None
    returned: StepView | FilingStepView | None
    waits: bool
    takes_scans: bool
    slip: str


def find_sent_back(page: Page, account_id: str, sought: str) -> SentBack:
    """Give a matter or filing of hers; raises `Refusal("not-found")`, "visit-not-begun"."""
    required_visit(page, account_id)
    keys = keys_by_account(served_key(account_id, page.actor, page.bank), page.bank)
    found = _of_filing(page, account_id, keys, sought) or _of_matter(page, account_id, keys, sought)
    if found is None:
        raise Refusal("not-found")
    return found


def _of_filing(page: Page, account_id: str, keys: Keys, sought: str) -> SentBack | None:
    with page.bank.readers.reading() as connection:
        stored = find_filings(connection, [sought]).get(sought)
    if stored is None or stored.account_id not in keys:
        return None
    one: FilingView = filing_views(page, [stored], keys)[0]
    return SentBack(
        id=one.id,
        kind="filing",
        name=rule_titles(page.bank, {one.rule}).get(one.rule, Named(one.rule, None)),
        institution=one.institution,
        returned=next((step for step in reversed(one.steps) if step.act == Act.RETURNED), None),
        waits=one.state == FilingState.RETURNED,
        takes_scans=False,
        slip=f"/desk/counter/accounts/{account_id}/slips/{one.id}",
    )


def _of_matter(page: Page, account_id: str, keys: Keys, sought: str) -> SentBack | None:
    with page.bank.readers.reading() as connection:
        stored = find_matters(connection, [sought]).get(sought)
    if stored is None or stored.account_id not in keys:
        return None
    one: MatterView = matter_views([stored], keys, page.bank)[0]
    rules = rule_titles(page.bank, {one.content["rule"]} if one.conversion else set())
    return SentBack(
        id=one.id,
        kind=one.kind,
        name=title_of(one, rules),
        institution=one.institution,
        returned=next(
            (step for step in reversed(one.steps) if step.kind == StepKind.RETURNED), None
        ),
        waits=one.state == MatterState.RETURNED,
        takes_scans=True,
        slip=f"/desk/counter/accounts/{account_id}/matter-slips/{one.id}",
    )
