"""Questions about rules."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sqlalchemy import Connection, Select, distinct, func, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.conversion.rule_file import RuleDocument
from creditbank.database import chunks, stream, table_of
from creditbank.errors import InvalidInput, Refusal
from creditbank.rules.tables import RuleRow

_PARSED_MAX = 5_000
"""Documents kept in memory, at some twenty kilobytes each: those that concern somebody."""


@dataclass(frozen=True, kw_only=True)
class StoredRule:
    """A stored version of a rule; a draft has no `entry_index`."""

    id: str
    version: str
    institution_id: str
    content: bytes
    sha256: str
    drafted_by: str
    published_by: str | None
    entry_index: int | None

    @cached_property
    def document(self) -> RuleDocument:
        """The rule itself."""
        return _parsed(self.content)


@lru_cache(maxsize=_PARSED_MAX)
def _parsed(content: bytes) -> RuleDocument:
    """Read a rule's document once: it never changes, and proposals ask for it again."""
    return RuleDocument.parse(content)


_COLUMNS = list(table_of(RuleRow).c)
_NAMED = select(*_COLUMNS).where(among(col(RuleRow.id)))
_HASHED = select(*_COLUMNS).where(among(col(RuleRow.sha256)), col(RuleRow.entry_index).is_not(None))


def versions_of(connection: Connection, ids: Collection[str]) -> dict[str, list[StoredRule]]:
    """Give every version of these rules, drafts too, by id."""
    found: dict[str, list[StoredRule]] = defaultdict(list)
    for row in rows_among(connection, _NAMED, ids):
        found[row["id"]].append(StoredRule(**row))
    return found


def published_rules(connection: Connection) -> list[StoredRule]:
    """Give every published version, in the order of the ledger."""
    wanted = select(*_COLUMNS).where(col(RuleRow.entry_index).is_not(None))
    return _rules(connection, wanted.order_by(col(RuleRow.entry_index)))


def drafted_rules(connection: Connection) -> list[StoredRule]:
    """Give every version that is drafted and not published, by id and version."""
    wanted = select(*_COLUMNS).where(col(RuleRow.entry_index).is_(None))
    return _rules(connection, wanted.order_by(col(RuleRow.id), col(RuleRow.version)))


def published_versions(connection: Connection, ids: Collection[str]) -> list[StoredRule]:
    """Give every published version of these rules, in the order of the ledger."""
    found: list[StoredRule] = []
    for chunk in chunks(sorted(ids)):
        published = col(RuleRow.id).in_(chunk), col(RuleRow.entry_index).is_not(None)
        found += _rules(connection, select(*_COLUMNS).where(*published))
    return sorted(found, key=lambda one: one.entry_index or 0)


def count_rules(connection: Connection, institution_id: str) -> int:
    """Count the rules that an institution published, each once whatever its versions."""
    wanted = select(func.count(distinct(col(RuleRow.id)))).where(
        col(RuleRow.institution_id) == institution_id, col(RuleRow.entry_index).is_not(None)
    )
    return int(connection.scalar(wanted) or 0)


def rule_entries(connection: Connection) -> Iterator[tuple[int, str]]:
    """Give ledger index and hash of every published version, by ascending index."""
    wanted = select(col(RuleRow.entry_index), col(RuleRow.sha256))
    published = wanted.where(col(RuleRow.entry_index).is_not(None))
    for row in stream(connection, published.order_by(col(RuleRow.entry_index))):
        yield row[0], row[1]


def rules_by_hash(connection: Connection, hashes: Collection[str]) -> dict[str, StoredRule]:
    """Give the published versions that have one of these hashes."""
    return {row["sha256"]: StoredRule(**row) for row in rows_among(connection, _HASHED, hashes)}


def readable_documents(rules: Iterable[StoredRule]) -> dict[str, RuleDocument]:
    """Give the documents of these rules by hash, without any that was changed into no rule."""
    found: dict[str, RuleDocument] = {}
    for rule in rules:
        with suppress(InvalidInput):
            found[rule.sha256] = rule.document
    return found


def get_published_rule(connection: Connection, rule_id: str, version: str) -> StoredRule:
    """Give a published version; raises `Refusal("rule-unknown")`."""
    for rule in versions_of(connection, [rule_id])[rule_id]:
        if rule.version == version and rule.entry_index is not None:
            return rule
    raise Refusal("rule-unknown", rule=rule_id)


def version_before(connection: Connection, version: StoredRule) -> StoredRule | None:
    """Give the published version that a version supersedes; None where it is the first."""
    name = version.document.rule.supersedes
    known = versions_of(connection, [version.id]).get(version.id, ())
    return next((one for one in known if one.version == name and one.entry_index is not None), None)


def _rules(connection: Connection, wanted: Select[*tuple[object, ...]]) -> list[StoredRule]:
    return [StoredRule(**row) for row in connection.execute(wanted).mappings()]
