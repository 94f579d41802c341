"""Whether a standing grant still shows anything."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from creditbank.grants.queries import StoredGrant
from creditbank.keystore.store import KeyStore
from creditbank.passes.report_share import shown_among


class GrantState(StrEnum):
    """What has become of a grant; only a live one shows something."""

    LIVE = "live"  # 有效
    ENDED = "ended"  # 已停止: by the learner, or her account shows nothing now
    EXPIRED = "expired"  # 已到期
    GONE = "gone"  # 已删除: erased with the account


def states_of(
    connection: Connection, keystore: KeyStore, grants: Collection[StoredGrant], now: datetime
) -> dict[str, GrantState]:
    """Give the state of each of these grants, by id."""
    accounts = {one.account_id for one in grants}
    keys, shown = keystore.get(accounts), shown_among(connection, accounts)

    def state(grant: StoredGrant) -> GrantState:
        if grant.account_id not in keys:
            return GrantState.GONE
        if grant.ended_at is not None or grant.account_id not in shown:
            return GrantState.ENDED
        return GrantState.EXPIRED if now.timestamp() >= grant.expires_at else GrantState.LIVE

    return {one.id: state(one) for one in grants}
