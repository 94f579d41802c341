"""Decide about many outcomes at once 批量处置: see whom it concerns, take it, see how far it is."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, CurrentWorker, OutcomesReader, OutcomesWriter
from api.response import Response
from api.v1 import examples
from api.v1.entries import Entry
from api.v1.fields import Request, ShortText, Text, one_of
from api.v1.outcome_changes import REASON
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.tree import load_tree
from creditbank.measures.measure import Act
from creditbank.measures.pending import pending_of
from creditbank.measures.preview import Node, Preview, preview_measure
from creditbank.measures.queries import get_measure, listed_outcomes
from creditbank.measures.take import Asked, TakeMeasure
from creditbank.outcomes.choose import OUTCOMES_NAMED_MAX, Choice

router = APIRouter(prefix="/api/v1/outcome-measures", tags=["outcome measures"])

_Id = ShortText | None


class ChoiceRequest(Request):
    """What is to be done, and to which outcomes: those that meet every criterion given.

    At least one criterion beside the times, or `measure` to take up the list of an earlier one.
    """

    act: ShortText = Field(examples=["void"], description=one_of(Act))
    outcomes: list[ShortText] | None = Field(
        default=None, max_length=OUTCOMES_NAMED_MAX, description="Ids of outcomes."
    )
    batch: _Id = Field(default=None, description="Id of the file that recorded them.")
    offering: _Id = Field(default=None, description="Code of the offering or sitting 开班/考次.")
    definition: _Id = Field(default=None, description="Id of the definition.")
    posted_with: _Id = Field(
        default=None, description="Id of the key or login that posted them, or `command-line`."
    )
    since: ShortText | None = Field(
        default=None,
        description="The first moment on the ledger, RFC 3339 with offset; it counts.",
    )
    until: ShortText | None = Field(
        default=None, description="The end on the ledger, RFC 3339 with offset; it does not count."
    )
    measure: _Id = Field(default=None, description="Id of the measure whose list is taken up.")


class MeasureRequest(ChoiceRequest):
    """The same with the reason."""

    reason: Text = REASON


class ConversionNode(Response):
    """A conversion that uses an outcome."""

    id: str
    status: str
    credits_milli: int = Field(description="1/1000 credits.")


class OutcomeNode(Response):
    """An outcome, the conversions that stand on it, and the passes in use that show it."""

    id: str
    status: str
    conversions: list[ConversionNode]
    passes: list[str]


class MeasurePreview(Response):
    """Whom a measure would concern, and the first of its outcomes; nothing was written."""

    outcomes: int
    learners: int
    converted: int = Field(description="How many of the outcomes are used by conversions.")
    conversions: int
    credits: str = Field(description="Credit of these conversions, a decimal string.")
    passes: int
    root: str = Field(description="RFC 6962 root over the sorted ids (16 bytes each) of the list.")
    first: list[OutcomeNode]


class MeasureAnswer(Response):
    """The measure that was taken; without an id there was nothing to do and nothing was written."""

    id: str | None
    outcomes: int
    entry: Entry | None
    receipt: str | None


class MeasureView(Response):
    """A measure and how far it is; `pending` outcomes are still to come."""

    id: str
    act: str
    state: str
    measure: str | None = Field(description="The measure whose list it took up.")
    outcomes: int
    pending: int
    entry: Entry
    receipt: str


@router.post("/preview")
def preview_outcome_measure(
    body: Annotated[ChoiceRequest, Body(openapi_examples=examples.MEASURE_CHOICE)],
    actor: OutcomesReader,
    bank: CurrentBank,
) -> MeasurePreview:
    """Say whom a measure would concern: outcomes, learners, conversions, credit and passes."""
    asked = asked_measure(body, actor, bank)
    with bank.readers.reading() as connection:
        preview = preview_measure(connection, asked, int(bank.clock().timestamp()))
    return preview_view(preview)


@router.post("", status_code=202, responses={200: {"model": MeasureAnswer}})
async def take_measure(
    body: Annotated[MeasureRequest, Body(openapi_examples=examples.MEASURE)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    worker: CurrentWorker,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> MeasureAnswer:
    """Void, revoke, suspend or lift many outcomes; one entry binds the list before any is touched.

    Each learner is told once. Asking again lists only what was not dealt with.
    """
    command = await run_in_threadpool(measure_command, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    taken = written.answer
    worker.wake()
    if taken.measure_id is None:
        response.status_code = 200
        return MeasureAnswer(id=None, outcomes=0, entry=None, receipt=None)
    view = await run_in_threadpool(measure_view, taken.measure_id, actor, bank)
    return MeasureAnswer(
        id=view.id, outcomes=taken.outcomes, entry=view.entry, receipt=view.receipt
    )


@router.get("/{measure_id}")
def read_measure(measure_id: str, actor: OutcomesReader, bank: CurrentBank) -> MeasureView:
    """Read a measure and how far it is."""
    return measure_view(measure_id, actor, bank)


def asked_measure(body: ChoiceRequest, actor: Actor, bank: Bank) -> Asked:
    """Give what is asked for; raises `InvalidInput`, and "not-found" for another's measure."""
    asked = _asked(body, actor, bank)
    asked.require_well_formed()
    return asked


