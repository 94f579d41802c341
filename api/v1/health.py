"""Whether the process is alive, and whether it can serve."""

from fastapi import APIRouter

from api.dependencies import CurrentBank, Public
from api.response import Response
from creditbank.errors import Refusal
from ledger.read import newest_checkpoint

router = APIRouter(tags=["health"], dependencies=[Public])


class Health(Response):
    """Yes."""

    status: str


@router.get("/livez")
def live() -> Health:
    """Say that the process runs."""
    return Health(status="alive")


@router.get("/readyz")
def ready(bank: CurrentBank) -> Health:
    """Say that database, key store and Redis answer, the log is published, the writer works."""
    with bank.readers.reading() as connection:
        checkpoint = newest_checkpoint(connection)
    bank.keystore.reach()
    bank.cache.reach()
    if checkpoint is None or not bank.writer.is_alive:
        raise Refusal("unavailable", retry_after_seconds=1)
    return Health(status="ready")
