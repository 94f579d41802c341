"""How a pass or credential stands by status lists at hand. Pure.

A list says that something was revoked, and not why. It says so for good: a set bit of a list that
has run out still counts, while an unset one says nothing any more, nor does a suspension.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.errors import DocumentRefused
from certificates.status_list import BITS, ENTRY_TYPE, StatusEntry, StatusPurpose, read_entry
from certificates.verify_status_list import StatusList, list_name
from creditbank.verification.compose import OFFLINE, STATUS_LIST_MISSING, STATUS_STALE, Status
from creditbank.verification.report import Reason

UNREADABLE = "status-unreadable"

Lists = Mapping[str, StatusList]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the lists tell; without a status `problem` says why they do not."""

    status: Status | None = None
    problem: str = OFFLINE


def status_of_pass(place: int | None, lists: Lists, now: datetime) -> Listed:
    """Give the status of a pass whose bit stands at this place; older passes have none."""
    if place is None:
        return Listed()
    number, index = divmod(place, BITS)
    entries = [
        StatusEntry(purpose=one, list_url=f"pass-{one.value}-{number}", index=index)
        for one in StatusPurpose
    ]
    return _told(entries, lists, now)


def status_of_credential(document: Mapping[str, Any], lists: Lists, now: datetime) -> Listed:
    """Give the status of a credential by its `credentialStatus`; entries of other types are left.

    A list of credentials (CLR 2.0) holds while each of its parts does. Of a credential that has no
    entry nothing is known.
    """
    subject = document.get("credentialSubject")
    parts = _objects(subject.get("verifiableCredential")) if isinstance(subject, dict) else []
    entries = [
        entry for one in (document, *parts) for entry in _objects(one.get("credentialStatus"))
    ]
    known = [one for one in entries if one.get("type") == ENTRY_TYPE]
    if not known:
        return Listed()
    try:
        return _told([read_entry(one) for one in known], lists, now)
    except DocumentRefused:
        return Listed(problem=UNREADABLE)


def _objects(value: object) -> list[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


def _told(entries: Iterable[StatusEntry], lists: Lists, now: datetime) -> Listed:
    """Tell what several lists say together, as of the oldest of them."""
    revoked: Status | None = None
    suspended: Status | None = None
    as_of: list[datetime] = []
    problems: list[str] = []
    for entry in entries:
        found = lists.get(list_name(entry.list_url))
        is_set = None if found is None else _bit(found, entry)
        if found is None or is_set is None:
            problems.append(STATUS_LIST_MISSING)
        elif is_set and entry.purpose is StatusPurpose.REVOCATION:
            revoked = Status(as_of=found.made_at, reason=None, is_revoked=True)
        elif not found.is_current(now):
            problems.append(STATUS_STALE)
        elif is_set:
            suspended = Status(as_of=found.made_at, reason=Reason.SUSPENDED)
        else:
            as_of.append(found.made_at)
    if status := revoked or suspended:
        return Listed(status=status)
    if problems:
        return Listed(problem=problems[0])
    return Listed(status=Status(as_of=min(as_of), reason=None))


def _bit(found: StatusList, entry: StatusEntry) -> bool | None:
    """Give a bit, None where this is no list of its purpose or place."""
    if found.purpose is not entry.purpose:
        return None
    try:
        return found.is_set(entry.index)
    except DocumentRefused:
        return None
