"""Compute every conversion and application again, and name each that differs from what is stored.

The inputs are those stored with the conversion, the rule is the version it names, the engine the
one that decided. What belongs to an erased account stays sealed and is counted as such.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection

from creditbank.applications.queries import StoredApplication, all_applications
from creditbank.conversion.amounts import Credits
from creditbank.conversion.decide import ENGINES
from creditbank.conversion.decision import Grant
from creditbank.conversion.scope import scope_of
from creditbank.credits.queries import (
    StoredConversion,
    StoredUse,
    all_conversions,
    grants_of,
    uses_of,
)
from creditbank.credits.replay_applications import readable_leaves, replayed_applications
from creditbank.credits.show import OpenedConversion, open_conversion
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.store import KeyStore
from creditbank.rules.queries import StoredRule, readable_documents, rules_by_hash
from ledger.errors import LedgerError
from ledger.leaf import Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A conversion or application that is not what its inputs give; `entry` is its ledger index."""

    entry: int
    conversion_id: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """How many conversions and applications there are, how many stayed sealed, and which differ."""

    conversions: int
    applications: int
    sealed: int
    differences: tuple[Difference, ...]


def replay(connection: Connection, keystore: KeyStore) -> ReplayReport:
    """Compute every conversion again, then every application, each in the order of the ledger."""
    count, sealed = 0, 0
    differences: list[Difference] = []
    for page in all_conversions(connection):
        keys = keystore.get({one.account_id for one in page})
        count += len(page)
        sealed += sum(one.account_id not in keys for one in page)
        for one in replayed(connection, page):
            key = keys.get(one.stored.account_id)
            problems = () if key is None else one.problems(key)
            differences += [
                Difference(
                    entry=one.stored.entry_index, conversion_id=one.stored.id, problem=problem
                )
                for problem in problems
            ]
    applications = 0
    for some in all_applications(connection):
        keys = keystore.get({one.account_id for one in some})
        applications += len(some)
        sealed += sum(one.account_id not in keys for one in some)
        differences += _of_applications(connection, some, keys)
    return ReplayReport(
        conversions=count,
        applications=applications,
        sealed=sealed,
        differences=tuple(differences),
    )


def _of_applications(
    connection: Connection, page: Sequence[StoredApplication], keys: Mapping[str, AccountKey]
) -> Iterator[Difference]:
    for one in replayed_applications(connection, page, keys.values()):
        key = keys.get(one.stored.account_id)
        for problem in () if key is None else one.problems(key):
            yield Difference(
                entry=one.stored.entry_index,
                conversion_id=one.stored.conversion_id,
                problem=f"application {one.stored.id}: {problem}",
            )


def replayed(connection: Connection, page: Sequence[StoredConversion]) -> Iterator["Replayed"]:
    """Give these conversions with all that must agree with their decisions."""
    ids = [one.id for one in page]
    rules = rules_by_hash(connection, {one.rule_sha256 for one in page})
    grants, uses = grants_of(connection, ids), uses_of(connection, ids)
    leaves = readable_leaves(connection, [one.entry_index for one in page])
    for stored in page:
        yield Replayed(
            stored=stored,
            grants=frozenset(grants[stored.id]),
            uses=tuple(uses[stored.id]),
            leaf=leaves.get(stored.entry_index),
            rule=rules.get(stored.rule_sha256),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One stored conversion with everything that must agree with its decision."""

    stored: StoredConversion
    grants: frozenset[Grant]
    uses: Sequence[StoredUse]
    leaf: Leaf | None
    rule: StoredRule | None

    def problems(self, key: AccountKey) -> Iterator[str]:
        """Say what differs."""
        try:
            opened = open_conversion(self.stored, key)
        except (SealBroken, LedgerError, ValidationError, KeyError):
            yield "its statement does not open"
            return
        yield from self._against_rule(opened)
        yield from self._against_columns(opened)
        yield from self._against_leaf(opened)

    def _against_rule(self, opened: OpenedConversion) -> Iterator[str]:
        decision = opened.decision
        rule, engine = self.rule, ENGINES.get(decision.engine)
        document = None if rule is None else readable_documents([rule]).get(rule.sha256)
        if document is None:
            yield "no published rule has the hash that it names"
        elif engine is None:
            yield "no engine has the version that it names"
        else:
            if engine(document, opened.filing) != decision:
                yield "its inputs give another decision"
            if scope_of(document.rule, opened.filing) != self.stored.scope:
                yield "its scope is not that of its rule and plan"
        if rule is not None and self._names_another(rule):
            yield "its rule is not the one of its columns"

    def _names_another(self, rule: StoredRule) -> bool:
        stored = self.stored
        named = (stored.rule_id, stored.rule_version, stored.institution_id)
        return named != (rule.id, rule.version, rule.institution_id)

    def _against_columns(self, opened: OpenedConversion) -> Iterator[str]:
        stored, decision = self.stored, opened.decision
        if Credits(milli=stored.credits) != decision.credits:
            yield "its credits are not those of its decision"
        if (stored.rule_sha256, stored.engine) != (decision.rule_sha256, decision.engine):
            yield "its rule or engine is not that of its decision"
        if tuple(stored.codes) != decision.codes:
            yield "its codes are not those of its decision"
        if stored.filed_month != f"{opened.filing.filed_on:%Y-%m}":
            yield "its month is not that of its filing"
        if self.grants != frozenset(decision.grants):
            yield "its grants are not those of its decision"
        if {use.part for use in self.uses} != set(decision.parts):
            yield "the parts it uses are not those of its decision"

    def _against_leaf(self, opened: OpenedConversion) -> Iterator[str]:
        leaf = self.leaf
        if leaf is None:
            yield "there is no leaf at its index"
            return
        if (leaf["t"], leaf["id"]) != ("convert", self.stored.id):
            yield "the leaf at its index is another's"
        if leaf.get("stmt") != opened.statement.digest.hex():
            yield "its statement is not the one of its leaf"
        if leaf.get("rule") != opened.decision.rule_sha256:
            yield "its rule is not the one of its leaf"
        spent = leaf.get("spend", [])
        shown = spent if isinstance(spent, list) else []
        if sorted(shown) != sorted(use.nullifier.hex() for use in self.uses):
            yield "the parts it uses are not those of its leaf"
