"""The ledger as everybody sees it: its newest checkpoint, and how to check it without us."""

from base64 import b64encode
from dataclasses import dataclass

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank, Public
from api.web.page import CurrentPage
from creditbank.bank import Bank
from ledger.read import newest_checkpoint, read_leaf

router = APIRouter(include_in_schema=False, dependencies=[Public])


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The newest checkpoint: entries, root, and when its last entry was made (Unix time)."""

    size: int
    root: str
    last_at: int | None


@router.get("/ledger")
def show_ledger(page: CurrentPage, bank: CurrentBank) -> Response:
    """Show how far the ledger has come, and the commands that check it."""
    return page.show(
        "published/ledger.html",
        newest=_newest(bank),
        origin=bank.settings.origin,
        log=bank.signer.name,
        keys=list(bank.verifier_keys),
    )


def _newest(bank: Bank) -> Published | None:
    with bank.readers.reading() as connection:
        newest = newest_checkpoint(connection)
        if newest is None:
            return None
        last = read_leaf(connection, newest.size - 1) if newest.size else None
    return Published(
        size=newest.size,
        root=b64encode(newest.root).decode(),
        last_at=None if last is None else int(orjson.loads(last)["at"]),
    )
