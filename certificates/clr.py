"""Credentials that their holder chose as one CLR 2.0 `ClrCredential` (1EdTech), not yet signed.

A Comprehensive Learner Record wraps signed credentials as they are: each keeps its own proof, its
own issuer and its own status.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.open_badge import Party, profile
from certificates.status_list import AnyEntry, contexts_of, status_of
from certificates.times import write_time
from certificates.vocabularies import CREDENTIALS_V2, LEARNER_RECORDS, OPEN_BADGES

CLR_TYPE = "ClrCredential"
NAME = "学习成果清单 Transcript of chosen learning outcomes"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRecord:
    """What one list says; `subject` is an identifier of the learner that leads nowhere."""

    id: str
    issuer: Party
    valid_from: datetime
    subject: str
    parts: Sequence[Mapping[str, Any]]
    status: Sequence[AnyEntry]


def clr_document(record: LearnerRecord) -> dict[str, Any]:
    """Give the credential, without proof."""
    return {
        "@context": [CREDENTIALS_V2, LEARNER_RECORDS, OPEN_BADGES, *contexts_of(record.status)],
        "id": record.id,
        "type": ["VerifiableCredential", CLR_TYPE],
        "name": NAME,
        "issuer": profile(record.issuer),
        "validFrom": write_time(record.valid_from),
        "credentialSubject": {
            "id": record.subject,
            "type": ["ClrSubject"],
            "verifiableCredential": [dict(one) for one in record.parts],
        },
        "credentialStatus": status_of(record.status),
    }


def parts_of(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]] | None:
    """Give the credentials that a list wraps, None where it is no list of ours."""
    if CLR_TYPE not in document.get("type", ()):
        return None
    parts: Sequence[Mapping[str, Any]] = document["credentialSubject"]["verifiableCredential"]
    return parts
