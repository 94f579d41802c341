"""What citizens ask of an institution: its people list it, late ones first, and decide."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, MattersDecider
from api.v1 import matter_examples as examples
from api.v1.account_access import keys_by_account
from api.v1.account_keys import account_key
from api.v1.evidence import evidence_file
from api.v1.fields import Request, ShortText, Text, one_of
from api.v1.matter_views import MattersView, MatterView
from api.v1.outcome_forms import ResultRequest
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.tree import load_tree
from creditbank.matters.matter import RefusalCode, StepKind
from creditbank.matters.queries import Matter, find_matters, steps_of, undecided_matters
from creditbank.matters.take import Said, TakeStep
from creditbank.outcomes.attest import AttestMatter
from creditbank.outcomes.deposit import require_text
from creditbank.outcomes.post import find_learner
from creditbank.outcomes.posting import parse_posting

router = APIRouter(prefix="/api/v1/matters", tags=["matters"])


class DecisionRequest(Request):
    """Attested with the result as it is to be recorded, refused with a code, or returned."""

    decision: Literal["attested", "refused", "returned"] = Field(
        description="Attested and recorded, refused, or returned to be completed."
    )
    text: Text = Field(description="What the citizen is told.")
    code: ShortText | None = Field(default=None, description=f"Of a refusal. {one_of(RefusalCode)}")
    result: ResultRequest | None = Field(
        default=None, description="The result as it is to be recorded; for an attestation only."
    )


@router.get("")
def list_undecided(actor: MattersDecider, bank: CurrentBank) -> MattersView:
    """List what an institution and those below it have to decide, late ones first."""
    today = civil_day(bank.clock())
    with bank.readers.reading() as connection:
        covered = load_tree(connection, civil_day(bank.clock())).covered(actor.institution)
        matters = undecided_matters(connection, covered, today)
        steps = steps_of(connection, [one.id for one in matters])
    keys = bank.keystore.get({one.account_id for one in matters})
    return MattersView(
        matters=[
            MatterView.of(one, steps[one.id], keys[one.account_id], today)
            for one in matters
            if one.account_id in keys
        ]
    )


@router.get("/{matter_id}")
def read_matter(matter_id: str, actor: MattersDecider, bank: CurrentBank) -> MatterView:
    """Read a matter of one's own subtree, decided or not."""
    return _view(matter_id, actor, bank)


@router.get("/{matter_id}/evidence/{evidence_id}", response_class=HTTPResponse)
def download_matter_evidence(
    matter_id: str, evidence_id: str, actor: MattersDecider, bank: CurrentBank
) -> HTTPResponse:
    """Download a piece of evidence that a matter of one's own subtree names."""
    matter = seen_matter(matter_id, actor, bank)
    named = [matter.id] if matter.about_id is None else [matter.id, matter.about_id]
    keys = keys_by_account(account_key(matter.account_id, bank), bank)
    with bank.readers.reading() as connection:
        matters = find_matters(connection, named).values()
    hers = [one for one in matters if one.account_id in keys]
    if evidence_id not in {piece for one in hers for piece in one.evidence(keys[one.account_id])}:
        raise Refusal("not-found")
    return evidence_file(evidence_id, list(keys.values()), bank)


@router.post("/{matter_id}/decision", status_code=201)
async def decide_matter(
    matter_id: str,
    body: Annotated[DecisionRequest, Body(openapi_examples=examples.MATTER_DECISION)],
    actor: MattersDecider,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> MatterView:
    """Decide a matter: record what is attested, refuse it with a code, or return it."""
    command = await run_in_threadpool(decision_command, matter_id, body, actor, bank)
    if isinstance(command, AttestMatter):
        await attempt.act(command, actor=actor, bank=bank, response=response)
    else:
        await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(_view, matter_id, actor, bank)


def decision_command(
    matter_id: str, body: DecisionRequest, actor: Actor, bank: Bank
) -> AttestMatter | TakeStep:
    """Make the command of a person's decision; raises `InvalidInput`, `Refusal("not-found")`."""
    by, matter = actor.person, seen_matter(matter_id, actor, bank)
    require_text(body.text)
    key = account_key(matter.account_id, bank)
    if body.decision != "attested":
        is_refused = body.decision == "refused"
        return TakeStep(
            matter_id=matter_id,
            key=key,
            step=StepKind(body.decision),
            said=Said(by, body.text, _code(body.code) if is_refused else None),
            institution_id=actor.institution,
        )
    if body.result is None or matter.institution_id is None:
        raise InvalidInput([FieldProblem(field="result", code="field-missing")])
    fields = {**body.result.flat(), "account_number": key.number}
    return AttestMatter(
        matter_id=matter_id,
        institution_id=actor.institution,
        said=Said(by, body.text),
        keys=keys_by_account(key, bank),
        posting=find_learner(
            parse_posting(fields, today=civil_day(bank.clock())),
            institution_id=matter.institution_id,
            readers=bank.readers,
            keystore=bank.keystore,
        ),
    )


def _code(text: str | None) -> str:
    known = tuple(one.value for one in RefusalCode)
    if text not in known:
        facts = {"known": known}
        raise InvalidInput([FieldProblem(field="code", code="kind-unknown", facts=facts)])
    return str(text)


def seen_matter(matter_id: str, actor: Actor, bank: Bank) -> Matter:
    """Give a matter of the actor's subtree; raises `Refusal("not-found")`."""
    with bank.readers.reading() as connection:
        matter = find_matters(connection, [matter_id]).get(matter_id)
        covers = load_tree(connection, civil_day(bank.clock())).covers
        if matter is None or not covers(actor.institution, matter.institution_id or ""):
            raise Refusal("not-found")
    return matter


def _view(matter_id: str, actor: Actor, bank: Bank) -> MatterView:
    matter = seen_matter(matter_id, actor, bank)
    with bank.readers.reading() as connection:
        steps = steps_of(connection, [matter_id])[matter_id]
    key = account_key(matter.account_id, bank)
    return MatterView.of(matter, steps, key, civil_day(bank.clock()))
