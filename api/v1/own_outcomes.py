"""A citizen's own outcomes: all of them, what she held on a day, and giving one up."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request
from fastapi import Response as HTTPResponse
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank, Delegable
from api.response import Response
from api.v1 import examples
from api.v1.account_access import delegable_keys, own_key
from api.v1.fields import Request as Body_
from api.v1.fields import ShortText, Text
from api.v1.holdings import HoldingView, answer_holding
from api.v1.outcome_changes import REASON, RevocationView, revocation_view
from api.v1.standing_views import OwnOutcome
from creditbank.conversion.days import civil_day
from creditbank.credits.reverse import RevokeOutcome
from creditbank.matters.matter import MatterKind, MatterState
from creditbank.matters.queries import matters_of_accounts
from creditbank.outcomes.catalogue_view import own_outcomes
from creditbank.outcomes.duplicate_candidates import duplicate_candidates
from creditbank.outcomes.particulars import Assurance
from creditbank.outcomes.revoke import Revocation
from creditbank.outcomes.standing import standings_of
from creditbank.outcomes.status import OutcomeStatus

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])

PAGE_OUTCOMES_MAX = 200
DEPOSIT = MatterKind.DEPOSIT


class DeclaredView(Response):
    """An outcome that she declared herself 本人申报; nobody attested it, and it counts nowhere."""

    id: str
    assurance: str
    declared: dict[str, str]


class OutcomesPage(Response):
    """Outcomes in the order of the ledger; `next` leads on where there are more.

    What she declared herself stands apart, on the first page.
    """

    outcomes: list[OwnOutcome]
    declared: list[DeclaredView]
    next: str | None


class CancellationRequest(Body_):
    """Why she gives the outcome up."""

    reason: Text = REASON


@router.get("/outcomes")
def read_outcomes(
    account_id: str,
    actor: Delegable,
    bank: CurrentBank,
    request: Request,
    response: HTTPResponse,
    after: Annotated[int, Query(ge=-1, description="Ledger index to go on after.")] = -1,
    limit: Annotated[int, Query(ge=1, le=PAGE_OUTCOMES_MAX)] = PAGE_OUTCOMES_MAX,
) -> OutcomesPage:
    """Read one's own outcomes, page by page (RFC 8288 `Link` with relation `next`)."""
    keys, today = delegable_keys(account_id, actor, bank), civil_day(bank.clock())
    with bank.readers.reading() as connection:
        own = own_outcomes(connection, keys)
        stored = [one for one in own.outcomes if one.entry_index > after]
        page = standings_of(connection, keys, stored[:limit])
        kept = matters_of_accounts(connection, keys if after < 0 else (), [DEPOSIT])
    following, candidates = None, duplicate_candidates(own)
    if len(stored) > limit:
        following = f"{request.url.path}?after={page[-1].stored.entry_index}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return OutcomesPage(
        outcomes=[OwnOutcome.of_own(one, own, candidates, today) for one in page],
        declared=[
            DeclaredView(
                id=one.id, assurance=Assurance.DECLARED, declared=one.content(keys[one.account_id])
            )
            for one in kept
            if one.state == MatterState.STORED
        ],
        next=following,
    )


@router.get("/holdings")
def read_holding(
    account_id: str,
    actor: Citizen,
    bank: CurrentBank,
    definition: Annotated[ShortText, Query(description="Code of a course or certificate.")],
    on: Annotated[ShortText, Query(description="The day, YYYY-MM-DD.", examples=["2024-06-30"])],
) -> HoldingView:
    """Say whether one held something on a day."""
    key = own_key(account_id, actor, bank)
    return answer_holding(bank, key, definition=definition, on=on, institution=None)


@router.post(
    "/outcomes/{outcome_id}/cancellation",
    status_code=201,
    responses={200: {"model": RevocationView}},
)
async def cancel_outcome(
    account_id: str,
    outcome_id: str,
    body: Annotated[CancellationRequest, Body(openapi_examples=examples.CANCELLATION)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> RevocationView:
    """Give an outcome up 注销, and all credit recognised from it; it stays provable.

    Repeating changes nothing.
    """
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    revocation = Revocation(
        institution_id=None,
        posted_with=actor.id,
        outcome_id=outcome_id,
        key=key,
        status=OutcomeStatus.CANCELLED.value,
        reason=body.reason,
    )
    command = RevokeOutcome(revocation)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(revocation_view, written.answer, bank, response)
