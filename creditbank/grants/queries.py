"""Questions about standing grants and the looks at them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, or_, select
from sqlmodel import col

from certificates.cose import open1
from certificates.pass_cbor import decode
from certificates.pass_claims import PassClaims
from creditbank.database import chunks, stream, table_of
from creditbank.grants.tables import GrantLookRow, GrantOutcomeRow, GrantRow
from creditbank.keystore.account_key import AccountKey, place


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGrant:
    """A stored grant; its document is still under seal."""

    id: str
    account_id: str
    institution_id: str
    given_at: int
    expires_at: int
    ended_at: int | None
    ledger_size: int
    sealed_document: bytes

    @property
    def place(self) -> bytes:
        """Where its document is sealed."""
        return document_place(self.id, self.institution_id, self.ledger_size)

    def claims(self, key: AccountKey) -> PassClaims:
        """Open what it says: the bank's own document, so its signature is not looked at.

        Raises `SealBroken`.
        """
        return decode(open1(key.open(self.place, self.sealed_document)).payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How often an employer looked, and when last (seconds since 1970)."""

    count: int
    last_at: int


_GRANTS = select(*(table_of(GrantRow).c[name] for name in StoredGrant.__slots__))


def document_place(grant_id: str, institution_id: str, ledger_size: int) -> bytes:
    """Name the place of a grant's document.

    The employer is a part of it, and the log when it was given: a row that was changed to name
    another, or to hide what changed since, opens nothing.
    """
    row = f"{grant_id}/{institution_id}/{ledger_size}"
    return place(str(GrantRow.__tablename__), row, "sealed_document")


def find_grants(connection: Connection, ids: Collection[str]) -> dict[str, StoredGrant]:
    """Give those of these grants that exist, by id."""
    rows = connection.execute(_GRANTS.where(col(GrantRow.id).in_(ids))).mappings()
    return {row["id"]: StoredGrant(**row) for row in rows}


def grants_of_accounts(connection: Connection, account_ids: Collection[str]) -> list[StoredGrant]:
    """Give the grants of the accounts of one person, newest first."""
    rows = connection.execute(_GRANTS.where(col(GrantRow.account_id).in_(account_ids))).mappings()
    found = [StoredGrant(**row) for row in rows]
    return sorted(found, key=lambda one: (one.given_at, one.id), reverse=True)


def grants_to(
    connection: Connection, institution_id: str, *, after: str, limit: int
) -> list[StoredGrant]:
    """Give the grants to an employer by ascending id, from the one after this id on."""
    wanted = _GRANTS.where(col(GrantRow.institution_id) == institution_id, col(GrantRow.id) > after)
    rows = connection.execute(wanted.order_by(col(GrantRow.id)).limit(limit)).mappings()
    return [StoredGrant(**row) for row in rows]


def grants_by_look(
    connection: Connection, institution_id: str, now: int, *, skip: int, limit: int
) -> list[StoredGrant]:
    """Give the grants to an employer: those first that nobody looked at for longest, ended last."""
    last = (
        select(func.max(col(GrantLookRow.looked_at)))
        .where(col(GrantLookRow.grant_id) == col(GrantRow.id))
        .scalar_subquery()
    )
    is_over = or_(col(GrantRow.ended_at).is_not(None), col(GrantRow.expires_at) <= now)
    order = (case((is_over, 1), else_=0), func.coalesce(last, 0))
    wanted = (
        _GRANTS.where(col(GrantRow.institution_id) == institution_id)
        .order_by(*order, col(GrantRow.expires_at), col(GrantRow.id))
        .offset(skip)
        .limit(limit)
    )
    return [StoredGrant(**row) for row in connection.execute(wanted).mappings()]


def count_grants(connection: Connection, institution_id: str) -> int:
    """Give how many grants an employer has, those that are over too."""
    counted = select(func.count()).select_from(GrantRow)
    return connection.scalar(counted.where(col(GrantRow.institution_id) == institution_id)) or 0


def grant_ids(connection: Connection, account_id: str | None = None) -> Iterator[str]:
    """Give the id of every grant, or of an account's."""
    wanted = select(col(GrantRow.id))
    if account_id is not None:
        wanted = wanted.where(col(GrantRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(GrantRow.id))):
        yield row.id


def outcomes_of_grants(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """Give the ids of the outcomes that these grants show, by grant."""
    shown: dict[str, list[str]] = {grant_id: [] for grant_id in ids}
    for chunk in chunks(list(ids)):
        wanted = select(col(GrantOutcomeRow.grant_id), col(GrantOutcomeRow.outcome_id)).where(
            col(GrantOutcomeRow.grant_id).in_(chunk)
        )
        for row in connection.execute(wanted):
            shown[row.grant_id].append(row.outcome_id)
    return shown


def looks_of(connection: Connection, grant_ids: Collection[str]) -> dict[str, Looks]:
    """Give the looks at those of these grants that were looked at, by grant."""
    found: dict[str, Looks] = {}
    for chunk in chunks(list(grant_ids)):
        wanted = (
            select(
                col(GrantLookRow.grant_id),
                func.count().label("looks"),
                func.max(col(GrantLookRow.looked_at)).label("last_at"),
            )
            .where(col(GrantLookRow.grant_id).in_(chunk))
            .group_by(col(GrantLookRow.grant_id))
        )
        for row in connection.execute(wanted):
            found[row.grant_id] = Looks(count=row.looks, last_at=row.last_at)
    return found


def counted_from(connection: Connection, grant_id: str) -> tuple[int, int] | None:
    """Give time and log of the last look from which changes are counted, None before the first."""
    wanted = (
        select(col(GrantLookRow.looked_at), col(GrantLookRow.ledger_size))
        .where(col(GrantLookRow.grant_id) == grant_id, col(GrantLookRow.ledger_size).is_not(None))
        .order_by(col(GrantLookRow.looked_at).desc(), col(GrantLookRow.ledger_size).desc())
        .limit(1)
    )
    row = connection.execute(wanted).one_or_none()
    return None if row is None else (row.looked_at, row.ledger_size)


def looks_at(connection: Connection, grant_id: str, limit: int) -> list[tuple[int, str]]:
    """Give when an employer looked (seconds since 1970) and the verdicts, the newest first."""
    wanted = (
        select(col(GrantLookRow.looked_at), col(GrantLookRow.verdict))
        .where(col(GrantLookRow.grant_id) == grant_id)
        .order_by(col(GrantLookRow.looked_at).desc(), col(GrantLookRow.id))
        .limit(limit)
    )
    return [(row.looked_at, row.verdict) for row in connection.execute(wanted)]
