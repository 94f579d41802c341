"""Stream what an institution posted, one JSON object a line, however much it is."""

from collections.abc import Generator, Iterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api.dependencies import CurrentBank, OutcomesReader
from creditbank.bank import Bank
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.outcomes.queries import StoredOutcome, outcomes_of_institution

router = APIRouter(prefix="/api/v1", tags=["outcomes"])

NDJSON_TYPE = "application/x-ndjson"
ROWS_A_READ = 500


@router.get("/outcomes", response_class=StreamingResponse)
def read_outcomes(
    actor: OutcomesReader,
    bank: CurrentBank,
    since: Annotated[
        int, Query(ge=0, lt=1 << 63, description="Only outcomes from this ledger index on.")
    ] = 0,
) -> StreamingResponse:
    """Stream the outcomes that this institution posted, in the order of the ledger (NDJSON).

    To go on later, ask since the last `entry_index` and one. An erased learner's outcome states
    nothing any more.
    """
    return StreamingResponse(outcome_lines(bank, actor.institution, since), media_type=NDJSON_TYPE)


def outcome_lines(bank: Bank, institution_id: str, since: int) -> Iterator[bytes]:
    """Write an institution's outcomes, some rows in memory at a time, each read on its own."""
    after: int | None = since - 1
    while after is not None:
        after = yield from _some(bank, institution_id, after)


def _some(bank: Bank, institution_id: str, after: int) -> Generator[bytes, None, int | None]:
    """Write the next rows and give the last one's index; a scope of its own lets them go."""
    with bank.readers.reading() as connection:
        stored = outcomes_of_institution(connection, institution_id, after=after, limit=ROWS_A_READ)
    keys = bank.keystore.get(sorted({one.account_id for one in stored}))
    for one in stored:
        key = keys.get(one.account_id)
        opened = key and open_statement(key, "outcome", one.id, one.sealed_statement)
        yield _line(one, fields_of(opened) if opened else None)
    return stored[-1].entry_index if stored else None


def _line(stored: StoredOutcome, stated: object) -> bytes:
    line = {
        "id": stored.id,
        "status": stored.status,
        "entry_index": stored.entry_index,
        "stated": stated,
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
