"""How things stood before a conversion: what those before it had used, filled and given."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Label, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.conversion.amounts import Credits
from creditbank.conversion.filing import FilledTarget, Use
from creditbank.conversion.plan import CountedCredit
from creditbank.credits.balances import use_of
from creditbank.credits.conflicts import StoredConflict, find_conflicts
from creditbank.credits.counted import CountedBy
from creditbank.credits.outside_uses import outside_uses_of_units
from creditbank.credits.queries import StoredConversion
from creditbank.credits.tables import (
    ConversionGrantRow,
    ConversionReversalRow,
    ConversionRow,
    ConversionUseRow,
)
from creditbank.database import table_of

_REVERSED_AT: Label[int] = col(ConversionReversalRow.entry_index).label("reversed_at")
_Place = tuple[str, str, str | None]
_Rule = tuple[str, str, str]
_OF_IT = col(ConversionReversalRow.conversion_id) == col(ConversionRow.id)
_USES = (
    select(
        table_of(ConversionUseRow),
        col(ConversionRow.account_id),
        col(ConversionRow.entry_index),
        col(ConversionRow.scope),
        _REVERSED_AT,
    )
    .join_from(ConversionUseRow, ConversionRow)
    .outerjoin(ConversionReversalRow, _OF_IT)
)
_USES_OF_ACCOUNTS = _USES.where(among(col(ConversionRow.account_id)))
_USES_OF_UNITS = _USES.where(among(col(ConversionUseRow.unit_tag)))
_GRANTS = (
    select(
        col(ConversionRow.account_id),
        col(ConversionRow.institution_id),
        col(ConversionRow.rule_id),
        col(ConversionRow.scope),
        col(ConversionRow.enrolment_id),
        col(ConversionRow.id),
        col(ConversionRow.entry_index),
        col(ConversionGrantRow.target),
        col(ConversionGrantRow.credits),
        _REVERSED_AT,
    )
    .join_from(ConversionGrantRow, ConversionRow)
    .outerjoin(ConversionReversalRow, _OF_IT)
    .where(among(col(ConversionRow.account_id)))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """That an account was merged into another, from an entry on up to the one that parted them.

    Of an account that was erased since, nobody can tell any more which it was.
    """

    account_id: str | None
    since: int
    until: int | None

    def holds_before(self, index: int) -> bool:
        """Say whether they were together when the entry at an index was made."""
        return self.since < index and (self.until is None or index < self.until)


@dataclass(frozen=True, slots=True)
class History:
    """Every use of some units, and every target filled and credit given to some accounts."""

    uses: dict[bytes, list[Use]] = field(default_factory=lambda: defaultdict(list))
    filled: dict[_Place, list[FilledTarget]] = field(default_factory=lambda: defaultdict(list))
    given: dict[_Rule, list[tuple[int, Credits]]] = field(default_factory=lambda: defaultdict(list))
    counted: Sequence[CountedBy] = ()
    """What each conversion for some enrolments recognised."""
    used: dict[str, list[tuple[str, Use]]] = field(default_factory=lambda: defaultdict(list))
    """What the conversions of each account used, each beside the outcome."""
    reversed: dict[int, int] = field(default_factory=dict)
    """Where the reversal of a conversion stands, by the index of the conversion."""
    conflicts: dict[int, list[StoredConflict]] = field(default_factory=lambda: defaultdict(list))
    """The conflicts that a conversion was in, by its index."""
    together: Mapping[str, Sequence[Together]] = field(default_factory=dict)
    """What was merged into each account, and when."""

    def merged_before(self, index: int, account_id: str) -> list[str | None]:
        """Give the accounts that were merged into one when the entry at an index was made."""
        every = self.together.get(account_id, ())
        return [one.account_id for one in every if one.holds_before(index)]

    def used_before(self, index: int, tags: Collection[bytes]) -> tuple[Use, ...]:
        """Give what the conversions before this index used of a unit, in their order.

        `tags` are those that the unit has in the accounts of its holder.
        """
        every = (use for tag in set(tags) for use in self.uses.get(tag, ()))
        uses = [use for use in every if self._stood(use.entry, index)]
        return tuple(sorted(uses, key=lambda use: (use.entry, use.start)))

    def used_by_account_before(self, index: int, account_id: str) -> list[tuple[str, Use]]:
        """Give what the conversions of an account before this index used, and of which outcome."""
        used = self.used.get(account_id, ())
        return [(name, use) for name, use in used if self._stood(use.entry, index)]

    def filled_before(self, one: StoredConversion, codes: Collection[str]) -> set[FilledTarget]:
        """Give which of these targets were filled before a conversion, where it fills them."""
        return {
            each
            for account in self._accounts(one)
            for each in self.filled.get((account, one.institution_id, one.enrolment_id), ())
            if each.code in codes and self._stood(each.entry, one.entry_index)
        }

    def given_before(self, one: StoredConversion) -> Credits:
        """Give what the rule of a conversion had given its account before it, in its scope."""
        standing = (
            each
            for account in self._accounts(one)
            for at, each in self.given.get((account, one.rule_id, one.scope), ())
            if self._counted(at, one.entry_index)
        )
        return Credits(milli=sum(each.milli for each in standing))

    def counted_before(self, one: StoredConversion) -> tuple[CountedCredit, ...]:
        """Give what was recognised for the enrolment of a conversion before it."""
        return tuple(
            credit
            for each in self.counted
            if each.conversion.enrolment_id == one.enrolment_id
            and self._counted(each.conversion.entry_index, one.entry_index)
            for credit in each.credit
        )

    def uses_at(self, end: int) -> dict[bytes, list[Use]]:
        """Give what the conversions used that stood when the log had `end` leaves, by unit."""
        return {
            tag: [one for one in uses if self._stood_at(one.entry, end)]
            for tag, uses in self.uses.items()
        }

    def filled_at(self, end: int) -> dict[_Place, list[FilledTarget]]:
        """Give the targets that were filled when the log had `end` leaves."""
        return {
            where: [one for one in filled if self._stood_at(one.entry, end)]
            for where, filled in self.filled.items()
        }

    def given_at(self, end: int) -> dict[_Rule, Credits]:
        """Give what each rule had given when the log had `end` leaves."""
        return {
            rule: Credits(milli=sum(one.milli for at, one in given if self._counted_at(at, end)))
            for rule, given in self.given.items()
        }

    def counted_at(self, end: int) -> dict[str, list[CountedCredit]]:
        """Give what counted for each enrolment when the log had `end` leaves."""
        found: dict[str, list[CountedCredit]] = defaultdict(list)
        for one in self.counted:
            if self._counted_at(one.conversion.entry_index, end):
                found[one.conversion.enrolment_id or ""] += one.credit
        return found

    def _accounts(self, one: StoredConversion) -> Iterator[str]:
        """Give the account of a conversion and those that were merged into it then."""
        yield one.account_id
        merged = self.merged_before(one.entry_index, one.account_id)
        yield from (each for each in merged if each is not None)

    def _counted_at(self, entry: int, end: int) -> bool:
        conflicts = self.conflicts.get(entry, ())
        return self._stood_at(entry, end) and not any(one.holds_before(end) for one in conflicts)

    def _stood_at(self, entry: int, end: int) -> bool:
        return entry < end <= self.reversed.get(entry, end)

    def _stood(self, entry: int, index: int) -> bool:
        """Say whether a conversion was made before an index, and not reversed before it."""
        return entry < index < self.reversed.get(entry, index + 1)

    def _counted(self, entry: int, index: int) -> bool:
        """Say whether a conversion counted for caps before an index: in no conflict then."""
        conflicts = self.conflicts.get(entry, ())
        return self._stood(entry, index) and not any(one.holds_before(index) for one in conflicts)


def read_history(
    connection: Connection,
    account_ids: Collection[str],
    tags: Collection[bytes],
    counted: Sequence[CountedBy] = (),
    together: Mapping[str, Sequence[Together]] | None = None,
) -> History:
    """Read the history of these accounts, and of these units, whoever holds them."""
    history = History(counted=counted, together=together or {})
    read_uses(connection, tags, history)
    _read_grants(connection, account_ids, history)
    for row in rows_among(connection, _USES_OF_ACCOUNTS, account_ids):
        history.used[row["account_id"]].append((row["outcome_id"], use_of(row)))
        _note_reversal(row["entry_index"], row["reversed_at"], history)
    return history


def read_uses(connection: Connection, tags: Collection[bytes], history: History) -> None:
    """Read the history of these units too, whoever holds them."""
    fresh = sorted(set(tags) - history.uses.keys())
    for row in rows_among(connection, _USES_OF_UNITS, fresh):
        history.uses[bytes(row["unit_tag"])].append(use_of(row))
        _note_reversal(row["entry_index"], row["reversed_at"], history)
    for one in outside_uses_of_units(connection, fresh):
        history.uses[one.unit_tag].append(Use(entry=one.entry))
        _note_reversal(one.entry, one.withdrawn_at, history)


def _read_grants(connection: Connection, account_ids: Collection[str], history: History) -> None:
    indexes: dict[str, int] = {}
    for row in rows_among(connection, _GRANTS, account_ids):
        entry, credit = row["entry_index"], Credits(milli=row["credits"])
        account_id, indexes[row["id"]] = row["account_id"], entry
        filled = FilledTarget(code=row["target"], entry=entry, credits=credit)
        history.filled[account_id, row["institution_id"], row["enrolment_id"]].append(filled)
        history.given[account_id, row["rule_id"], row["scope"]].append((entry, credit))
        _note_reversal(entry, row["reversed_at"], history)
    for one in find_conflicts(connection, indexes):
        history.conflicts[indexes[one.conversion_id]].append(one)


def _note_reversal(entry: int, reversed_at: int | None, history: History) -> None:
    if reversed_at is not None:
        history.reversed[entry] = reversed_at
