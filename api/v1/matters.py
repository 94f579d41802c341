"""What citizens ask of an institution: its people list it, late ones first, and decide."""

from dataclasses import replace
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
from api.v1.matter_views import MattersView, MatterView, matter_views
from api.v1.outcome_forms import ResultRequest
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.queries import find_conversions
from creditbank.credits.uphold_appeal import UpholdAppeal
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.tree import load_tree
from creditbank.matters.matter import (
    REFUSALS,
    MatterKind,
    RefusalCode,
    StepKind,
    require_fitting,
)
from creditbank.matters.queries import Matter, find_matters, undecided_matters
from creditbank.matters.take import Said, TakeStep
from creditbank.outcomes.answer_dispute import AnswerCorrected
from creditbank.outcomes.attest import AttestMatter
from creditbank.outcomes.deposit import require_text
from creditbank.outcomes.post import find_learner
from creditbank.outcomes.posting import parse_posting

router = APIRouter(prefix="/api/v1/matters", tags=["matters"])


class DecisionRequest(Request):
    """What is decided: granted as its kind asks, refused with a code, or returned."""

    decision: Literal["attested", "corrected", "upheld", "refused", "returned"] = Field(
        description="Attested and recorded; of a dispute: corrected before; of an appeal against a"
        " conversion: upheld, it is reversed; refused; or returned to be completed."
    )
    text: Text = Field(description="What the citizen is told.")
    code: ShortText | None = Field(default=None, description=f"Of a refusal. {one_of(RefusalCode)}")
    result: ResultRequest | None = Field(
        default=None, description="The result as it is to be recorded; for an attestation only."
    )
    outcome: ShortText | None = Field(
        default=None,
        description="Of a dispute: the outcome that is right, where none supersedes the disputed.",
    )


@router.get("")
def list_undecided(actor: MattersDecider, bank: CurrentBank) -> MattersView:
    """List what an institution and those below it have to decide, late ones first."""
    today = civil_day(bank.clock())
    with bank.readers.reading() as connection:
        covered = load_tree(connection, civil_day(bank.clock())).covered(actor.institution)
        matters = undecided_matters(connection, covered, today)
    keys = bank.keystore.get({one.account_id for one in matters})
    return MattersView(matters=matter_views(matters, keys, bank))


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
    """Decide a matter: grant it as its kind asks, refuse it with a code, or return it.

    An appeal is decided by another person than before.
    """
    command = await run_in_threadpool(decision_command, matter_id, body, actor, bank)
    match command:
        case AttestMatter():
            await attempt.act(command, actor=actor, bank=bank, response=response)
        case AnswerCorrected():
            await attempt.act(command, actor=actor, bank=bank, response=response)
        case UpholdAppeal():
            await attempt.act(command, actor=actor, bank=bank, response=response)
        case TakeStep():
            await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(_view, matter_id, actor, bank)


DecidesMatter = AttestMatter | AnswerCorrected | UpholdAppeal | TakeStep


def decision_command(
    matter_id: str, body: DecisionRequest, actor: Actor, bank: Bank
) -> DecidesMatter:
    """Make the command of a person's decision; raises `InvalidInput`, `Refusal("not-found")`."""
    matter, said = seen_matter(matter_id, actor, bank), Said(actor.person, body.text)
    require_text(body.text)
    key = account_key(matter.account_id, bank)
    if body.decision == "attested":
        return _attestation(body, matter, said, actor, bank)
    if body.decision == "corrected":
        return AnswerCorrected(
            matter_id=matter_id,
            institution_id=actor.institution,
            said=said,
            keys=keys_by_account(key, bank),
            outcome_id=body.outcome,
        )
    if body.decision == "upheld":
        return _upheld(matter, said, actor, bank)
    is_refused = body.decision == "refused"
    return TakeStep(
        matter_id=matter_id,
        key=key,
        step=StepKind(body.decision),
        said=replace(said, code=_code(body.code, matter) if is_refused else None),
        institution_id=actor.institution,
    )


def _attestation(
    body: DecisionRequest, matter: Matter, said: Said, actor: Actor, bank: Bank
) -> AttestMatter:
    require_fitting(MatterKind(matter.kind), StepKind.ATTESTED)
    if body.result is None or matter.institution_id is None:
        raise InvalidInput([FieldProblem(field="result", code="field-missing")])
    key = account_key(matter.account_id, bank)
    fields = {**body.result.flat(), "account_number": key.number}
    return AttestMatter(
        matter_id=matter.id,
        institution_id=actor.institution,
        said=said,
        keys=keys_by_account(key, bank),
        posting=find_learner(
            parse_posting(fields, today=civil_day(bank.clock())),
            institution_id=matter.institution_id,
            readers=bank.readers,
            keystore=bank.keystore,
        ),
    )


def _upheld(matter: Matter, said: Said, actor: Actor, bank: Bank) -> UpholdAppeal:
    require_fitting(MatterKind(matter.kind), StepKind.UPHELD)
    with bank.readers.reading() as connection:
        found = find_conversions(connection, [matter.conversion_id or ""])
    conversion = found[str(matter.conversion_id)]
    return UpholdAppeal(
        matter_id=matter.id,
        institution_id=actor.institution,
        said=said,
        keys=keys_by_account(account_key(matter.account_id, bank), bank),
        conversion_key=account_key(conversion.account_id, bank),
    )


def _code(text: str | None, matter: Matter) -> str:
    known = tuple(one.value for one in REFUSALS.get(MatterKind(matter.kind), ()))
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
    key = account_key(matter.account_id, bank)
    return matter_views([matter], {key.account_id: key}, bank)[0]
