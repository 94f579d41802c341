"""Documents 证件 that staff saw, the names they print, and the claim of an account with one."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from api.dependencies import AccountsServer, Citizen, CurrentBank, CurrentProblems, Language
from api.problems import Problems
from api.response import Response
from api.v1 import account_examples
from api.v1.account_access import own_key, served_key
from api.v1.fields import Password, Request, ShortText, one_of
from creditbank.access.actor import Actor
from creditbank.access.passwords import hash_password
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.queries import get_institution
from creditbank.learners.account_state import require_served
from creditbank.learners.checked_documents import DocumentCheck, documents_of
from creditbank.learners.documents import DocumentType
from creditbank.learners.known_names import folded_names, names_of
from creditbank.learners.link_document import record_linked
from creditbank.learners.queries import find_accounts
from creditbank.learners.record_document import (
    RecordDocument,
    SeenDocument,
    read_seen,
    require_name,
)
from creditbank.outcomes.texts import text_problem
from creditbank.writer.idempotency import Attempt

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])


class SeenDocumentRequest(Request):
    """A document that was checked: the number and the name as printed, and how it was checked."""

    type: ShortText = Field(examples=["identity_card"], description=one_of(DocumentType))
    country: ShortText | None = Field(
        default=None,
        examples=["CHN"],
        description="Who issued it, three letters (ICAO 9303); a mainland document needs none.",
    )
    number: ShortText = Field(description="The number as printed, with its letters.")
    name: ShortText = Field(description="The name as printed.")
    romanised: ShortText | None = Field(
        default=None, description="The name in Latin letters as printed."
    )
    valid_until: ShortText | None = Field(
        default=None,
        examples=["2035-01-01"],
        description="The last day of its validity, YYYY-MM-DD.",
    )
    checked: ShortText = Field(examples=["original_seen"], description=one_of(DocumentCheck))
    name_changed: bool = Field(
        default=False, description="The name is new on purpose; earlier ones stay as former names."
    )


class CounterClaimRequest(SeenDocumentRequest):
    """A checked document, and the password that the learner chooses at the counter."""

    password: Password = Field(description="The password that the learner chooses.")


class DocumentView(Response):
    """A recorded document; `remarks` are worth a second look, and no reason to refuse."""

    id: str
    account: str
    identity_level: int
    remarks: list[dict[str, object]]


class KnownNameView(Response):
    """One name of one's own."""

    kind: str
    name: str
    from_day: str | None


class KnownDocumentView(Response):
    """One document of one's own; the number is absent where the bank keeps none."""

    type: str
    country: str
    number: str | None
    name: str
    valid_until: str | None
    checked: str


class IdentityView(Response):
    """How well it is known who one is: level 0 to 2, every name, every checked document."""

    identity_level: int
    names: list[KnownNameView]
    documents: list[KnownDocumentView]


@router.get("/identity")
def read_identity(account_id: str, actor: Citizen, bank: CurrentBank) -> IdentityView:
    """Read one's own names, documents and identity level; `me` stands for the account's id."""
    key = own_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        account = find_accounts(connection, [key.account_id])[key.account_id]
        names = names_of(connection, {key.account_id: key})[key.account_id]
        stored = documents_of(connection, [key.account_id])
    opened = [one.open(key) for one in stored]
    return IdentityView(
        identity_level=account.identity_level,
        names=[KnownNameView(kind=one.kind, name=one.name, from_day=one.from_day) for one in names],
        documents=[
            KnownDocumentView(
                type=one["type"],
                country=one["country"],
                number=one.get("number"),
                name=one["name"],
                valid_until=one.get("valid_until"),
                checked=one["checked"],
            )
            for one in opened
        ],
    )


@router.post("/documents", status_code=201)
def record_document(
    account_id: str,
    body: Annotated[SeenDocumentRequest, Body(openapi_examples=account_examples.SEEN_DOCUMENT)],
    actor: AccountsServer,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> DocumentView:
    """Record a document that was seen: the identity level becomes 2, and the learner is told."""
    command = document_command(account_id, body, actor, bank)
    return document_view(record_seen(command, bank), command, problems, language)


@router.post("/counter-claim", status_code=201)
def claim_at_counter(
    account_id: str,
    body: Annotated[CounterClaimRequest, Body(openapi_examples=account_examples.COUNTER_CLAIM)],
    actor: AccountsServer,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> DocumentView:
    """Hand an unclaimed account to its learner, who showed a document at the counter."""
    command = document_command(account_id, body, actor, bank)
    return document_view(record_seen(command, bank), command, problems, language)


def document_command(
    account_id: str, body: SeenDocumentRequest, actor: Actor, bank: Bank
) -> RecordDocument:
    """Make the command of a document that staff saw; a claim states a password too.

    Raises a `Refusal`: "person-required", "not-found", "account-not-in-use",
    "document-name-differs", "account-claimed", and `InvalidInput`.
    """
    person = actor.person
    key = served_key(account_id, actor, bank)
    seen = _seen(body)
    with bank.readers.reading() as connection:
        account = find_accounts(connection, [account_id])[account_id]
        require_served(account.state)
        require_name(seen, folded_names(connection, {account_id: key})[account_id])
        history = get_institution(connection, actor.institution)
        institution = history.on(civil_day(bank.clock())).name
    password_hash = None
    if isinstance(body, CounterClaimRequest):
        if not account.is_unclaimed:
            raise Refusal("account-claimed")
        password_hash = hash_password(body.password, bank.entropy)
    return RecordDocument(
        key=key,
        seen=seen,
        keeps_number=bank.keystore.keeps_numbers,
        by=person,
        institution=institution,
        password_hash=password_hash,
    )


def record_seen(command: RecordDocument, bank: Bank, attempt: Attempt | None = None) -> str:
    """Record a document that staff saw; the answer is its id. Raises a `Refusal`."""
    return record_linked(bank.writer, bank.readers, bank.keystore, command, attempt)


def _seen(body: SeenDocumentRequest) -> SeenDocument:
    names = {"name": body.name, "romanised": body.romanised}
    wrong = [
        FieldProblem(field=field, code=problem.code, facts=problem.facts)
        for field, text in names.items()
        if text is not None and (problem := text_problem("learner_name", text)) is not None
    ]
    if wrong:
        raise InvalidInput(wrong)
    fields = body.model_dump(exclude={"password", "name_changed"})
    return read_seen(fields, name_changed=body.name_changed)


def document_view(
    document_id: str, command: RecordDocument, problems: Problems, language: str
) -> DocumentView:
    """Give a recorded document as it is answered."""
    return DocumentView(
        id=document_id,
        account=command.key.account_id,
        identity_level=2,
        remarks=[problems.field(one, language) for one in command.seen.document.remarks],
    )
