"""Take statements of learning systems (xAPI 1.0.3 and 2.0), as Moodle and others send them."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Header
from fastapi import Response as HTTPResponse
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, OutcomesReader, OutcomesWriter, Public
from api.response import Response
from api.v1 import examples
from api.v1.account_keys import account_key
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.reverse import RevokeOutcome
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.queries import find_activities, get_outcome
from creditbank.outcomes.revoke import Revocation
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.xapi.declare import DeclareSource, sources_of
from creditbank.outcomes.xapi.prepare import Intake, Taken
from creditbank.outcomes.xapi.read import Completion, Voiding
from creditbank.outcomes.xapi.record import RecordStatement, statement_tag
from creditbank.outcomes.xapi.source import Source, require_fit

router = APIRouter(prefix="/api/v1/xapi", tags=["xAPI"])

VERSIONS = ("1.0.3", "2.0.0")
STATEMENTS_MAX = 100

_VERSION_HEADER = "X-Experience-API-Version"
_STARTS = ("1.0", "2.0")
_VOIDED = "xAPI voided 学习系统作废: {id}"

Statement = dict[str, Any]


class AboutView(Response):
    """Which versions of the Experience API are taken here."""

    version: list[str]


def _version(
    response: HTTPResponse, version: Annotated[str | None, Header(alias=_VERSION_HEADER)] = None
) -> str:
    response.headers[_VERSION_HEADER] = VERSIONS[-1]
    if version is None or not version.startswith(_STARTS):
        facts = {"known": VERSIONS}
        problem = FieldProblem(field=_VERSION_HEADER, code="xapi-version-unknown", facts=facts)
        raise InvalidInput([problem])
    return version


@router.get("/about", dependencies=[Public])
async def read_about(response: HTTPResponse) -> AboutView:
    """Say which versions are taken."""
    response.headers[_VERSION_HEADER] = VERSIONS[-1]
    return AboutView(version=list(VERSIONS))


@router.put("/sources", status_code=204)
async def declare_source(
    body: Annotated[Source, Body(openapi_examples=examples.XAPI_SOURCE)],
    actor: OutcomesWriter,
    bank: CurrentBank,
) -> None:
    """Declare how statements of one learning system are understood, by its home page."""
    require_fit(body)
    command = DeclareSource(institution_id=actor.institution, source=body)
    await asyncio.wrap_future(bank.writer.submit(command))


@router.get("/sources")
def read_sources(actor: OutcomesReader, bank: CurrentBank) -> list[Source]:
    """Read what this institution has declared."""
    with bank.readers.reading() as connection:
        return list(sources_of(connection, actor.institution).values())


@router.post("/statements")
async def post_statements(
    body: Annotated[Statement | list[Statement], Body(openapi_examples=examples.XAPI_STATEMENT)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    response: HTTPResponse,
    version: Annotated[str | None, Header(alias=_VERSION_HEADER)] = None,
) -> list[str]:
    """Take one statement or several; the answer is their ids, in order.

    All are read before any is recorded. A statement of the same id and content again changes
    nothing; of the same id and other content it is refused.
    """
    _version(response, version)
    statements = [_named(one, bank) for one in (body if isinstance(body, list) else [body])]
    if len(statements) > STATEMENTS_MAX:
        raise Refusal("statements-too-many", statements_max=STATEMENTS_MAX)
    intake = Intake(
        institution_id=actor.institution,
        readers=bank.readers,
        keystore=bank.keystore,
        now=bank.clock(),
    )
    for taken in await run_in_threadpool(intake.read, statements):
        command = await run_in_threadpool(_command, taken, intake, actor, bank)
        if command is not None:
            await asyncio.wrap_future(bank.writer.submit(command))
    return [str(one["id"]) for one in statements]


def _named(statement: Statement, bank: Bank) -> Statement:
    """Give a statement its id, where the learning system leaves that to the receiver."""
    if "id" in statement:
        return statement
    return {**statement, "id": str(UUID(bytes=bank.entropy(16), version=4))}


def _command(
    taken: Taken, intake: Intake, actor: Actor, bank: Bank
) -> RecordStatement | RevokeOutcome | None:
    reading = taken.reading
    if isinstance(reading, Voiding):
        return _voiding(reading, actor, bank)
    return RecordStatement(
        institution_id=actor.institution,
        posted_with=actor.id,
        tags=taken.tags,
        posting=intake.posting(reading) if isinstance(reading, Completion) else None,
    )


def _voiding(voiding: Voiding, actor: Actor, bank: Bank) -> RevokeOutcome | None:
    """Make the command that takes a statement's outcome back; None where it recorded none."""
    tag = statement_tag(bank.keystore.secrets, actor.institution, voiding.target)
    with bank.readers.reading() as connection:
        stored = find_activities(connection, [tag]).get(tag)
        if stored is None:
            raise InvalidInput([FieldProblem(field="object.id", code="statement-unknown")])
        if stored.outcome_id is None:
            return None
        outcome = get_outcome(
            connection, stored.outcome_id, actor.institution, civil_day(bank.clock())
        )
    return RevokeOutcome(
        Revocation(
            institution_id=actor.institution,
            posted_with=actor.id,
            outcome_id=outcome.id,
            key=account_key(outcome.account_id, bank),
            status=OutcomeStatus.VOID.value,
            reason=_VOIDED.format(id=voiding.id),
        )
    )
