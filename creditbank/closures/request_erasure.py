"""Ask for an erasure, or call it off while its cooling-off runs; why it may have to wait."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from sqlalchemy import Connection, RowMapping, delete, select
from sqlmodel import col

from creditbank.closures.retention import Held, Retention, held_until
from creditbank.closures.scrub import HerRows, find_rows
from creditbank.closures.tables import ErasureRow
from creditbank.conversion.days import civil_day
from creditbank.database import table_of
from creditbank.errors import Refusal
from creditbank.filings.chain import UNDECIDED as UNDECIDED_FILINGS
from creditbank.filings.queries import filings_of_accounts
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.queries import accounts_as_one
from creditbank.matters.matter import UNDECIDED as UNDECIDED_MATTERS
from creditbank.matters.queries import matters_of_accounts
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A stored request; `due_day` is the first day on which it is carried out."""

    account_id: str
    asked_at: int
    asked_by: str
    due_day: str
    leaf_id: bytes | None
    account_tag: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of the accounts that commands name."""

    erasures: Mapping[str, Erasure]
    held: Mapping[str, Sequence[Held]]
    matters: Mapping[str, Sequence[str]]
    merged: Collection[str] = ()
    """The accounts that stand in a merge, on either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestErasure:
    """Ask that everything of an account's learner be erased once the cooling-off is over."""

    key: AccountKey
    by: str
    cooling_days: int
    retention: Sequence[Retention]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load earlier requests, and what must still be kept."""
        return load_requests(
            connection, {command.key.account_id: command.retention for command in commands}
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Erasure]:
        """Ask for it; asking again changes nothing.

        Raises `Refusal`: "erasure-held" while a rule of retention holds, "erasure-case-open" while
        something that she asked for is not decided,
        "erasure-merged" while the account stands in a merge.
        """
        account_id, today = self.key.account_id, civil_day(moment.now)
        if (asked := state.erasures.get(account_id)) is not None:
            return Decision(answer=asked, state=state)
        require_free(state.held[account_id], today)
        if matters := state.matters[account_id]:
            raise Refusal("erasure-case-open", matters=list(matters))
        if account_id in state.merged:
            raise Refusal("erasure-merged")
        due = today + timedelta(days=self.cooling_days)
        row: dict[str, object] = {
            "account_id": account_id,
            "asked_at": int(moment.now.timestamp()),
            "asked_by": self.by,
            "due_day": due.isoformat(),
            "leaf_id": None,
            "account_tag": None,
        }
        erasure = _erasure(row)
        return Decision(
            answer=erasure,
            state=replace(state, erasures={**state.erasures, account_id: erasure}),
            rows={ErasureRow: [row]},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOffErasure:
    """Ask that an erasure be called off; where none was asked for nothing changes."""

    account_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Mapping[str, Erasure]:
        """Load the requests."""
        return find_erasures(connection, [command.account_id for command in commands])

    def decide(
        self, state: Mapping[str, Erasure], moment: Moment
    ) -> Decision[Mapping[str, Erasure], None]:
        """Call it off; raises `Refusal("erasure-begun")` for one that is being carried out."""
        del moment
        asked = state.get(self.account_id)
        if asked is not None and asked.leaf_id is not None:
            raise Refusal("erasure-begun")
        called_off = delete(ErasureRow).where(col(ErasureRow.account_id) == self.account_id)
        return Decision(answer=None, state=state, changes=[called_off])


def load_requests(connection: Connection, rules: Mapping[str, Sequence[Retention]]) -> State:
    """Load the requests of accounts with what holds them, by each one's rules of retention."""
    return State(
        erasures=find_erasures(connection, list(rules)),
        held={one: held_until(connection, one, kept) for one, kept in rules.items()},
        matters={one: undecided_of(connection, one) for one in rules},
        merged={one for one in rules if _is_merged(connection, one)},
    )


def undecided_of(connection: Connection, account_id: str) -> list[str]:
    """Give the ids of the matters and filings of a learner that wait for somebody."""
    matters = matters_of_accounts(connection, [account_id])
    filings = filings_of_accounts(connection, [account_id])
    return [
        *(one.id for one in matters if one.state in UNDECIDED_MATTERS),
        *(one.id for one in filings if one.state in UNDECIDED_FILINGS),
    ]


def require_free(held: Sequence[Held], today: date) -> None:
    """Raise `Refusal("erasure-held")` where something must be kept beyond today."""
    latest = max((one.until for one in held), default=today)
    if latest > today:
        raise Refusal("erasure-held", until=latest.isoformat())


def _is_merged(connection: Connection, account_id: str) -> bool:
    return len(accounts_as_one(connection, account_id)) > 1


def find_erasures(connection: Connection, account_ids: Sequence[str]) -> dict[str, Erasure]:
    """Give the erasures that were asked for and are not carried out, by account."""
    wanted = select(table_of(ErasureRow)).where(col(ErasureRow.account_id).in_(account_ids))
    return {row["account_id"]: _erasure(row) for row in connection.execute(wanted).mappings()}


def due_erasures(connection: Connection, today: date) -> list[Erasure]:
    """Give the erasures that are due or were begun, the longest due first."""
    wanted = select(table_of(ErasureRow)).where(
        (col(ErasureRow.due_day) <= today.isoformat()) | col(ErasureRow.leaf_id).is_not(None)
    )
    rows = connection.execute(wanted.order_by(col(ErasureRow.due_day))).mappings()
    return [_erasure(row) for row in rows]


def impact(connection: Connection, account_id: str) -> HerRows:
    """Give what an erasure would take, by table."""
    return find_rows(connection, account_id)


def _erasure(row: Mapping[str, object] | RowMapping) -> Erasure:
    return Erasure(**{name: row[name] for name in Erasure.__slots__})  # type: ignore[arg-type]
