"""Simulations that were kept: of which bytes of a version, by whom, when, with which result."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import table_of
from creditbank.rules.queries import StoredRule
from creditbank.rules.tables import RuleSimulationRow

FORMAT = "creditbank/rule-simulation/v1"


@dataclass(frozen=True, kw_only=True)
class KeptSimulation:
    """A kept simulation; it says something of a version as long as that has these bytes."""

    digest: bytes
    rule_id: str
    version: str
    content: bytes

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """The document."""
        found: dict[str, Any] = orjson.loads(self.content)
        return found

    @property
    def sha256(self) -> str:
        """The bytes of the version that were simulated, by their hash."""
        return str(self.said["sha256"])

    @property
    def by(self) -> str:
        """Who had it simulated: a login, or the author whom the file states."""
        return str(self.said["by"])

    @property
    def at(self) -> datetime:
        """When it was kept."""
        return datetime.fromisoformat(str(self.said["at"]))

    @property
    def result(self) -> Mapping[str, Any]:
        """What came of it."""
        found: Mapping[str, Any] = self.said["result"]
        return found


_NAMED = select(table_of(RuleSimulationRow)).where(among(col(RuleSimulationRow.rule_id)))


def simulations_of(
    connection: Connection, rule_ids: Collection[str]
) -> dict[tuple[str, str], Sequence[KeptSimulation]]:
    """Give every kept simulation of these rules, by id and version."""
    found: dict[tuple[str, str], list[KeptSimulation]] = defaultdict(list)
    for row in rows_among(connection, _NAMED, sorted(rule_ids)):
        found[row["rule_id"], row["version"]].append(KeptSimulation(**row))
    return dict(found)


def newest_of(kept: Sequence[KeptSimulation], sha256: str) -> KeptSimulation | None:
    """Give the newest of exactly these bytes; None where there is none, or these are others now."""
    same = [one for one in kept if one.sha256 == sha256]
    return max(same, key=lambda one: (one.at, one.digest), default=None)


def kept_simulation(connection: Connection, version: StoredRule) -> KeptSimulation | None:
    """Give the newest simulation of a version as it is stored now."""
    kept = simulations_of(connection, [version.id]).get((version.id, version.version), ())
    return newest_of(kept, version.sha256)
