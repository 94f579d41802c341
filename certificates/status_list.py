"""Bitstring Status List v1.0: whether a credential is revoked or suspended, one bit each.

A list has at least 131,072 bits, so that whoever fetches it tells nobody which one was meant
(section 6.1). Index 0 is the most significant bit of the first byte (section 3.1). Version and
list are one document: the bank never publishes an older one.
"""

import gzip
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from certificates.errors import DocumentRefused
from certificates.revocation_list import RevocationListEntry
from certificates.times import write_time
from certificates.vocabularies import CREDENTIALS_V2, OPEN_BADGES_EXTENSIONS

BITS = 131_072
ENTRY_TYPE = "BitstringStatusListEntry"
CREDENTIAL_TYPE, SUBJECT_TYPE = "BitstringStatusListCredential", "BitstringStatusList"
LIFETIME = timedelta(days=2)
"""How long a list may be relied on, so that an outage of the bank refuses nobody at once."""

_BYTES_MAX = 16 * BITS // 8
_MULTIBASE = "u"
_INDEX = re.compile(r"\d{1,9}", re.ASCII)


class StatusPurpose(StrEnum):
    """What a set bit says (section 2.1): revoked for good, or suspended for a time."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntry:
    """Where the bit of one credential stands."""

    purpose: StatusPurpose
    list_url: str
    index: int


AnyEntry = StatusEntry | RevocationListEntry


def entry_document(entry: StatusEntry) -> dict[str, Any]:
    """Give the entry as it stands in a credential; the index is text (section 2.1)."""
    return {
        "id": f"{entry.list_url}#{entry.index}",
        "type": ENTRY_TYPE,
        "statusPurpose": entry.purpose.value,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_url,
    }


def status_of(entries: Sequence[AnyEntry]) -> object:
    """Give one entry as an object, as the JSON Schema of Open Badges asks; several as a list."""
    documents = [
        entry_document(one) if isinstance(one, StatusEntry) else one.document for one in entries
    ]
    return documents[0] if len(documents) == 1 else documents or None


def contexts_of(entries: Sequence[AnyEntry]) -> list[str]:
    """Give the contexts that define these entries where those of a credential do not."""
    is_listed = any(isinstance(one, RevocationListEntry) for one in entries)
    return [OPEN_BADGES_EXTENSIONS] if is_listed else []


def list_document(
    url: str, *, issuer: str, purpose: StatusPurpose, encoded: str, made_at: datetime
) -> dict[str, Any]:
    """Give the credential of a list, without proof; `encoded` is what `encode_bits` wrote."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", CREDENTIAL_TYPE],
        "issuer": issuer,
        "validFrom": write_time(made_at),
        "validUntil": write_time(made_at + LIFETIME),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": SUBJECT_TYPE,
            "statusPurpose": purpose.value,
            "encodedList": encoded,
        },
    }


def encode_bits(set_bits: Iterable[int]) -> str:
    """Write a list of `BITS` bits, of which these are set (section 3.3).

    Raises `ValueError` for one beyond the list.
    """
    bits = bytearray(BITS // 8)
    for index in set_bits:
        if not 0 <= index < BITS:
            message = f"a list has {BITS} bits"
            raise ValueError(message)
        bits[index // 8] |= 0x80 >> index % 8
    # The time of compression would make the same list another document.
    packed = gzip.compress(bytes(bits), mtime=0)
    return _MULTIBASE + urlsafe_b64encode(packed).rstrip(b"=").decode()


def is_set(encoded: str, index: int) -> bool:
    """Say whether a bit is set; raises `DocumentRefused` for no list, or a bit beyond it."""
    bits = _decoded(encoded)
    if not 0 <= index < 8 * len(bits):
        raise DocumentRefused("the status list has no such entry")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def set_places(encoded: str) -> frozenset[int]:
    """Give every place whose bit is set; raises `DocumentRefused` for no list."""
    return frozenset(
        8 * at + bit
        for at, byte in enumerate(_decoded(encoded))
        if byte
        for bit in range(8)
        if byte & 0x80 >> bit
    )


def read_subject(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Give the subject of a list's credential and its encoded bits; raises `DocumentRefused`."""
    subject, types = document.get("credentialSubject"), document.get("type")
    if not isinstance(types, list) or CREDENTIAL_TYPE not in types:
        raise DocumentRefused("this credential is no status list")
    if not isinstance(subject, Mapping) or subject.get("type") != SUBJECT_TYPE:
        raise DocumentRefused("this credential is no status list")
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str):
        raise DocumentRefused("a status list has its bits")
    return subject, encoded


def read_entry(entry: Mapping[str, Any]) -> StatusEntry:
    """Read an entry of a credential; raises `DocumentRefused`."""
    index, url = entry.get("statusListIndex"), entry.get("statusListCredential")
    if not isinstance(index, str) or not isinstance(url, str) or not _INDEX.fullmatch(index):
        raise DocumentRefused("an entry names a list and a place in it")
    if entry.get("type") != ENTRY_TYPE or entry.get("statusSize", 1) != 1:
        raise DocumentRefused("this entry is of no kind that is read here")
    try:
        purpose = StatusPurpose(entry.get("statusPurpose", ""))
    except ValueError as error:
        raise DocumentRefused("the status purpose is not one that is known") from error
    return StatusEntry(purpose=purpose, list_url=url, index=int(index))


def _decoded(encoded: str) -> bytes:
    if not encoded.startswith(_MULTIBASE):
        raise DocumentRefused("a status list is multibase of base64url")
    try:
        packed = urlsafe_b64decode(encoded.removeprefix(_MULTIBASE) + "==")
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        bits = unpacking.decompress(packed, _BYTES_MAX)
    except (ValueError, zlib.error) as error:
        raise DocumentRefused("a status list is compressed by GZIP") from error
    if unpacking.unconsumed_tail or 8 * len(bits) < BITS:
        raise DocumentRefused(f"a status list has from {BITS} to {8 * _BYTES_MAX} bits")
    return bits
