"""Declare a source: the newest declaration of a home page is the one that counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.outcomes.queries import find_sources
from creditbank.outcomes.tables import ActivitySourceRow
from creditbank.outcomes.xapi.source import Source, read_source, source_content
from creditbank.writer.command import Decision, Moment

State = frozenset[tuple[str, str]]
"""The home pages that institutions have declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareSource:
    """Ask that statements of a learning system be understood from now on as this source says."""

    institution_id: str
    source: Source

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the home pages that are declared."""
        institutions = {command.institution_id for command in commands}
        return frozenset(
            (institution_id, home_page)
            for institution_id in institutions
            for home_page in find_sources(connection, institution_id)
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Add or replace it."""
        del moment  # A source is no part of the ledger.
        place = (self.institution_id, self.source.home_page)
        content = source_content(self.source)
        if place in state:
            changed = update(ActivitySourceRow).where(
                col(ActivitySourceRow.institution_id) == place[0],
                col(ActivitySourceRow.home_page) == place[1],
            )
            return Decision(answer=None, state=state, changes=[changed.values(content=content)])
        row = {"institution_id": place[0], "home_page": place[1], "content": content}
        return Decision(answer=None, state=state | {place}, rows={ActivitySourceRow: [row]})


def sources_of(connection: Connection, institution_id: str) -> dict[str, Source]:
    """Give an institution's sources by home page."""
    return {
        home_page: read_source(content)
        for home_page, content in find_sources(connection, institution_id).items()
    }
