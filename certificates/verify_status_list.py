"""Read a published status list by the issuer's keys, so that its bits may be relied on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.errors import DocumentRefused
from certificates.report import CheckResult
from certificates.status_list import StatusPurpose, is_set, read_subject
from certificates.times import parse_time
from certificates.verify_credential import KeyOf, parse_credential, verify_credential


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A list that its issuer signed; `name` is the last part of its address, as `revocation-1`.

    It is known by name and not by its whole address, for an issuer may move to another origin.
    """

    name: str
    purpose: StatusPurpose
    encoded: str
    made_at: datetime
    valid_until: datetime

    def is_current(self, now: datetime) -> bool:
        """Say whether the list may be relied on at this time."""
        return self.made_at <= now <= self.valid_until

    def is_set(self, index: int) -> bool:
        """Say whether a bit is set; raises `DocumentRefused` for one beyond the list."""
        return is_set(self.encoded, index)


def read_status_list(content: bytes, *, issuers: Collection[str], key_of: KeyOf) -> StatusList:
    """Read a list as it is served; raises `DocumentRefused` unless the issuer signed it.

    `issuers` are all names of the issuer. Whether it has run out is for `is_current` to say.
    """
    presented = parse_credential(content)
    document = presented.document
    made_at = parse_time(document.get("validFrom"))
    if presented.issuer not in issuers:
        raise DocumentRefused("the status list is of another issuer")
    signed = verify_credential(presented, key_of=key_of, now=made_at)
    if any(one.result != CheckResult.PASSED for one in signed.checks):
        raise DocumentRefused("the status list is not signed by its issuer")
    return _read(document, made_at)


def list_name(url: str) -> str:
    """Give the name of the list that an address leads to."""
    return url.rpartition("/")[2]


def _read(document: Mapping[str, Any], made_at: datetime) -> StatusList:
    subject, encoded = read_subject(document)
    url = document.get("id")
    if not isinstance(url, str):
        raise DocumentRefused("a status list has an address")
    try:
        purpose = StatusPurpose(subject.get("statusPurpose", ""))
    except ValueError as error:
        raise DocumentRefused("the status purpose is not one that is known") from error
    is_set(encoded, 0)
    return StatusList(
        name=list_name(url),
        purpose=purpose,
        encoded=encoded,
        made_at=made_at,
        valid_until=parse_time(document.get("validUntil")),
    )
