"""Hold a result 待核 of which nobody knows yet whose it is: durable and counted, with no leaf.

What was stated lies under the key of its batch, or of its own for a single post. Two keyed hashes
recognise the same row when it comes again: by what it is about, and by all that it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson
from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.database import chunks
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.secrets import LookupKind, VaultSecrets
from creditbank.learners.match import Match
from creditbank.outcomes.posting import PostedOutcome
from creditbank.outcomes.tables import HeldRow
from creditbank.writer.command import Moment
from ledger.leaf import new_id

DECISION_WORKING_DAYS = 10
"""Within how many working days an institution decides on what it holds."""

SEALED_CLEAR = (
    "content_tag",
    "institution_id",
    "posted_with",
    "batch_id",
    "reason",
    "due_on",
    "held_at",
)
"""The clear columns that stand under the seal of what was stated."""

_ABOUT = (
    "learner",
    "account_number",
    "document_type",
    "document_country",
    "document_number",
    "learner_name",
    "learner_birth_year",
    "course",
    "course_version",
    "term",
    "attempt",
    "attempt_kind",
)


class HeldState(StrEnum):
    """Where a held result is."""

    HELD = "held"  # 待核
    ATTACHED = "attached"  # 已归户
    REFUSED = "refused"  # 已退回


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What is kept of a row if it has to be held: its tags, and its fields as stated."""

    natural_tag: bytes
    content_tag: bytes
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """One result that names its learner by no number."""

    posted: PostedOutcome
    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHold:
    """A row that was held before, by the tag of what it says."""

    id: str
    content_tag: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A result that is held; `is_duplicate` when it was held already with the same content."""

    held_id: str
    reason: str
    due_on: str
    is_duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """For whom and under which key rows of one command are held."""

    institution_id: str
    posted_with: str
    batch_id: str | None
    key: AccountKey


def hold_of(
    secrets: VaultSecrets, institution_id: str, posted: PostedOutcome, *, keeps_numbers: bool
) -> Hold:
    """Give what is kept of a row; without `keeps_numbers` no document's number is."""
    kept = {
        name: text
        for name, text in posted.fields.items()
        if keeps_numbers or name != "document_number"
    }
    natural, _ = tags_of(secrets, institution_id, posted.fields)
    _, content = tags_of(secrets, institution_id, kept)
    return Hold(natural_tag=natural, content_tag=content, fields=kept)


def tags_of(
    secrets: VaultSecrets, institution_id: str, fields: Mapping[str, str]
) -> tuple[bytes, bytes]:
    """Give the tags of a row: of what it is about, and of all that it says."""
    about = {name: fields[name] for name in _ABOUT if name in fields}
    return (
        _tag(secrets, LookupKind.HELD_ROW, institution_id, about),
        _tag(secrets, LookupKind.HELD_CONTENT, institution_id, fields),
    )


def draft_hold(
    hold: Hold, reason: Match, holding: Holding, moment: Moment
) -> tuple[Held, dict[str, object]]:
    """Draft the row of a held result, and what its caller is told."""
    held_id = new_id(moment.now, moment.entropy).hex()
    due_on = moment.calendar().after(civil_day(moment.now), DECISION_WORKING_DAYS)
    clear: dict[str, object] = {
        "content_tag": hold.content_tag,
        "institution_id": holding.institution_id,
        "posted_with": holding.posted_with,
        "batch_id": holding.batch_id,
        "reason": reason.value,
        "due_on": due_on.isoformat(),
        "held_at": int(moment.now.timestamp()),
    }
    content = orjson.dumps({"fields": hold.fields, "clear": sealed_facts(clear)})
    row = {
        **clear,
        "id": held_id,
        "natural_tag": hold.natural_tag,
        "state": HeldState.HELD.value,
        "key_id": holding.key.account_id,
        "sealed_row": holding.key.seal(held_place(held_id, "sealed_row"), content, moment.entropy),
        "outcome_id": None,
        "decided_by": None,
        "sealed_decision": None,
    }
    told = Held(held_id=held_id, reason=reason.value, due_on=due_on.isoformat(), is_duplicate=False)
    return told, row


def sealed_facts(clear: Mapping[str, object]) -> dict[str, object]:
    """Give clear columns as they stand under the seal beside what was stated: no bytes in JSON."""
    return {name: fact.hex() if isinstance(fact, bytes) else fact for name, fact in clear.items()}


def require_same_content(hold: Hold, known: KnownHold) -> None:
    """Raise `Refusal("held-conflict")` where a row about the same result says something else."""
    if hold.content_tag != known.content_tag:
        raise Refusal("held-conflict", held=known.id)


def held_place(held_id: str, column: str) -> bytes:
    """Name the place of a sealed column of a held row."""
    return place(str(HeldRow.__tablename__), held_id, column)


_BY_TAG = select(col(HeldRow.natural_tag), col(HeldRow.id), col(HeldRow.content_tag)).where(
    col(HeldRow.natural_tag).in_(bindparam("tags", expanding=True))
)


def known_holds(connection: Connection, tags: Sequence[bytes]) -> dict[bytes, KnownHold]:
    """Give the rows that were held before with these tags; no tags ask nothing."""
    return {
        row.natural_tag: KnownHold(id=row.id, content_tag=row.content_tag)
        for chunk in chunks(tags)
        for row in connection.execute(_BY_TAG, {"tags": chunk})
    }


def _tag(
    secrets: VaultSecrets, kind: LookupKind, institution_id: str, fields: Mapping[str, str]
) -> bytes:
    text = orjson.dumps(dict(fields), option=orjson.OPT_SORT_KEYS).decode()
    return secrets.lookup_tag(kind, institution_id, text)
