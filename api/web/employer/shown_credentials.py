"""What a page shows of a credential: the members of an Open Badge that a reader asks for.

Other issuers write the same member as an object, a list or a text by language (VC 2.0, section 11);
whatever is not of a known form is left out, for nothing here is trusted to be.
"""

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any

PARTS_SHOWN_MAX = 100
"""So many credentials of one list are shown; a page of more is read by nobody."""

Shown = Mapping[str, object]


def shown_credentials(document: Mapping[str, Any], language: str) -> list[Shown]:
    """Give each credential of a list (CLR 2.0), or the one that was presented."""
    for subject in _objects(document.get("credentialSubject")):
        parts = _objects(subject.get("verifiableCredential"))
        if parts:
            return [_shown(one, language) for one in parts[:PARTS_SHOWN_MAX]]
    return [_shown(document, language)]


def _shown(document: Mapping[str, Any], language: str) -> Shown:
    subject = _object(document.get("credentialSubject"))
    achievement, issuer = _object(subject.get("achievement")), _object(document.get("issuer"))

    def text(value: object) -> str | None:
        return _text(value, language)

    return {
        "name": text(achievement.get("name")) or text(document.get("name")),
        "provider": text(_object(achievement.get("creator")).get("name")),
        "issuer": text(issuer.get("name")),
        "issuer_id": text(document.get("issuer")) or text(issuer.get("id")),
        "holder": _holder(subject, language),
        "results": list(_results(subject, achievement, language)),
        "credits": text(subject.get("creditsEarned")) or text(achievement.get("creditsAvailable")),
        "licence": text(subject.get("licenseNumber")),
        "about": text(achievement.get("description")) or text(document.get("description")),
        "criteria": text(_object(achievement.get("criteria")).get("narrative")),
        "words": text(subject.get("narrative")),
        "achieved_on": text(subject.get("activityEndDate")) or text(document.get("awardedDate")),
        "valid_from": text(document.get("validFrom")),
        "valid_until": text(document.get("validUntil")),
        "id": text(document.get("id")),
    }


def _holder(subject: Mapping[str, Any], language: str) -> str | None:
    """Give the name that is written out; a hashed one names nobody."""
    names = (
        one.get("identityHash")
        for one in _objects(subject.get("identifier"))
        if one.get("identityType") == "name" and one.get("hashed") is False
    )
    return next(filter(None, (_text(one, language) for one in names)), None)


def _results(
    subject: Mapping[str, Any], achievement: Mapping[str, Any], language: str
) -> Iterator[tuple[str, str]]:
    names = {
        _text(one.get("id"), language): _text(one.get("name"), language)
        for one in _objects(achievement.get("resultDescription"))
    }
    for one in _objects(subject.get("result")):
        value = _text(one.get("value"), language)
        if value is not None:
            yield names.get(_text(one.get("resultDescription"), language)) or "", value


def _object(value: object) -> Mapping[str, Any]:
    return next(iter(_objects(value)), {})


def _objects(value: object) -> list[Mapping[str, Any]]:
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, Mapping)]


def _text(value: object, language: str) -> str | None:
    """Give text, a number as JSON writes it, or of several languages the reader's."""
    if isinstance(value, Mapping):
        value = value.get("@value")
    if isinstance(value, list):
        value = _of_language(value, language)
    if isinstance(value, str):
        return value
    return None if isinstance(value, bool | list | dict | NoneType) else str(value)


def _of_language(values: list[object], language: str) -> object:
    """Give the text of a language, else the first; a list without languages is none."""
    told = [one for one in values if isinstance(one, Mapping) and "@value" in one]
    own = (one for one in told if str(one.get("@language", "")).startswith(language))
    return next(own, *told[:1] or [{}]).get("@value")
