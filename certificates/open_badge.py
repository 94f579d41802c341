"""An achievement as an Open Badges 3.0 `OpenBadgeCredential` (VCDM 2.0), not yet signed.

Texts are strings, as the JSON Schema of Open Badges 3.0 has them; a title in two languages is
written with both. What the format has no member for (hours, assurance) stands in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from certificates.status_list import AnyEntry, contexts_of, status_of
from certificates.times import write_time
from certificates.vocabularies import CREDENTIALS_V2, OPEN_BADGES

LEDGER_GENRE = "TransparencyLogEntry"
"""By this genre the ledger evidence is known among other evidence."""

_TYPES: Mapping[str, str] = MappingProxyType(
    {"formal": "Course", "vocational": "Certificate", "non_degree": "Course", "venue": "Badge"}
)
CLASS_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "formal": "学历教育 formal",
        "vocational": "职业技能证书 vocational",
        "non_degree": "非学历教育 non-degree",
        "venue": "社会场馆学习 venue",
    }
)
CLASS, AWARDED, RESULT, HOURS, ASSURANCE = WORDS = (
    "类别 class",
    "取得 awarded",
    "结果 result",
    "学时 hours",
    "保证 assurance",
)
"""What stands in words, in this order, and by what names."""
_THOUSAND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An issuer or provider: its identifier, and its name in 中文 and English."""

    id: str
    name: str
    name_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEvidence:
    """Which leaf of which log states the achievement; the hash is in hex."""

    log: str
    index: int
    leaf_hash: str

    @property
    def text(self) -> str:
        """Log, index and leaf hash, one a line."""
        return f"{self.log}\n{self.index}\n{self.leaf_hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of a published framework."""

    framework: str
    code: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of an achievement lies in one place: the place's name, and a value in words."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What one credential says; credits are in 1/1000, `hours` and `assurance` are words.

    `subject` is an identifier of the learner that leads nowhere; `holder` her printed name, where
    she chose to show it.
    """

    id: str
    issuer: Party
    valid_from: datetime
    valid_until: datetime | None
    subject: str
    holder: str | None
    achievement: str
    title: str
    title_en: str | None
    code: str | None
    outcome_class: str
    provider: Party
    awarded_at: datetime | None
    awarded_on: str
    result: str
    grade: str | None
    grade_scale: str | None
    credits: int | None
    hours: str | None
    assurance: str | None
    licence_number: str | None
    level: Level | None
    evidence: LedgerEvidence
    status: Sequence[AnyEntry]
    parts: Sequence[Part] = ()


def badge_document(badge: Badge) -> dict[str, Any]:
    """Give the credential, without proof."""
    return _present(
        {
            "@context": [CREDENTIALS_V2, OPEN_BADGES, *contexts_of(badge.status)],
            "id": badge.id,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": _both(badge.title, badge.title_en),
            "issuer": profile(badge.issuer),
            "validFrom": write_time(badge.valid_from),
            "validUntil": badge.valid_until and write_time(badge.valid_until),
            "credentialSubject": _subject(badge),
            "evidence": [_evidence(badge.evidence)],
            "credentialStatus": status_of(badge.status),
        }
    )


def ledger_evidence_of(document: Mapping[str, Any]) -> LedgerEvidence | None:
    """Give the ledger evidence that a credential states, None where it states none."""
    evidence = document.get("evidence")
    for one in evidence if isinstance(evidence, list) else ():
        if isinstance(one, Mapping) and one.get("genre") == LEDGER_GENRE:
            return _parsed(one.get("narrative"))
    return None


def _parsed(text: object) -> LedgerEvidence | None:
    parts = text.split("\n") if isinstance(text, str) else []
    match parts:
        case [log, index, leaf_hash] if index.isascii() and index.isdigit():
            return LedgerEvidence(log=log, index=int(index), leaf_hash=leaf_hash)
    return None


def _subject(badge: Badge) -> dict[str, Any]:
    return _present(
        {
            "id": badge.subject,
            "type": ["AchievementSubject"],
            "identifier": badge.holder and [_name_of(badge.holder)],
            "activityEndDate": badge.awarded_at and write_time(badge.awarded_at),
            "creditsEarned": number_of(badge.credits),
            "licenseNumber": badge.licence_number,
            "narrative": _words(badge),
            "result": _results(badge),
            "achievement": _achievement(badge),
        }
    )


def _achievement(badge: Badge) -> dict[str, Any]:
    title = _both(badge.title, badge.title_en)
    return _present(
        {
            "id": badge.achievement,
            "type": ["Achievement"],
            "achievementType": _TYPES[badge.outcome_class],
            "name": title,
            "humanCode": badge.code,
            "description": f"{title}, {_both(badge.provider.name, badge.provider.name_en)}",
            "criteria": {"id": badge.achievement},
            "creator": profile(badge.provider),
            "creditsAvailable": number_of(badge.credits),
            "resultDescription": _result_descriptions(badge),
            "alignment": badge.level and [_alignment(badge.level)],
        }
    )


def _words(badge: Badge) -> str:
    said = {
        CLASS: CLASS_NAMES[badge.outcome_class],
        AWARDED: badge.awarded_on,
        RESULT: badge.result,
        HOURS: badge.hours,
        ASSURANCE: badge.assurance,
    }
    return "; ".join(f"{name}: {value}" for name, value in said.items() if value is not None)


def _results(badge: Badge) -> list[dict[str, Any]]:
    values = [badge.grade or badge.result, *(one.value for one in badge.parts)]
    return [
        {"type": ["Result"], "resultDescription": _result_id(badge, place), "value": value}
        for place, value in enumerate(values)
    ]


def _result_descriptions(badge: Badge) -> list[dict[str, Any]]:
    names = [badge.grade_scale or "结果 result", *(one.name for one in badge.parts)]
    return [
        {
            "id": _result_id(badge, place),
            "type": ["ResultDescription"],
            "name": name,
            "resultType": "Result",
        }
        for place, name in enumerate(names)
    ]


def _result_id(badge: Badge, place: int) -> str:
    return f"{badge.achievement}#result" + (f"-{place}" if place else "")


def _alignment(level: Level) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetCode": level.code,
        "targetFramework": level.framework,
        "targetName": level.name,
        "targetType": "ext:QualificationLevel",
        "targetUrl": level.url,
    }


def _evidence(evidence: LedgerEvidence) -> dict[str, Any]:
    return {
        "type": ["Evidence"],
        "name": "账本条目 ledger entry",
        "genre": LEDGER_GENRE,
        "narrative": evidence.text,
    }


def _name_of(holder: str) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": holder,
        "identityType": "name",
    }


def profile(party: Party) -> dict[str, Any]:
    """Give a party as a profile."""
    return {"id": party.id, "type": ["Profile"], "name": _both(party.name, party.name_en)}


def _both(text: str, text_en: str | None) -> str:
    return text if text_en is None or text_en == text else f"{text} {text_en}"


def number_of(milli: int | None) -> object:
    """Give credits as the number that JSON has; a fraction of at most three places is exact."""
    if milli is None or milli % _THOUSAND == 0:
        return milli if milli is None else milli // _THOUSAND
    return milli / _THOUSAND


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
