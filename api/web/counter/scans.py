"""Scan what a learner brought 佐证材料, and keep a deposit 成果存储 that she declares with it."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import served_key
from api.v1.counter_evidence import add_served_evidence
from api.v1.evidence import AddedBy, ArchiveNumber
from api.v1.fields import Request as Body
from api.v1.own_matters import DepositRequest
from api.web.counter.days import read_received_on
from api.web.counter.person import ACCOUNT, required_visit
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.pages import CounterPage
from api.web.uploaded import read_upload
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.evidence.add import EvidenceKind
from creditbank.evidence.queries import StoredEvidence, evidence_of_account
from creditbank.matters.file import FileMatter
from creditbank.matters.matter import MatterKind
from creditbank.outcomes.deposit import read_deposit

router = APIRouter(include_in_schema=False)

KINDS = tuple(one.value for one in EvidenceKind)
DECLARED = (
    "title",
    "awarding_body",
    "awarded_on",
    "result",
    "class_hours",
    "certificate_series",
    "certificate_number",
    "text",
)


class ScanRequest(Body):
    """What is stated of a scan beside the file."""

    archive_number: ArchiveNumber = None


@router.get(f"{ACCOUNT}/evidence")
def ask_scan(page: CounterPage, account_id: str) -> Response:
    """Ask for a photo or a PDF, and show what is there."""
    return _scan(page, account_id, page.form(kind="certificate"))


@router.post(f"{ACCOUNT}/evidence")
async def scan(
    page: CounterPage, account_id: str, request: Request, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take the file in; its salted hash goes into the ledger."""
    await run_in_threadpool(required_visit, page, account_id)
    try:
        stated = form.read(ScanRequest, archive_number=form.text("archive_number"))
        content = await _file(request)
        by = AddedBy(
            page.actor.person,
            _kind(form),
            archive_number=stated.archive_number,
            original_seen_by=page.actor.person if form.has("original_seen", "yes") else None,
        )
        await add_served_evidence(account_id, content, page.actor, bank, by)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "scan")
        return await run_in_threadpool(_scan, page, account_id, refused, 422)
    return page.go(f"/desk/counter/accounts/{account_id}/evidence", "scanned")


@router.get(f"{ACCOUNT}/deposit")
def ask_deposit(page: CounterPage, account_id: str, bank: CurrentBank) -> Response:
    """Ask for what she declares; a scan of it was taken before."""
    today = civil_day(bank.clock()).isoformat()
    return _deposit(page, account_id, page.form(received_on=today))


@router.post(f"{ACCOUNT}/deposit")
async def deposit(
    page: CounterPage, account_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Keep an outcome as she declares it; nobody attests it, and it counts nowhere."""
    await run_in_threadpool(required_visit, page, account_id)
    try:
        command = await run_in_threadpool(_deposited, page, account_id, form)
        attempt = form.attempt(page.request)
        await attempt.act(command, actor=page.actor, bank=bank, response=Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "evidence")
        return await run_in_threadpool(_deposit, page, account_id, refused, 422)
    return page.go(f"/desk/counter/accounts/{account_id}", "deposited")


def _deposited(page: Page, account_id: str, form: Form) -> FileMatter:
    bank = page.bank
    form.require("title", "awarding_body", "awarded_on", "evidence", "received_on")
    stated = {name: form.text(name) for name in DECLARED}
    body = form.read(DepositRequest, evidence=form.texts("evidence"), **stated)
    return FileMatter(
        key=served_key(account_id, page.actor, bank),
        by=page.actor.person,
        kind=MatterKind.DEPOSIT,
        content=read_deposit(body.model_dump(exclude={"evidence"}), today=civil_day(bank.clock())),
        evidence=body.evidence,
        received_on=read_received_on(form),
    )


async def _file(request: Request) -> bytes:
    """Give the file that was chosen; raises `InvalidInput` for none."""
    content = await read_upload(request, "scan")
    if not content:
        raise InvalidInput([FieldProblem(field="scan", code="field-missing")])
    return content


def _kind(form: Form) -> EvidenceKind:
    if form.typed("kind") not in KINDS:
        facts = {"known": KINDS}
        raise InvalidInput([FieldProblem(field="kind", code="kind-unknown", facts=facts)])
    return EvidenceKind(form.typed("kind"))


def _evidence(page: Page, account_id: str) -> list[StoredEvidence]:
    required_visit(page, account_id)
    with page.bank.readers.reading() as connection:
        return list(evidence_of_account(connection, account_id))


def _scan(page: Page, account_id: str, form: Form, status: int = 200) -> Response:
    return page.show(
        "counter/scan.html",
        status=status,
        form=form,
        account_id=account_id,
        kinds=KINDS,
        pieces=_evidence(page, account_id),
    )


def _deposit(page: Page, account_id: str, form: Form, status: int = 200) -> Response:
    return page.show(
        "counter/deposit.html",
        status=status,
        form=form,
        account_id=account_id,
        pieces=_evidence(page, account_id),
    )
