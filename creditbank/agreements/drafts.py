"""Terms made into a draft of a rule, with its own cases."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import rfc8785

from creditbank.agreements.draft_cases import own_cases
from creditbank.agreements.mapping import RuleTerms
from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.terms import GivenTarget, Terms
from creditbank.conversion.cases import run_cases
from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import InvalidInput

_ID_WORDS_MAX = 47
_DIGEST = 16
_NAME_MAX = 100
_NO_ID = re.compile(r"[^a-z0-9]+")


def draft_rule(terms: Terms, stated: RuleTerms) -> RuleDocument:
    """Make a first version; raises `Unread` where the rule would contradict itself or its cases."""
    rule_id = _rule_id(terms, stated)
    whole = _rule(terms, stated, rule_id)
    whole["tests"] = own_cases(terms, stated, whole)
    try:
        document = RuleDocument.parse(rfc8785.dumps(whole))
    except InvalidInput as error:
        places = ", ".join(f"{one.field} {one.code}" for one in error.problems)
        raise Unread(Why.RULE, places) from None
    failed = [one.case.name for one in run_cases(document) if not one.has_passed]
    if failed:
        raise Unread(Why.RULE, ", ".join(failed))
    return document


def _rule_id(terms: Terms, stated: RuleTerms) -> str:
    """Name the rule by what it takes and from when, so that the same row is the same rule again."""
    words = _NO_ID.sub("-", " ".join((stated.prefix, *terms.key)).casefold()).strip("-")
    digest = sha256("\0".join(terms.key).encode()).hexdigest()[:_DIGEST]
    return f"{words[:_ID_WORDS_MAX].strip('-')}-{digest}"


def _rule(terms: Terms, stated: RuleTerms, rule_id: str) -> dict[str, Any]:
    until = terms.period.ends if stated.period == "filed" else None
    return {
        "format": "creditbank/rule/v1",
        "id": rule_id,
        "version": "1",
        "title": {"zh": _short(terms.notation)},
        "reason": terms.notation,
        "reference": stated.reference,
        "author": stated.author,
        "approver": stated.approver,
        "effective_from": terms.period.starts.isoformat(),
        **({} if until is None else {"effective_until": _following(until)}),
        "sources": _sources(terms, stated),
        **({} if terms.months is None else {"valid_for_months": str(terms.months)}),
        "shape": _shape(terms, list(_targets(terms.targets, rule_id))),
        "consumption": stated.consumption,
        "decided_by": "automatic",
    }


def _sources(terms: Terms, stated: RuleTerms) -> dict[str, Any]:
    """Give the predicates on every outcome; those of a single part stand with them."""
    sources: dict[str, Any] = {"classes": [stated.outcome_class]}
    if len(terms.parts) == 1 and terms.parts[0].needed == 1:
        sources |= terms.parts[0].sources
    for condition in terms.conditions:
        sources |= condition.predicate
    if stated.period == "awarded":
        sources["awarded_from"] = terms.period.starts.isoformat()
        if terms.period.ends is not None:
            sources["awarded_until"] = terms.period.ends.isoformat()
    return sources


def _shape(terms: Terms, targets: list[dict[str, Any]]) -> dict[str, Any]:
    if len(terms.parts) == 1 and terms.parts[0].needed == 1:
        return {"kind": "courses", "targets": targets}
    parts = [
        {
            "name": one.name,
            "sources": one.sources,
            **({} if one.needed == 1 else {"at_least": str(one.needed)}),
        }
        for one in terms.parts
    ]
    return {"kind": "bundle", "parts": parts, "targets": targets}


def _targets(given: Sequence[GivenTarget], rule_id: str) -> Iterator[dict[str, Any]]:
    """Give each target; unassigned credit has a code of its own, and its name is its category."""
    seen: Counter[str] = Counter()
    for one in given:
        target: dict[str, Any] = {"code": one.name, "title": {"zh": _short(one.title)}}
        if one.is_unassigned:
            seen[one.name] += 1
            again = f"/{seen[one.name]}" if seen[one.name] > 1 else ""
            target |= {"code": f"{one.name} @ {rule_id}{again}", "category": one.name}
        if one.credits is None:
            target |= {"gives": {"kind": "exemption"}, "grade": "exempt"}
        else:
            target["credits"] = one.credits
        yield target


def _short(text: str) -> str:
    return text if len(text) <= _NAME_MAX else f"{text[: _NAME_MAX - 1]}…"


def _following(day: date) -> str:
    return date.fromordinal(day.toordinal() + 1).isoformat()
