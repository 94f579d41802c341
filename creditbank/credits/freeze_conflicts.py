"""Freeze what two accounts of one person used twice: of one result the earlier use counts.

Nothing is released or taken back. A later conversion is frozen until the two accounts are apart
again, or until somebody reverses it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Executable

from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.credits.balances import AccountUse, with_outside_uses
from creditbank.credits.conflicts import (
    StoredConflict,
    conflicts_with,
    end_conflict,
    find_conflicts,
)
from creditbank.credits.queries import conversions_at, find_conversions
from creditbank.credits.reversal import Standing, as_standing
from creditbank.credits.status import HOLDING, ConversionStatus, set_status
from creditbank.credits.suspend import suspended_among
from creditbank.credits.units import Unit, in_account, unit_of, unit_tag
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.notices import NoticeSubject, draft_notice
from creditbank.outcomes.queries import find_outcomes
from creditbank.writer.command import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A conversion, and an earlier use of the same by another account of the person."""

    conversion: Standing
    counts_entry: int
    accounts: frozenset[str]

    def since(self, index: int) -> StoredConflict:
        """Give the conflict that this is from an entry on."""
        return StoredConflict(
            conversion_id=self.conversion.conversion.id,
            counts_entry=self.counts_entry,
            since=index,
            until=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """What accounts used twice were they one person's, and the conflicts that there are now."""

    meetings: Mapping[str, Sequence[Meeting]] = field(default_factory=dict)
    """By the account that would be merged."""
    open: Sequence[StoredConflict] = ()
    parted_by: Mapping[str, Collection[StoredConflict]] = field(default_factory=dict)
    """Which of the open ones end when an account is apart again."""
    standing: Mapping[str, Standing] = field(default_factory=dict)
    suspended: Collection[str] = ()

    def met(self, merged_id: str, as_one: Collection[str]) -> list[Meeting]:
        """Give what an account and these others used twice, each conversion and use once."""
        found = {
            (one.conversion.conversion.id, one.counts_entry): one
            for one in self.meetings.get(merged_id, ())
            if one.accounts <= {merged_id, *as_one}
        }
        return list(found.values())

    def frozen(self, merged_id: str, met: Sequence[Meeting], since: int) -> "Contested":
        """Give what is known after a merge."""
        new = [one.since(since) for one in met]
        return replace(
            self,
            open=[*self.open, *new],
            parted_by={**self.parted_by, merged_id: [*self.parted_by.get(merged_id, ()), *new]},
        )

    def parted(self, merged_id: str) -> "Contested":
        """Give what is known once an account is apart again."""
        over = self.parted_by.get(merged_id, ())
        return replace(self, open=[one for one in self.open if one not in over])

    def ends(self, merged_id: str, until: int) -> Iterator[Executable]:
        """Give the changes that end the conflicts of an account, and what they let count again."""
        over = [one for one in self.parted_by.get(merged_id, ()) if one in self.open]
        for one in over:
            yield end_conflict(one, until)
        left = {one.conversion_id for one in self.parted(merged_id).open}
        for name in sorted({one.conversion_id for one in over} - left):
            standing = replace(self.standing[name], is_in_conflict=False)
            if standing.conversion.status in HOLDING:
                yield set_status(name, status=standing.status(self.suspended))


def load_contested(
    connection: Connection,
    merging: Iterable[AccountKey],
    others: Collection[str],
    secrets: VaultSecrets,
) -> Contested:
    """Load what these accounts and the others used twice, and what ends once they are apart."""
    keys = list(merging)
    parted_by = {key.account_id: conflicts_with(connection, key.account_id) for key in keys}
    concerned = {one.conversion_id for some in parted_by.values() for one in some}
    made = find_conversions(connection, concerned)
    standing = as_standing(connection, made)
    return Contested(
        meetings={key.account_id: meetings(connection, key, others, secrets) for key in keys},
        open=[one for one in find_conflicts(connection, concerned) if one.until is None],
        parted_by=parted_by,
        standing={one.conversion.id: one for one in standing},
        suspended=suspended_among(connection, standing),
    )


def meetings(
    connection: Connection, merged: AccountKey, others: Collection[str], secrets: VaultSecrets
) -> list[Meeting]:
    """Give what an account and each of these others used twice, where a conversion is later."""
    theirs: dict[tuple[str, bytes], list[AccountUse]] = {}
    for one in with_outside_uses(connection, set(others) - {merged.account_id}):
        theirs.setdefault((one.account_id, one.unit_tag), []).append(one)
    pairs = [
        (own, other)
        for own, unit in _units(connection, merged)
        for account in {account for account, _ in theirs}
        for other in theirs.get((account, unit_tag(secrets, in_account(unit, account))), ())
        if own.use.meets(other.use)
    ]
    stored = conversions_at(connection, {one.use.entry for pair in pairs for one in pair})
    later = {one.id: one for one in stored.values()}
    standing = {one.conversion.entry_index: one for one in as_standing(connection, later)}
    return [
        Meeting(
            conversion=standing[last],
            counts_entry=first,
            accounts=frozenset({own.account_id, other.account_id}),
        )
        for own, other in pairs
        for first, last in [sorted((own.use.entry, other.use.entry))]
        if last in standing
    ]


def in_conflict_from(met: Iterable[Meeting]) -> list[Executable]:
    """Give the changes by which these conversions are frozen."""
    ids = sorted({one.conversion.conversion.id for one in met})
    return [set_status(*ids, status=ConversionStatus.FROZEN)] if ids else []


def conflict_notices(
    met: Iterable[Meeting], keys: Sequence[AccountKey], moment: Moment
) -> list[dict[str, object]]:
    """Draft what the person is told of each conversion, in the account that made it.

    Where its key is not among these, the last of them is that of the account that goes on.
    """
    by_account = {key.account_id: key for key in keys}
    first = {one.conversion.conversion.id: one for one in met}
    return [
        draft_notice(
            by_account.get(one.conversion.conversion.account_id, keys[-1]),
            subject=NoticeSubject.CONVERSION_IN_CONFLICT,
            facts={
                "day": civil_day(moment.now).isoformat(),
                "credits": str(Credits(milli=one.conversion.conversion.credits)),
                "rule": one.conversion.conversion.rule_id,
                "entry": str(one.counts_entry),
            },
            moment=moment,
        )
        for one in first.values()
    ]


def _units(connection: Connection, key: AccountKey) -> Iterator[tuple[AccountUse, Unit]]:
    """Give what an account uses, each use with its unit."""
    uses = with_outside_uses(connection, [key.account_id])
    outcomes = find_outcomes(connection, {one.outcome_id for one in uses})
    for one in uses:
        stored = outcomes[one.outcome_id]
        statement = open_statement(key, "outcome", stored.id, stored.sealed_statement)
        yield one, unit_of(stored, fields_of(statement))
