"""The status lists as they are served: looked at anew every few seconds, published when changed."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certificates.keys import SigningKey
from creditbank.credentials.publish_list import (
    ListName,
    ListSource,
    PublishedList,
    PublishStatusList,
    list_state,
)
from creditbank.credentials.status_bits import revoked_urns
from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.installation.former_names import FormerName
from creditbank.writer.writer import Writer

LOOKED_AT_EVERY = timedelta(seconds=5)
"""For how long a process answers from memory: a change is told within seconds, not a minute."""
_DIGITS_MAX = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLists:
    """Answers with the newest version of a list; whoever asks first after a change publishes it."""

    sources: Mapping[str, ListSource]
    readers: Readers
    writer: Writer
    clock: Callable[[], datetime]
    key: SigningKey
    issuer_did: str
    institution_id: str
    origin: str
    formers: tuple[FormerName, ...]
    _seen: dict[ListName, tuple[datetime, PublishedList]] = field(default_factory=dict)
    _revoked: list[tuple[datetime, list[str]]] = field(default_factory=list)

    def newest(self, name: ListName) -> PublishedList:
        """Give the newest version of a list; raises `Refusal("status-list-unknown")`.

        While nothing can be written the last published version is given, if there is one.
        """
        now = self.clock()
        seen = self._seen.get(name)
        if seen is not None and now - seen[0] < LOOKED_AT_EVERY:
            return seen[1]
        source = self.sources.get(name[0])
        if source is None:
            raise Refusal("status-list-unknown")
        with self.readers.reading() as connection:
            stands = list_state(connection, source, name[1])
        if stands is None:
            raise Refusal("status-list-unknown")
        found = stands.newest
        if found is None or not stands.is_current(now):
            found = self._published(source, name[1], found)
        self._seen[name] = now, found
        return found

    def revoked(self) -> list[str]:
        """Name every revoked credential by a URN that leads nowhere."""
        now = self.clock()
        for seen_at, urns in self._revoked:
            if now - seen_at < LOOKED_AT_EVERY:
                return urns
        with self.readers.reading() as connection:
            found = revoked_urns(connection)
        self._revoked[:] = [(now, found)]
        return found

    def names(self) -> list[str]:
        """Name every list there is, as `revocation-1`."""
        with self.readers.reading() as connection:
            return [
                f"{source.family}-{number}"
                for source in self.sources.values()
                for number in range(1, source.newest(connection) + 1)
            ]

    def _published(
        self, source: ListSource, number: int, earlier: PublishedList | None
    ) -> PublishedList:
        command = PublishStatusList(
            source=source,
            number=number,
            issuer_did=self.issuer_did,
            institution_id=self.institution_id,
            origin=self.origin,
            formers=self.formers,
            key=self.key,
        )
        if earlier is None:
            return self.writer.write(command).answer
        with suppress(Refusal):
            return self.writer.write(command).answer
        return earlier


def parse_name(text: str) -> ListName | None:
    """Read the name of a list in its address, as `revocation-1`, or None."""
    family, _, number = text.rpartition("-")
    is_number = number.isascii() and number.isdigit() and len(number) < _DIGITS_MAX
    return (family, int(number)) if is_number else None
