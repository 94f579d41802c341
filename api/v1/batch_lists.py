"""List batches: what an institution and those below it uploaded, the newest first."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.batch_reports import batch_counts
from api.dependencies import CurrentBank, OutcomesReader
from api.response import Response
from api.v1.batches import Counts
from creditbank.conversion.days import civil_day
from creditbank.institutions.tree import load_tree
from creditbank.outcomes.batches.find import Batch, batches_posted_by
from creditbank.outcomes.batches.start import BatchState

router = APIRouter(prefix="/api/v1/outcome-batches", tags=["outcome batches"])

PAGE_BATCHES_MAX = 100


class ListedBatch(Response):
    """One batch: whose it is, when it was uploaded (Unix time), and how far it is."""

    id: str
    institution: str
    state: str
    uploaded_at: int
    counts: Counts


class BatchList(Response):
    """Batches, the newest first; `next` is what to go on after, null at the end."""

    batches: list[ListedBatch]
    next: int | None


@router.get("")
def list_batches(
    actor: OutcomesReader,
    bank: CurrentBank,
    after: Annotated[int, Query(ge=0, le=1 << 31, description="How many to leave out.")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_BATCHES_MAX)] = PAGE_BATCHES_MAX,
    *,
    waiting: Annotated[
        bool, Query(description="Only those that wait for a second person.")
    ] = False,
) -> BatchList:
    """List the batches of the institution and of those below it, the newest first."""
    with bank.readers.reading() as connection:
        covered = load_tree(connection, civil_day(bank.clock())).covered(actor.institution)
        found = batches_posted_by(
            connection,
            covered,
            states=(BatchState.AWAITING,) if waiting else tuple(BatchState),
            after=after,
            limit=limit + 1,
        )
    shown = found[:limit]
    return BatchList(
        batches=[_listed(one) for one in shown],
        next=after + limit if len(found) > limit else None,
    )


def _listed(batch: Batch) -> ListedBatch:
    return ListedBatch(
        id=batch.id,
        institution=batch.institution_id,
        state=batch.state,
        uploaded_at=batch.started_at,
        counts=Counts(**batch_counts(batch)),
    )
