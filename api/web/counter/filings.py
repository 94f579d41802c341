"""File a request for a learner at the counter; the day on which it was handed in counts."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import served_key
from api.v1.own_filings import FilingRequest
from api.web.counter.days import read_received_on
from api.web.counter.person import ACCOUNT, required_visit
from api.web.forms import Form, PostedForm
from api.web.names import Named, institution_names
from api.web.page import Page
from api.web.rule_search import Sought, rules_like
from api.web.staff.pages import CounterPage
from creditbank.conversion.days import civil_day
from creditbank.credits.recognise import RecogniseCredit
from creditbank.credits.request import Request
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.filings.file import FileRequest
from creditbank.rules.queries import StoredRule, published_rules

router = APIRouter(include_in_schema=False)

RULES_SHOWN = 30


@router.get(f"{ACCOUNT}/filing")
def choose_rule(
    page: CounterPage, account_id: str, bank: CurrentBank, sought: Sought = ""
) -> Response:
    """Ask by which rule; of many, those that are sought."""
    key = served_key(account_id, page.actor, bank)
    rules = rules_in_force(page)
    institutions = institution_names(bank, {one.institution_id for one in rules})
    found = rules_like(rules, institutions, sought)
    return page.show(
        "counter/filing_rules.html",
        account_id=account_id,
        number=key.number,
        rules=found[:RULES_SHOWN],
        left=len(found[RULES_SHOWN:]),
        sought=sought,
        institutions=institutions,
    )


@router.get(f"{ACCOUNT}/filing/{{rule_id}}")
def ask_filing(page: CounterPage, account_id: str, rule_id: str, bank: CurrentBank) -> Response:
    """Ask for outcomes, courses and the day of receipt."""
    today = civil_day(bank.clock()).isoformat()
    return _form(page, account_id, rule_id, page.form(received_on=today))


@router.post(f"{ACCOUNT}/filing/{{rule_id}}")
async def file_at_counter(
    page: CounterPage, account_id: str, rule_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """File it as she agreed, or have it recognised at once where the rule decides alone."""
    await run_in_threadpool(required_visit, page, account_id)
    try:
        body, request = await run_in_threadpool(_request, page, rule_id, form)
        key = await run_in_threadpool(served_key, account_id, page.actor, bank)
        filing = FileRequest(
            key=key,
            secrets=bank.keystore.secrets,
            request=request,
            by=page.actor.person,
            text=body.text,
        )
        filed = await run_in_threadpool(_file, page, form, filing)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "outcomes")
        return await run_in_threadpool(_form, page, account_id, rule_id, refused, 422)
    if filed is None:
        return page.go(f"/desk/counter/accounts/{account_id}", "recognised-at-once")
    return page.go(f"/desk/counter/accounts/{account_id}/slips/{filed}", "filed-at-counter")


def _file(page: Page, form: Form, filing: FileRequest) -> str | None:
    """Give the id of the filing, None where the rule recognised the credit at once."""
    writer, attempt = page.bank.writer, form.attempt(page.request)
    try:
        return writer.submit_once(filing, attempt.by(page.actor)).result().answer
    except Refusal as refusal:
        if refusal.code != "filing-not-needed":
            raise
    recognition = RecogniseCredit(
        key=filing.key, secrets=filing.secrets, request=filing.request, by=filing.by
    )
    writer.submit_once(recognition, attempt.by(page.actor)).result()
    return None


def rules_in_force(page: Page) -> list[StoredRule]:
    """Give the published versions that count today, the newest of each rule."""
    today = civil_day(page.bank.clock())
    with page.bank.readers.reading() as connection:
        published = published_rules(connection)
    newest = {one.id: one for one in published if one.document.rule.effective_from <= today}
    return [one for one in newest.values() if _counts(one, today)]


def _counts(one: StoredRule, today: date) -> bool:
    until = one.document.rule.effective_until
    return until is None or today < until


def _request(page: Page, rule_id: str, form: Form) -> tuple[FilingRequest, Request]:
    form.require("outcomes", "received_on")
    chosen = {name: [one for one in form.texts(name) if one] for name in ("outcomes", "targets")}
    body = form.read(FilingRequest, rule=rule_id, **chosen, text=form.text("text"))
    offered = {code for code, _ in _targets(_rule(page, rule_id))}
    if not offered >= set(body.targets):
        raise InvalidInput([FieldProblem(field="targets", code="target-unknown")])
    request = Request(
        rule_id=rule_id,
        outcome_ids=body.outcomes,
        targets=body.targets,
        received_on=read_received_on(form),
    )
    return body, request


def _form(page: Page, account_id: str, rule_id: str, form: Form, status: int = 200) -> Response:
    visit, rule = required_visit(page, account_id), _rule(page, rule_id)
    return page.show(
        "counter/filing.html",
        status=status,
        form=form,
        account_id=account_id,
        visit=visit,
        rule=rule.document.rule,
        targets=_targets(rule),
    )


def _rule(page: Page, rule_id: str) -> StoredRule:
    rule = next((one for one in rules_in_force(page) if one.id == rule_id), None)
    if rule is None:
        raise Refusal("not-found")
    return rule


def _targets(rule: StoredRule) -> Sequence[tuple[str, Named]]:
    """Give the courses that may be wished for; none where the rule has one target of its own."""
    stated = getattr(rule.document.rule.shape, "targets", ())
    return [(one.code, Named(one.title.zh, one.title.en)) for one in stated]
