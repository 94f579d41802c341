"""Find whom one serves: by an account number or a document as printed, and by nothing else."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank, throttle_client
from api.throttling import GUESSING
from api.v1.account_access import served_key
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.pages import CounterPage
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.documents import Document, DocumentType, read_document

router = APIRouter(include_in_schema=False)

NUMBER, DOCUMENT = "number", "document"
WAYS = (NUMBER, DOCUMENT)
DOCUMENT_TYPES = tuple(one.value for one in DocumentType)


@router.get("/desk/counter")
def ask_person(page: CounterPage) -> Response:
    """Ask for the number or the document of who stands there."""
    return page.show("counter/find.html", form=page.form(by=NUMBER), types=DOCUMENT_TYPES)


@router.post("/desk/counter")
def find_person(page: CounterPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Lead to her account; others are alike unknown, and wrong tries are counted."""
    try:
        key = _find(page, form)
        served_key(key.account_id, page.actor, bank)
    except Refusal as refusal:
        told = refusal
        if refusal.code in {"not-found", "account-unknown"}:
            throttle_client(page.request, bank, GUESSING, page.actor.id)
            told = Refusal("account-not-served")
        refused = page.refused(form, told, _field(form))
        return page.show("counter/find.html", status=422, form=refused, types=DOCUMENT_TYPES)
    return page.go(f"/desk/counter/accounts/{key.account_id}")


def _find(page: Page, form: Form) -> AccountKey:
    """Give the key that is named; raises `Refusal("account-unknown")`, `InvalidInput`."""
    keystore = page.bank.keystore
    if form.chosen("by", WAYS) == DOCUMENT:
        tag = _document(form).tag(keystore.secrets)
        found = keystore.find([tag]).get(tag)
    else:
        number = "".join((form.text("account_number") or "").split())
        if not number:
            raise InvalidInput([FieldProblem(field="account_number", code="field-missing")])
        found = keystore.find_by_number(number)
    if found is None:
        raise Refusal("account-unknown")
    return found


def _document(form: Form) -> Document:
    read = read_document(form.typed("type"), form.text("country"), form.typed("number"))
    if isinstance(read, Document):
        return read
    raise InvalidInput(read)


def _field(form: Form) -> str:
    return "number" if form.has("by", DOCUMENT) else "account_number"
