"""Ask a status list that was fetched for one bit of it (Bitstring Status List v1.0, section 3.2).

The list is a credential by the same issuer as the one that points to it, and is verified as one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certificates.errors import DocumentRefused
from certificates.report import CheckResult
from certificates.status_list import StatusEntry, is_set, read_subject
from certificates.verify_credential import KeyOf, parse_credential, verify_credential


def is_set_in(
    text: bytes, entry: StatusEntry, *, issuer: str, key_of: KeyOf, now: datetime
) -> bool:
    """Say whether the bit of an entry is set; raises `DocumentRefused` for a list to distrust."""
    presented = parse_credential(text)
    if presented.issuer != issuer:
        raise DocumentRefused("the status list is by another issuer")
    report = verify_credential(presented, key_of=key_of, now=now)
    if any(one.result != CheckResult.PASSED for one in report.checks):
        raise DocumentRefused("the status list is not signed, or not of this time")
    return is_set(_encoded(presented.document, entry), entry.index)


def _encoded(document: Mapping[str, Any], entry: StatusEntry) -> str:
    subject, encoded = read_subject(document)
    if document.get("id", entry.list_url) != entry.list_url:
        raise DocumentRefused("this is another list than the one that was named")
    purposes = subject.get("statusPurpose")
    if entry.purpose.value not in (purposes if isinstance(purposes, list) else [purposes]):
        raise DocumentRefused("the status list is for another purpose")
    return encoded
