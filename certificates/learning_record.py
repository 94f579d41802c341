"""What a signed credential says, to be printed: a learning record 学习成果证明, or a list of them.

Everything is read out of the signed document and nothing else, so that paper and attachment cannot
differ. What stands in words in it is taken apart again by the names of `certificates.open_badge`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any

from certificates.clr import parts_of
from certificates.open_badge import (
    ASSURANCE,
    AWARDED,
    CLASS,
    HOURS,
    RESULT,
    WORDS,
    LedgerEvidence,
    ledger_evidence_of,
)
from certificates.times import parse_time

_ASSURANCES: Mapping[str, str] = MappingProxyType(
    {
        "declared": "本人申报",
        "attended": "出勤",
        "assessed": "考核",
        "supervised": "监考",
        "identity_checked": "实名考核",
        "archive_checked": "档案补录",
    }
)
"""Chinese glosses of what a credential states by its English word."""
_PARTS = re.compile(rf"(?:^|; )({'|'.join(WORDS)}): ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a record: its name in 中文 and English, and the value."""

    zh: str
    en: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRecord:
    """One credential to be printed."""

    title: str
    provider: str
    holder: str | None
    issuer: str
    issuer_did: str
    issued_at: datetime
    result: str
    credits: str | None
    hours: str | None
    awarded_on: str | None
    lines: Sequence[Line]
    evidence: LedgerEvidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Credentials that their holder chose, to be printed as one list."""

    issuer: str
    issuer_did: str
    issued_at: datetime
    records: Sequence[LearningRecord]


def transcript_of(signed: Mapping[str, Any], zone: tzinfo) -> Transcript | None:
    """Read a list of `certificates.clr`, None where it is none."""
    parts = parts_of(signed)
    if parts is None:
        return None
    return Transcript(
        issuer=signed["issuer"]["name"],
        issuer_did=signed["issuer"]["id"],
        issued_at=parse_time(signed["validFrom"]).astimezone(zone),
        records=[record_of(one, zone) for one in parts],
    )


def record_of(signed: Mapping[str, Any], zone: tzinfo) -> LearningRecord:
    """Read a credential of `certificates.open_badge`; its times are printed in this zone."""
    subject = signed["credentialSubject"]
    said = words_of(subject.get("narrative", ""))
    achievement = subject["achievement"]
    credit = subject.get("creditsEarned")
    return LearningRecord(
        title=achievement["name"],
        provider=achievement["creator"]["name"],
        holder=_holder(subject),
        issuer=signed["issuer"]["name"],
        issuer_did=signed["issuer"]["id"],
        issued_at=parse_time(signed["validFrom"]).astimezone(zone),
        result=subject["result"][0]["value"],
        credits=None if credit is None else str(credit),
        hours=said.get(HOURS),
        awarded_on=said.get(AWARDED),
        lines=_lines(signed, subject, said, zone),
        evidence=ledger_evidence_of(signed),
    )


def words_of(narrative: str) -> dict[str, str]:
    """Take apart what stands in words, by name."""
    _, *found = _PARTS.split(narrative)
    return dict(zip(found[::2], found[1::2], strict=True))


def _lines(
    signed: Mapping[str, Any], subject: Mapping[str, Any], said: Mapping[str, str], zone: tzinfo
) -> list[Line]:
    achievement, ends = subject["achievement"], signed.get("validUntil")
    credit, stated = subject.get("creditsEarned"), said.get(ASSURANCE)
    level = [
        f"{one['targetFramework']} · {one['targetName']}"
        for one in achievement.get("alignment", ())
    ]
    candidates = [
        ("办学机构", "Provider", achievement["creator"]["name"]),
        ("类别", "Class", said.get(CLASS)),
        ("课程代码", "Code", achievement.get("humanCode")),
        *_results(subject),
        ("学分", "Credits", None if credit is None else str(credit)),
        ("学时", "Hours", said.get(HOURS)),
        ("取得日期", "Awarded on", said.get(AWARDED)),
        ("核验等级", "Assurance", stated and f"{_ASSURANCES.get(stated, '')} {stated}".strip()),
        ("等级", "Level", "；".join(level) or None),
        ("证书编号", "Certificate no.", subject.get("licenseNumber")),
        ("有效期至", "Valid until", ends and f"{parse_time(ends).astimezone(zone):%Y-%m-%d}"),
    ]
    return [Line(zh=zh, en=en, value=value) for zh, en, value in candidates if value is not None]


def _results(subject: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Give the result and, of credit in several places, what lies in each."""
    named = {one["id"]: one["name"] for one in subject["achievement"]["resultDescription"]}
    first, *parts = subject["result"]
    scale = named[first["resultDescription"]]
    value = first["value"] if scale == RESULT else f"{first['value']}（{scale}）"
    return [
        ("结果", "Result", value),
        *((named[one["resultDescription"]], "Part", one["value"]) for one in parts),
    ]


def _holder(subject: Mapping[str, Any]) -> str | None:
    for one in subject.get("identifier", ()):
        if one.get("identityType") == "name" and not one.get("hashed"):
            name: str = one["identityHash"]
            return name
    return None
