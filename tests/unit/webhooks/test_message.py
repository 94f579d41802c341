"""What is posted names no person, and says where its subject is read."""

import orjson
import pytest

from creditbank.webhooks.message import KIND_OF, TEST, Told, body_of, type_of
from creditbank.writer.outbox import MessageKind

ORIGIN = "https://bank.example"


def told(kind: str, **facts: str | int) -> Told:
    """A message about something."""
    return Told(kind=kind, institution_id="inst-1", subject_id="5", facts=facts, at=1_788_220_800)


def test_types_are_words_and_full_stops_as_the_specification_says() -> None:
    """And no two kinds have the same."""
    types = [type_of(kind) for kind in (*MessageKind, TEST)]
    assert len(set(types)) == len(types)
    assert all(one.replace(".", "").replace("_", "").isalpha() for one in types)
    assert {type_of(kind) for kind in MessageKind} == KIND_OF.keys()


def test_a_message_is_thin() -> None:
    """Type, time, id, address, institution and what was counted."""
    said = orjson.loads(body_of(told("batch-ended", accepted=2, state="recorded"), ORIGIN))
    assert said == {
        "type": "batch.ended",
        "timestamp": "2026-09-01T00:00:00Z",
        "data": {
            "id": "5",
            "url": "https://bank.example/api/v1/outcome-batches/5",
            "institution": "inst-1",
            "accepted": 2,
            "state": "recorded",
        },
    }


@pytest.mark.parametrize(
    ("kind", "facts", "path"),
    [
        ("credit-to-enter", {}, "applications"),
        ("held-decided", {"state": "refused"}, "held-outcomes"),
        ("held-decided", {"state": "attached", "outcome": "7"}, "outcomes/7"),
        ("matter-received", {}, "matters/5"),
        ("filing-ended", {}, "filings/5"),
        ("outcome-taken-back", {}, "outcomes/5"),
        ("webhook-test", {}, "webhooks/5"),
    ],
)
def test_each_kind_leads_to_where_it_is_read(
    kind: str, facts: dict[str, str | int], path: str
) -> None:
    """Of a held result that was attached, to its outcome."""
    said = orjson.loads(body_of(told(kind, **facts), ORIGIN))
    assert said["data"]["url"] == f"{ORIGIN}/api/v1/{path}"
