"""What a page shows of a credential: the members of an Open Badge that a reader asks for."""

from collections.abc import Mapping
from types import NoneType
from typing import Any


def shown_credential(document: Mapping[str, Any]) -> dict[str, object]:
    """Give the parts of a credential as text; whatever is not of its form is left out."""
    subject = _object(document.get("credentialSubject"))
    achievement, issuer = _object(subject.get("achievement")), _object(document.get("issuer"))
    named = [
        one.get("identityHash")
        for one in _objects(subject.get("identifier"))
        if one.get("identityType") == "name" and one.get("hashed") is False
    ]
    return {
        "name": _text(achievement.get("name")) or _text(document.get("name")),
        "provider": _text(_object(achievement.get("creator")).get("name")),
        "issuer": _text(issuer.get("name")),
        "issuer_id": _text(document.get("issuer")) or _text(issuer.get("id")),
        "holder": _text(named[0]) if named else None,
        "results": _results(subject, achievement),
        "credits": _text(subject.get("creditsEarned")),
        "licence": _text(subject.get("licenseNumber")),
        "words": _text(subject.get("narrative")),
        "valid_from": _text(document.get("validFrom")),
        "valid_until": _text(document.get("validUntil")),
        "id": _text(document.get("id")),
    }


def _results(subject: Mapping[str, Any], achievement: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = {
        one.get("id"): _text(one.get("name"))
        for one in _objects(achievement.get("resultDescription"))
    }
    found = (
        (names.get(one.get("resultDescription")) or "", _text(one.get("value")))
        for one in _objects(subject.get("result"))
    )
    return [(name, value) for name, value in found if value is not None]


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    """Give text, or a number as JSON writes it."""
    if isinstance(value, str):
        return value
    return None if isinstance(value, bool | list | dict | NoneType) else str(value)
