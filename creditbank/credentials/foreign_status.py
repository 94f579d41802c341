"""How a credential of another issuer stands, by the status lists that it points to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from certificates import revocation_list
from certificates.errors import DocumentRefused
from certificates.status_list import ENTRY_TYPE, StatusEntry, StatusPurpose, read_entry
from certificates.verify_status import is_set_in
from creditbank.credentials.issuer_keys import IssuerKeys
from creditbank.network.fetch import Fetch, Unreachable
from creditbank.verification.report import Reason

ENTRIES_MAX = 2
"""How many lists are asked for one credential: one for each purpose."""

_REASONS: Mapping[StatusPurpose, Reason] = MappingProxyType(
    {StatusPurpose.REVOCATION: Reason.REVOKED, StatusPurpose.SUSPENSION: Reason.SUSPENDED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStatus:
    """Why it no longer holds, if so; and what kept its status from being found out."""

    reason: Reason | None = None
    problem: str | None = None


def find_status(
    document: Mapping[str, Any], keys: IssuerKeys, *, fetch: Fetch, now: datetime
) -> FoundStatus:
    """Ask every status list of a credential; what is revoked is so whatever else is not known."""
    stated = document.get("credentialStatus", [])
    entries = _told_once(stated if isinstance(stated, list) else [stated])
    if not entries:
        return FoundStatus(problem="no-status")
    if len(entries) > ENTRIES_MAX or not all(map(_is_supported, entries)):
        return FoundStatus(problem="status-unsupported")
    found = list(_asked(entries, keys, fetch, now))
    reasons = [one.reason for one in found if one.reason is not None]
    problems = [one.problem for one in found if one.problem is not None]
    return FoundStatus(
        reason=min(reasons, key=list(_REASONS.values()).index, default=None),
        problem=next(iter(problems), None),
    )


def _told_once(entries: list[Any]) -> list[Any]:
    """Leave out a list of revoked ids where a bit tells of the same revocation.

    The list bears no signature; a credential that has nothing else is not supported.
    """
    bits = [one for one in entries if _is_supported(one)]
    if not any(one["statusPurpose"] == StatusPurpose.REVOCATION for one in bits):
        return entries
    return [
        one
        for one in entries
        if not isinstance(one, Mapping) or one.get("type") != revocation_list.ENTRY_TYPE
    ]


def _is_supported(entry: object) -> bool:
    if not isinstance(entry, Mapping) or entry.get("type") != ENTRY_TYPE:
        return False
    return any(entry.get("statusPurpose") == purpose for purpose in StatusPurpose)


def _asked(
    entries: list[Mapping[str, Any]], keys: IssuerKeys, fetch: Fetch, now: datetime
) -> Iterator[FoundStatus]:
    for one in entries:
        try:
            entry = read_entry(one)
            is_set = _is_set(entry, keys, fetch, now)
        except Unreachable:
            yield FoundStatus(problem="status-unreachable")
        except DocumentRefused:
            yield FoundStatus(problem="status-unreadable")
        else:
            yield FoundStatus(reason=_REASONS[entry.purpose] if is_set else None)


def _is_set(entry: StatusEntry, keys: IssuerKeys, fetch: Fetch, now: datetime) -> bool:
    text = fetch(entry.list_url)
    return is_set_in(text, entry, issuer=keys.issuer, key_of=keys.key_of, now=now)
