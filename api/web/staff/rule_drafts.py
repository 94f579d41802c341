"""Drafts of rules: who may see them, how one is made, and how a second person approves it."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.pages import ApproverPage, DrafterPage
from creditbank.conversion.days import civil_day
from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.tree import load_tree
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule
from creditbank.rules.queries import StoredRule, drafted_rules, versions_of

router = APIRouter(include_in_schema=False)

RULE_TEXT_MAX = 200_000


@router.get("/desk/rule-drafts/new")
def ask_rule(page: DrafterPage) -> Response:
    """Ask for the file of a rule."""
    return page.show("staff/rule_new.html", form=page.form(), faults=[])


@router.post("/desk/rule-drafts/new")
def draft(page: DrafterPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Store the draft in the name of who is logged in; it is not in force yet."""
    try:
        stored = bank.writer.write(_draft(page, form)).answer
    except Refusal as refusal:
        faults = refusal.problems if isinstance(refusal, InvalidInput) else ()
        return page.show(
            "staff/rule_new.html",
            status=422,
            form=page.refused(form, Refusal("rule-file-wrong") if faults else refusal, "file"),
            faults=[_told(page, one) for one in sorted(faults, key=_line)],
        )
    return page.go(f"/desk/rules/{stored.id}/{stored.version}", "rule-drafted")


@router.post("/desk/rule-drafts/{rule_id}/{version}/approval")
async def approve(
    page: ApproverPage, rule_id: str, version: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Publish a draft that was simulated as it stands; who drafted it does not approve it."""
    from api.web.staff.rule_pages import show_version  # noqa: PLC0415 - pages show what this stores

    stored = await run_in_threadpool(seen_version, page, rule_id, version)
    try:
        _require_signed(form)
        by = page.actor.person
        command = PublishRule(document=stored.document, by=by, after_simulation=True)
        await run_in_threadpool(bank.writer.write, command)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "approve")
        return await run_in_threadpool(show_version, page, stored, refused, 422)
    return page.go(f"/desk/rules/{rule_id}/{version}", "rule-published")


def drafts_of(page: Page) -> list[StoredRule]:
    """Give the drafts of the institutions under that of who looks."""
    institution = page.actor.institution
    with page.bank.readers.reading() as connection:
        tree = load_tree(connection, civil_day(page.bank.clock()))
        drafts = drafted_rules(connection)
    return [one for one in drafts if tree.covers(institution, one.institution_id)]


def seen_version(page: Page, rule_id: str, version: str) -> StoredRule:
    """Give a version that who looks may see; raises `Refusal("not-found")`."""
    with page.bank.readers.reading() as connection:
        found = versions_of(connection, [rule_id]).get(rule_id, ())
    for one in found:
        if one.version == version and (one.entry_index is not None or is_within(page, one)):
            return one
    raise Refusal("not-found")


def is_within(page: Page, stored: StoredRule) -> bool:
    """Say whether a rule is of the institution of who looks, or of one under it."""
    with page.bank.readers.reading() as connection:
        tree = load_tree(connection, civil_day(page.bank.clock()))
    return tree.covers(page.actor.institution, stored.institution_id)


def _draft(page: Page, form: Form) -> DraftRule:
    text = form.typed("file")
    if not text.strip():
        raise InvalidInput([FieldProblem(field="file", code="field-missing")])
    return DraftRule(
        institution_id=page.actor.institution,
        document=RuleDocument.read(text),
        by=page.actor.person,
    )


def _told(page: Page, problem: FieldProblem) -> tuple[object, str, object]:
    """Say where in the file a fault is, by its line if it has one, and what it is."""
    detail = page.problems.field(problem, page.language)["detail"]
    return problem.facts.get("line"), problem.field, detail


def _line(problem: FieldProblem) -> int:
    return int(str(problem.facts.get("line", 0)))


def _require_signed(form: Form) -> None:
    if not form.has("approve", "yes"):
        raise InvalidInput([FieldProblem(field="approve", code="field-missing")])
