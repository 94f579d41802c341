"""What is posted: which kind of message, about what, and where that is read. No person. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

import orjson

from creditbank.writer.outbox import Message, MessageKind

TEST = "webhook-test"
"""What an institution sends to itself, to see whether it arrives; never in its list of messages."""

READ_AT: Mapping[str, str] = MappingProxyType(
    {
        "credit": "applications",
        "batch": "outcome-batches/{id}",
        "held": "held-outcomes",
        "matter": "matters/{id}",
        "filing": "filings/{id}",
        "outcome": "outcomes/{id}",
        "webhook": "webhooks/{id}",
    }
)
"""Where in the API the subject of a message is read, by the first word of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a receiver is told; `at` is when it came to be, in seconds since 1970."""

    kind: str
    institution_id: str
    subject_id: str
    facts: Mapping[str, str | int]
    at: int


def told_of(message: Message) -> Told:
    """Give what a stored message tells."""
    return Told(
        kind=message.kind,
        institution_id=message.institution_id,
        subject_id=message.subject_id,
        facts=message.facts or {},
        at=message.created_at,
    )


def type_of(kind: str) -> str:
    """Give a kind as receivers read it: a word, a full stop, and what became of it."""
    subject, _, became = kind.partition("-")
    return f"{subject}.{became.replace('-', '_')}"


KIND_OF: Mapping[str, MessageKind] = MappingProxyType({type_of(kind): kind for kind in MessageKind})
"""The kind of each type that may be asked for."""


def read_at(told: Told, origin: str) -> str:
    """Give the address at which its subject is read: of a held result, the outcome it became."""
    subject = told.kind.partition("-")[0]
    if outcome := told.facts.get("outcome"):
        return f"{origin}/api/v1/outcomes/{outcome}"
    return f"{origin}/api/v1/{READ_AT[subject].format(id=told.subject_id)}"


def body_of(told: Told, origin: str) -> bytes:
    """Give the body, always the same for the same message."""
    return orjson.dumps(
        {
            "type": type_of(told.kind),
            "timestamp": datetime.fromtimestamp(told.at, UTC).isoformat().replace("+00:00", "Z"),
            "data": {
                "id": told.subject_id,
                "url": read_at(told, origin),
                "institution": told.institution_id,
                **told.facts,
            },
        }
    )
