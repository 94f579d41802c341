"""Conflicts of conversions against merges and uses: they have no leaf of their own."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from creditbank.audits.keys import KeySource, readable_keys
from creditbank.closures.queries import StoredMerge, merged_accounts, merges_of, standing_merges
from creditbank.conversion.decision import Part
from creditbank.conversion.filing import Use
from creditbank.credits.conflicts import StoredConflict, all_conflicts
from creditbank.credits.freeze_conflicts import meetings
from creditbank.credits.outside_uses import outside_uses_at
from creditbank.credits.queries import StoredConversion, conversions_at, find_conversions, uses_of
from creditbank.credits.units import Unit, in_account, unit_of, unit_tag
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.account_state import StateAct
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from ledger.errors import LedgerError
from ledger.findings import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Used:
    """What stands at an index of the ledger: whose it is, and which units it uses in part."""

    index: int
    account_id: str
    uses: Collection[tuple[bytes, str, Use]]
    """Each with the tag of its unit, and the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What conflicts are compared with."""

    conversions: Mapping[str, StoredConversion]
    used: Mapping[int, _Used]
    keys: Mapping[str, AccountKey]
    outcomes: Mapping[str, StoredOutcome]
    merges: Sequence[StoredMerge]


class ConflictCheck:
    """Recomputes, under their keys, what merged accounts used twice."""

    table = "conversion_conflict"

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        source: KeySource,
        secrets: VaultSecrets,
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._source = source
        self._secrets = secrets

    def run(self) -> None:
        """Check all of them, and that none is missing."""
        stored = all_conflicts(self._connection)
        known = self._load(stored)
        for one in stored:
            conversion = known.conversions.get(one.conversion_id)
            counts = known.used.get(one.counts_entry)
            problems = ["there is no such conversion or use"]
            if conversion is not None and counts is not None:
                problems = list(self._problems(one, known.used[conversion.entry_index], known))
            index = -1 if conversion is None else conversion.entry_index
            for problem in problems:
                self._findings.add(self.table, index, f"{one.conversion_id}: {problem}")
        self._find_missing(stored)

    def _load(self, stored: Collection[StoredConflict]) -> _Known:
        conversions = find_conversions(self._connection, {one.conversion_id for one in stored})
        indexes = {one.counts_entry for one in stored}
        used = self._used_at(indexes | {one.entry_index for one in conversions.values()})
        accounts = {one.account_id for one in used.values()}
        return _Known(
            conversions=conversions,
            used=used,
            keys=readable_keys(self._source, accounts),
            outcomes=find_outcomes(
                self._connection, {name for one in used.values() for _, name, _ in one.uses}
            ),
            merges=merges_of(self._connection, accounts),
        )

    def _problems(self, one: StoredConflict, later: _Used, known: _Known) -> Iterator[str]:
        counts = known.used[one.counts_entry]
        accounts = {later.account_id, counts.account_id}
        if not accounts <= known.keys.keys():
            return  # One of the two was erased since.
        yield from _wrong_times(one, accounts, known.merges)
        if one.counts_entry >= later.index:
            yield "counts_entry is not before it"
        with suppress(SealBroken, LedgerError, KeyError, ValueError):  # Named by its own check.
            units = list(_units(later, known.outcomes, known.keys[later.account_id]))
            if not self._is_used_twice(units, counts):
                yield "counts_entry used something else"

    def _is_used_twice(self, units: Iterable[tuple[Unit, Use]], counts: _Used) -> bool:
        return any(
            tag == unit_tag(self._secrets, in_account(unit, counts.account_id)) and use.meets(other)
            for unit, use in units
            for tag, _, other in counts.uses
        )

    def _find_missing(self, stored: Iterable[StoredConflict]) -> None:
        known = {(one.conversion_id, one.counts_entry) for one in stored if one.until is None}
        standing = standing_merges(self._connection, merged_accounts(self._connection))
        keys = readable_keys(self._source, standing)
        for merged, survivor in standing.items():
            as_one = {survivor, *(one for one, into in standing.items() if into == survivor)}
            if merged not in keys:
                continue
            with suppress(SealBroken, LedgerError, KeyError, ValueError):
                for met in meetings(self._connection, keys[merged], as_one, self._secrets):
                    conversion = met.conversion.conversion
                    if (conversion.id, met.counts_entry) not in known:
                        problem = f"conversion {conversion.id} uses what {met.counts_entry} used"
                        self._findings.add(self.table, conversion.entry_index, problem)

    def _used_at(self, indexes: Collection[int]) -> dict[int, _Used]:
        made = conversions_at(self._connection, indexes)
        uses = uses_of(self._connection, [one.id for one in made.values()])
        found = {
            index: _Used(
                index=index,
                account_id=one.account_id,
                uses=[
                    (use.unit_tag, use.part.outcome, _use(use.part, one)) for use in uses[one.id]
                ],
            )
            for index, one in made.items()
        }
        for index, outside in outside_uses_at(self._connection, indexes).items():
            use = (outside.unit_tag, outside.outcome_id, Use(entry=index))
            found[index] = _Used(index=index, account_id=outside.account_id, uses=[use])
        return found


def _wrong_times(
    one: StoredConflict, accounts: Collection[str], merges: Iterable[StoredMerge]
) -> Iterator[str]:
    """Compare from when to when it lasts with what merged and parted these accounts."""
    own = [each for each in merges if each.account_id == each.merged_id in accounts]
    begun = {each.entry_index for each in own if each.act == StateAct.MERGE}
    ended = (
        each.entry_index
        for each in own
        if each.act == StateAct.PART and each.entry_index > one.since
    )
    if one.since not in begun:
        yield "since is no merge of its accounts"
    elif one.until != min(ended, default=None):
        yield "until is not what parted its accounts"


def _use(part: Part, conversion: StoredConversion) -> Use:
    return Use(
        entry=conversion.entry_index,
        unit=part.unit,
        start=part.start,
        end=part.end,
        scope=conversion.scope,
    )


def _units(
    used: _Used, outcomes: Mapping[str, StoredOutcome], key: AccountKey
) -> Iterator[tuple[Unit, Use]]:
    """Give what is used with its unit; raises as `open_statement` does."""
    for _, name, use in used.uses:
        stored = outcomes[name]
        statement = open_statement(key, "outcome", stored.id, stored.sealed_statement)
        yield unit_of(stored, fields_of(statement)), use
