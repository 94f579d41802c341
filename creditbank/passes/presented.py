"""What a verifier brings beside a code: the holder's PIN, the name of who stands before him, trust.

Wrong tries are bounded for each pass; right ones are not counted.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from certificates.report import Check, CheckName, failed, passed, skipped
from creditbank.access.passwords import is_password
from creditbank.cache.limits import Limit, RateLimits
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.known_names import folded_names
from creditbank.learners.names import agrees

PIN_TRIES = Limit(name="pass-pin", quota=5, window_seconds=3_600)
NAME_TRIES = Limit(name="holder-name", quota=3, window_seconds=3_600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What was typed, None for what was not; and the DIDs of other issuers that are trusted.

    `is_again` says that this look was noted for the holder already.
    """

    pin: str | None = None
    name: str | None = None
    trusted: frozenset[str] = frozenset()
    is_again: bool = False


NOTHING_TYPED = Presented()


def pin_check(presented: Presented, pin_hash: str | None, tries: RateLimits, who: str) -> Check:
    """Check the PIN of a pass, which `who` names; a pass without one asks for none."""
    if pin_hash is None:
        return skipped(CheckName.HOLDER)
    if presented.pin is None:
        return failed(CheckName.HOLDER, "pin-missing")
    if tries.look(PIN_TRIES, who).remaining == 0:
        return failed(CheckName.HOLDER, "tries-used-up")
    if is_password(presented.pin, pin_hash):
        return passed(CheckName.HOLDER)
    tries.count(PIN_TRIES, who)
    return failed(CheckName.HOLDER, "pin-wrong")


def name_check(
    connection: Connection, presented: Presented, key: AccountKey, tries: RateLimits, who: str
) -> Check:
    """Say whether the typed name is one of the holder's, and never which she has."""
    if presented.name is None:
        return skipped(CheckName.HOLDER)
    if tries.look(NAME_TRIES, who).remaining == 0:
        return skipped(CheckName.HOLDER, "tries-used-up")
    names = folded_names(connection, {key.account_id: key}).get(key.account_id, frozenset())
    if agrees(presented.name, names):
        return passed(CheckName.HOLDER)
    tries.count(NAME_TRIES, who)
    return failed(CheckName.HOLDER, "name-differs")
