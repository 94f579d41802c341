"""What the data model asks of a credential before it is signed or accepted (VCDM 2.0, section 4).

JSON-LD alone would let much of it pass: a date without a zone, an issuer that is a list, evidence
without a type. Each rule names its section.
"""

import re
from collections.abc import Mapping
from typing import Any

from certificates.errors import DocumentRefused
from certificates.times import parse_time
from certificates.vocabularies import CREDENTIALS_V2

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_TYPED = ("credentialStatus", "evidence", "termsOfUse", "refreshService", "credentialSchema")
_LANGUAGE = frozenset({"@value", "@language", "@direction"})


def require_form(document: Mapping[str, Any], kind: str = "VerifiableCredential") -> None:
    """Raise `DocumentRefused` for the first rule that a credential or presentation breaks."""
    _require_contexts(document)  # section 4.3
    if kind not in _listed(document.get("type")):  # section 4.5
        raise DocumentRefused(f"its type is not {kind}")
    if "id" in document and not _is_url(document["id"]):  # section 4.4
        raise DocumentRefused("its id is one URL")
    if kind == "VerifiableCredential":
        _require_credential(document)


def _require_credential(document: Mapping[str, Any]) -> None:
    _require_subjects(document.get("credentialSubject"))  # section 4.8
    _require_issuer(document.get("issuer"))  # section 4.7
    _require_dates(document)  # section 4.9
    for name in ("name", "description"):  # section 4.6
        for value in _listed(document.get(name, [])):
            _require_text(name, value)
    for name in _TYPED:  # sections 4.10, 4.11, 5.3 to 5.6
        for one in _listed(document.get(name, [])):
            _require_typed(name, one)


def _require_contexts(document: Mapping[str, Any]) -> None:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS_V2]:
        raise DocumentRefused("the first context is that of credentials of version 2")


def _require_subjects(subjects: object) -> None:
    listed = _listed(subjects)
    if not listed or not all(isinstance(one, Mapping) and one for one in listed):
        raise DocumentRefused("a credential has one or more subjects, none of them empty")
    for one in listed:
        if "id" in one and not _is_url(one["id"]):
            raise DocumentRefused("a subject's id is one URL")


def _require_issuer(issuer: object) -> None:
    identifier = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if not _is_url(identifier):
        raise DocumentRefused("the issuer is one URL, or an object with one as its id")


def _require_dates(document: Mapping[str, Any]) -> None:
    begins, ends = (
        parse_time(document[name]) if name in document else None
        for name in ("validFrom", "validUntil")
    )
    if begins is not None and ends is not None and ends < begins:
        raise DocumentRefused("a credential does not end before it begins")


def _require_text(name: str, value: object) -> None:
    is_text = isinstance(value, str) or (
        isinstance(value, Mapping)
        and isinstance(value.get("@value"), str)
        and value.keys() <= _LANGUAGE
    )
    if not is_text:
        raise DocumentRefused(f"the {name} is text, in one language or several")


def _require_typed(name: str, value: object) -> None:
    if not isinstance(value, Mapping) or not _listed(value.get("type")):
        raise DocumentRefused(f"{name} is an object with a type")
    if "id" in value and not _is_url(value["id"]):
        raise DocumentRefused(f"the id of {name} is one URL")
    if name == "credentialSchema" and "id" not in value:
        raise DocumentRefused("a schema has an id")


def _is_url(value: object) -> bool:
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