def measure_command(body: MeasureRequest, actor: Actor, bank: Bank) -> TakeMeasure:
    """Make the command that takes a measure; raises as `asked_measure` does.

    Its key is kept once nothing is wrong with what is asked.
    """
    command = TakeMeasure(
        asked=_asked(body, actor, bank),
        key=bank.keystore.draw(bank.keystore.new_id()),
        posted_with=actor.id,
        reason=body.reason,
    )
    command.require_well_formed()
    bank.keystore.keep(command.key)
    return command


def _asked(body: ChoiceRequest, actor: Actor, bank: Bank) -> Asked:
    choice = Choice(
        outcomes=body.outcomes,
        batch=body.batch,
        offering=body.offering,
        definition=body.definition,
        posted_with=body.posted_with,
        since=_moment("since", body.since),
        until=_moment("until", body.until),
    )
    today = civil_day(bank.clock())
    if body.measure is not None:
        with bank.readers.reading() as connection:
            tree = load_tree(connection, today)
            get_measure(connection, body.measure, tree, actor.institution)
    return Asked(
        institution_id=actor.institution,
        act=body.act,
        choice=choice,
        follows=body.measure,
        on=today,
    )


def measure_view(measure_id: str, actor: Actor, bank: Bank) -> MeasureView:
    """Give a measure of the actor's subtree; raises "not-found"."""
    with bank.readers.reading() as connection:
        tree = load_tree(connection, civil_day(bank.clock()))
        measure = get_measure(connection, measure_id, tree, actor.institution)
        listed, pending = listed_outcomes(connection, measure_id), pending_of(connection, measure)
    receipt = bank.receipt(measure.entry_index)
    return MeasureView(
        id=measure.id,
        act=measure.act,
        state=measure.state,
        measure=measure.follows_id,
        outcomes=len(listed),
        pending=len(pending),
        entry=Entry.of(receipt),
        receipt=receipt.text,
    )


def preview_view(preview: Preview) -> MeasurePreview:
    """Give a preview as it is answered."""
    affected = preview.affected
    return MeasurePreview(
        outcomes=affected.outcomes,
        learners=affected.learners,
        converted=affected.converted,
        conversions=len(affected.conversions),
        credits=str(affected.credits),
        passes=preview.passes,
        root=preview.root.hex(),
        first=[_node(one) for one in preview.page],
    )


def _node(node: Node) -> OutcomeNode:
    return OutcomeNode(
        id=node.outcome.id,
        status=node.outcome.status,
        conversions=[
            ConversionNode(id=one.id, status=one.status, credits_milli=one.credits)
            for one in node.conversions
        ],
        passes=list(node.passes),
    )


def _moment(field: str, text: str | None) -> datetime | None:
    """Read a moment with its offset from UTC; raises `InvalidInput`."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInput([FieldProblem(field=field, code="timestamp-unreadable")])
    return moment
