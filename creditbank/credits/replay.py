"""Compute every conversion ever made again, and name each that differs from what is stored.

The inputs are those stored with the conversion, the rule is the version it names, the engine the
one that decided. What belongs to an erased account stays sealed and is counted as such.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection

from creditbank.conversion.amounts import Credits
from creditbank.conversion.decide import ENGINES
from creditbank.conversion.decision import Grant
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.queries import (
    StoredConversion,
    StoredUse,
    all_conversions,
    grants_of,
    uses_of,
)
from creditbank.credits.show import OpenedConversion, open_conversion
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.store import KeyStore
from creditbank.rules.queries import published_rules
from ledger.errors import LedgerError
from ledger.leaf import decode
from ledger.read import read_leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One conversion that is not what its inputs and its rule give; `entry` is its ledger index."""

    entry: int
    conversion_id: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """How many conversions there are, how many stayed sealed, and which differ."""

    conversions: int
    sealed: int
    differences: tuple[Difference, ...]


def replay(connection: Connection, keystore: KeyStore) -> ReplayReport:
    """Compute every conversion again, in the order of the ledger."""
    rules = {one.sha256: one.document for one in published_rules(connection)}
    count, sealed = 0, 0
    differences: list[Difference] = []
    for page in all_conversions(connection):
        keys = keystore.get({one.account_id for one in page})
        ids = [one.id for one in page]
        grants, uses = grants_of(connection, ids), uses_of(connection, ids)
        count += len(page)
        for stored in page:
            if stored.account_id not in keys:
                sealed += 1
                continue
            checked = _Checked(
                connection, stored, keys[stored.account_id], grants[stored.id], uses[stored.id]
            )
            differences += checked.differences(rules)
    return ReplayReport(conversions=count, sealed=sealed, differences=tuple(differences))


@dataclass(frozen=True, slots=True)
class _Checked:
    """One stored conversion with everything that must agree with its decision."""

    connection: Connection
    stored: StoredConversion
    key: AccountKey
    grants: set[Grant]
    uses: Sequence[StoredUse]

    def differences(self, rules: Mapping[str, RuleDocument]) -> Iterator[Difference]:
        """Name what differs."""
        try:
            opened = open_conversion(self.stored, self.key)
        except (SealBroken, LedgerError, ValidationError, KeyError):
            yield self._difference("its statement does not open")
            return
        yield from map(self._difference, self._against_rule(opened, rules))
        yield from map(self._difference, self._against_columns(opened))
        yield from map(self._difference, self._against_leaf(opened))

    def _against_rule(
        self, opened: OpenedConversion, rules: Mapping[str, RuleDocument]
    ) -> Iterator[str]:
        decision = opened.decision
        document, engine = rules.get(decision.rule_sha256), ENGINES.get(decision.engine)
        if document is None:
            yield "no published rule has the hash that it names"
        elif engine is None:
            yield "no engine has the version that it names"
        elif engine(document, opened.filing) != decision:
            yield "its inputs give another decision"
        if document is not None and (document.rule.id, document.rule.version) != (
            self.stored.rule_id,
            self.stored.rule_version,
        ):
            yield "its rule is not the one of its columns"

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
        if self.grants != set(decision.grants):
            yield "its grants are not those of its decision"
        if {use.part for use in self.uses} != set(decision.parts):
            yield "the parts it uses are not those of its decision"

    def _against_leaf(self, opened: OpenedConversion) -> Iterator[str]:
        try:
            leaf = decode(read_leaf(self.connection, self.stored.entry_index))
        except LedgerError:
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

    def _difference(self, problem: str) -> Difference:
        return Difference(
            entry=self.stored.entry_index, conversion_id=self.stored.id, problem=problem
        )
