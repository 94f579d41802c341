"""What is printed and handed over: the account card, slips, the learning record."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_by_account, served_key
from api.v1.matter_views import matter_views
from api.web.counter.person import ACCOUNT, filing_views, required_visit
from api.web.names import institution_names
from api.web.staff.named import rule_titles
from api.web.staff.pages import CounterPage
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.filings.chain import Act
from creditbank.filings.queries import find_filings
from creditbank.matters.queries import find_matters
from creditbank.rules.queries import rules_by_hash
from ledger.read import newest_checkpoint

router = APIRouter(include_in_schema=False)


@router.get(f"{ACCOUNT}/card")
def print_card(page: CounterPage, account_id: str) -> Response:
    """Show the card with her number, to be printed."""
    visit = required_visit(page, account_id)
    return page.show("counter/card.html", account_id=account_id, account=visit.account)


@router.get(f"{ACCOUNT}/record")
def print_record(page: CounterPage, account_id: str, bank: CurrentBank) -> Response:
    """Show everything that is recorded for her and still stands, to be printed."""
    visit = required_visit(page, account_id)
    with bank.readers.reading() as connection:
        checkpoint = newest_checkpoint(connection)
    return page.show(
        "counter/record.html",
        account_id=account_id,
        visit=visit,
        today=civil_day(bank.clock()),
        size=None if checkpoint is None else checkpoint.size,
    )


@router.get(f"{ACCOUNT}/slips/{{filing_id}}")
def print_slip(page: CounterPage, account_id: str, filing_id: str, bank: CurrentBank) -> Response:
    """Show the slip of what was filed: when it was received, who decides, by when."""
    required_visit(page, account_id)
    key = served_key(account_id, page.actor, bank)
    keys = keys_by_account(key, bank)
    with bank.readers.reading() as connection:
        filing = find_filings(connection, [filing_id]).get(filing_id)
        if filing is None or filing.account_id not in keys:
            raise Refusal("not-found")
        rule = rules_by_hash(connection, [filing.rule_sha256])[filing.rule_sha256].document.rule
    steps = filing_views(page, [filing], keys)[0].steps
    return page.show(
        "counter/slip.html",
        account_id=account_id,
        number=key.number,
        filing=filing,
        answer=next((step for step in reversed(steps) if step.act == Act.ANSWERED), None),
        outcomes=len(filing.request(keys[filing.account_id]).outcome_ids),
        rule=rule,
        titles=rule_titles(bank, {filing.rule_id}),
        institutions=institution_names(bank, {filing.institution_id}),
    )


@router.get(f"{ACCOUNT}/matter-slips/{{matter_id}}")
def print_matter_slip(
    page: CounterPage, account_id: str, matter_id: str, bank: CurrentBank
) -> Response:
    """Show the slip of a dispute or appeal: what was filed, with whom it lies, until when."""
    required_visit(page, account_id)
    key = served_key(account_id, page.actor, bank)
    keys = keys_by_account(key, bank)
    with bank.readers.reading() as connection:
        matter = find_matters(connection, [matter_id]).get(matter_id)
    if matter is None or matter.account_id not in keys:
        raise Refusal("not-found")
    [one] = matter_views([matter], keys, bank)
    return page.show(
        "counter/matter_slip.html",
        account_id=account_id,
        number=key.number,
        one=one,
        answer=next((step for step in reversed(one.steps) if step.kind == "answered"), None),
        rules=rule_titles(bank, {one.content["rule"]} if one.conversion else set()),
        institutions=institution_names(bank, {one.institution} if one.institution else set()),
    )
