"""Publish a status list: signed, under a version that only rises, its document in the ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

import orjson
from sqlalchemy import Connection, select
from sqlmodel import col

from certificates.data_integrity import secure
from certificates.did import method_id
from certificates.keys import SigningKey
from certificates.status_list import LIFETIME, StatusPurpose, encode_bits, list_document
from creditbank.credentials.issuer import list_url
from creditbank.credentials.tables import StatusListRow
from creditbank.database import table_of
from creditbank.errors import Refusal
from creditbank.installation.former_names import (
    FormerName,
    former_names,
    name_of_list,
    require_not_moved,
)
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id
from ledger.objects import find_object

MEDIA_TYPE = "application/json"
RENEWED_AFTER = LIFETIME // 2
"""After how long a list that says the same is published anew, so that it never runs out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSource:
    """A family of lists of one purpose, numbered from 1 up to the one that is being filled.

    `set_bits` gives what is set in a list, None for one that is not.
    """

    family: str
    purpose: StatusPurpose
    newest: Callable[[Connection], int]
    set_bits: Callable[[Connection, int], frozenset[int] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedList:
    """The newest version of a list: its document as served, what it says, and its leaf."""

    version: int
    document: bytes
    encoded: str
    published_at: datetime
    entry_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """How a list stands: what it should say now, and its newest version.

    `formers` are the names that the bank had before.
    """

    encoded: str
    newest: PublishedList | None
    formers: tuple[FormerName, ...]

    def is_current(self, now: datetime) -> bool:
        """Say whether the newest version says what stands, and is not old."""
        newest = self.newest
        if newest is None or newest.encoded != self.encoded:
            return False
        return now < newest.published_at + RENEWED_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """One published version as it is stored."""

    number: int
    family: str
    version: int
    published_at: int
    object_sha256: bytes
    entry_index: int

    @property
    def id(self) -> str:
        """Its name among all versions of all lists."""
        return f"{self.family}-{self.number}-{self.version}"


ListName = tuple[str, int]
"""The family and number of a list."""


def list_state(connection: Connection, source: ListSource, number: int) -> ListState | None:
    """Give how a list stands, None where there is none of this number."""
    places = source.set_bits(connection, number)
    if places is None:
        return None
    newest = newest_version(connection, (source.family, number))
    formers = former_names(connection)
    return ListState(encoded=encode_bits(places), newest=newest, formers=formers)


def newest_version(connection: Connection, name: ListName) -> PublishedList | None:
    """Give the newest published version of a list."""
    family, number = name
    wanted = (
        select(
            col(StatusListRow.version),
            col(StatusListRow.published_at),
            col(StatusListRow.object_sha256),
            col(StatusListRow.entry_index),
        )
        .where(col(StatusListRow.number) == number, col(StatusListRow.family) == family)
        .order_by(col(StatusListRow.version).desc())
        .limit(1)
    )
    row = connection.execute(wanted).one_or_none()
    stored = None if row is None else find_object(connection, row.object_sha256)
    if row is None or stored is None:
        return None
    document = stored[1]
    return PublishedList(
        version=row.version,
        document=document,
        encoded=orjson.loads(document)["credentialSubject"]["encodedList"],
        published_at=datetime.fromtimestamp(row.published_at, UTC),
        entry_index=row.entry_index,
    )


def list_versions(connection: Connection) -> list[StoredVersion]:
    """Give every version of every list, in the order of the ledger."""
    columns = (table_of(StatusListRow).c[name] for name in StoredVersion.__slots__)
    rows = connection.execute(select(*columns).order_by(col(StatusListRow.entry_index)))
    return [StoredVersion(**row) for row in rows.mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishStatusList:
    """Ask that a list be published as it stands; one that says so already is left.

    It bears the name and the address under which it was begun.
    """

    source: ListSource
    number: int
    issuer_did: str
    institution_id: str
    origin: str
    formers: tuple[FormerName, ...]
    key: SigningKey

    @property
    def name(self) -> ListName:
        """The list."""
        return self.source.family, self.number

    @classmethod
    def load(
        cls, connection: Connection, commands: Sequence[Self]
    ) -> Mapping[ListName, ListState | None]:
        """Load how these lists stand."""
        return {one.name: list_state(connection, one.source, one.number) for one in commands}

    def decide(
        self, state: Mapping[ListName, ListState | None], moment: Moment
    ) -> Decision[Mapping[ListName, ListState | None], PublishedList]:
        """Sign it; the answer is the newest version.

        Raises `Refusal`: "status-list-unknown", "issuer-moved".
        """
        stands = state[self.name]
        if stands is None:
            raise Refusal("status-list-unknown")
        require_not_moved(stands.formers, self.formers)
        if stands.newest is not None and stands.is_current(moment.now):
            return Decision(answer=stands.newest, state=state)
        before = stands.newest
        document = self._document(stands, moment)
        published = PublishedList(
            version=1 if before is None else before.version + 1,
            document=document,
            encoded=stands.encoded,
            published_at=moment.now.replace(microsecond=0),
            entry_index=moment.next_index,
        )
        leaf = LeafDraft(
            t="status_list",
            id=new_id(moment.now, moment.entropy),
            iss=self.institution_id,
            object=sha256(document).digest(),
            ref=None if before is None else before.entry_index,
        )
        return Decision(
            answer=published,
            state={**state, self.name: replace(stands, newest=published)},
            rows={StatusListRow: [self._row(published)]},
            leaves=[leaf],
            objects=[PublicObject(media_type=MEDIA_TYPE, content=document)],
        )

    def _document(self, stands: ListState, moment: Moment) -> bytes:
        former = name_of_list(self.formers, *self.name)
        issuer = self.issuer_did if former is None else former.issuer_did
        origin = self.origin if former is None else former.origin
        document = list_document(
            list_url(origin, *self.name),
            issuer=issuer,
            purpose=self.source.purpose,
            encoded=stands.encoded,
            made_at=moment.now,
        )
        method = method_id(issuer, self.key.verification_key)
        return orjson.dumps(secure(document, self.key, method=method, created=moment.now))

    def _row(self, published: PublishedList) -> dict[str, object]:
        return {
            "number": self.number,
            "family": self.source.family,
            "version": published.version,
            "published_at": int(published.published_at.timestamp()),
            "object_sha256": sha256(published.document).digest(),
            "entry_index": published.entry_index,
        }
