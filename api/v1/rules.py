"""The published conversion rules: public, each with the hash under which the log names it."""

from typing import Any

import orjson
from fastapi import APIRouter
from pydantic import Field

from api.dependencies import CurrentBank, Public
from api.response import Response
from creditbank.rules.queries import StoredRule, get_published_rule, published_rules

router = APIRouter(prefix="/api/v1/rules", tags=["rules"], dependencies=[Public])


class RuleSummary(Response):
    """A published version; it counts on [`effective_from`, `effective_until`)."""

    id: str
    version: str
    title: str
    title_en: str | None
    effective_from: str
    effective_until: str | None
    supersedes: str | None
    institution: str = Field(description="The institution whose rule it is.")
    sha256: str = Field(description="SHA-256 of the document in canonical JSON (RFC 8785).")
    entry_index: int


class RuleList(Response):
    """Every published version, in the order of the ledger."""

    rules: list[RuleSummary]


class RuleView(RuleSummary):
    """A published version with its document."""

    document: dict[str, Any]


@router.get("")
def list_rules(bank: CurrentBank) -> RuleList:
    """List the published versions of all rules."""
    with bank.readers.reading() as connection:
        found = published_rules(connection)
    return RuleList(rules=[RuleSummary(**_summary(one)) for one in found])


@router.get("/{rule_id}/{version}")
def read_rule(rule_id: str, version: str, bank: CurrentBank) -> RuleView:
    """Read a published version; its exact bytes are at `/ledger/object/{sha256}`."""
    with bank.readers.reading() as connection:
        found = get_published_rule(connection, rule_id, version)
    return RuleView(**_summary(found), document=orjson.loads(found.content))


def _summary(stored: StoredRule) -> dict[str, Any]:
    rule = stored.document.rule
    until = rule.effective_until
    return {
        "id": stored.id,
        "version": stored.version,
        "title": rule.title.zh,
        "title_en": rule.title.en,
        "effective_from": rule.effective_from.isoformat(),
        "effective_until": None if until is None else until.isoformat(),
        "supersedes": rule.supersedes,
        "institution": stored.institution_id,
        "sha256": stored.sha256,
        "entry_index": stored.entry_index,
    }
