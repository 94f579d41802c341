"""Where something stands on the ledger, as every answer with a receipt tells it."""

from typing import Self

from pydantic import Field

from api.response import Response
from creditbank.writer.receipts import Receipt


class Entry(Response):
    """A place on the ledger."""

    index: int
    leaf_hash: str = Field(description="SHA-256 of the leaf (RFC 6962), hexadecimal.")

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """Give the place that a receipt proves."""
        return cls(index=receipt.index, leaf_hash=receipt.leaf_hash.hex())
