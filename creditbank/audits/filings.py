"""Filings beside their acts, and beside the conversions that persons recognised by them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from pydantic import ValidationError
from sqlalchemy import Connection

from creditbank.audits.keys import Keys
from creditbank.conversion.filing import Finding
from creditbank.credits.queries import StoredConversion, find_conversions
from creditbank.credits.request import Request
from creditbank.credits.show import OpenedConversion, open_conversion
from creditbank.filings.chain import Act, FilingState
from creditbank.filings.queries import (
    StoredFiling,
    StoredStep,
    every_filing,
    findings_of,
    steps_of,
)
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import fields_of
from creditbank.learners.queries import existing_accounts
from creditbank.rules.queries import StoredRule, rules_by_hash
from ledger.errors import LedgerError
from ledger.findings import Findings

_LEADS_TO: Mapping[str, FilingState] = {
    Act.RETURNED: FilingState.RETURNED,
    Act.RECOGNISED: FilingState.RECOGNISED,
    Act.REFUSED: FilingState.REFUSED,
    Act.WITHDRAWN: FilingState.WITHDRAWN,
}
"""The state after the last act; after any other the filing is open."""


class FilingCheck:
    """Checks every filing; none has a leaf of its own, so they are named by their ids."""

    def __init__(self, connection: Connection, findings: Findings, keys: Keys) -> None:
        self._connection = connection
        self._findings = findings
        self._keys = keys

    def run(self, size: int) -> None:
        """Check them; the log has `size` leaves."""
        for page in every_filing(self._connection):
            keys = self._keys.open_all({-1 - at: one.account_id for at, one in enumerate(page)})
            steps = steps_of(self._connection, [one.id for one in page])
            named = {one.conversion_id for one in page if one.conversion_id is not None}
            conversions = find_conversions(self._connection, named)
            accounts = existing_accounts(self._connection, [one.account_id for one in page])
            rules = rules_by_hash(self._connection, {one.rule_sha256 for one in page})
            for one in page:
                for problem in _wrong_in_rule(one, rules.get(one.rule_sha256)):
                    self._add(one, problem, size)
                key = keys.get(one.account_id)
                if one.account_id not in accounts:
                    self._add(one, "account_id is no account", size)
                if key is None:
                    continue
                for problem in _problems(one, steps.get(one.id, []), conversions, key):
                    self._add(one, problem, size)

    def _add(self, filing: StoredFiling, problem: str, size: int) -> None:
        self._findings.add("filing", -1, f"{filing.id}: {problem}", position=size)


def _wrong_in_rule(filing: StoredFiling, rule: StoredRule | None) -> Iterator[str]:
    if rule is None:
        yield "rule_sha256 is no published rule"
    elif (filing.rule_id, filing.rule_version, filing.institution_id) != (
        rule.id,
        rule.version,
        rule.institution_id,
    ):
        yield "its rule or institution is not what rule_sha256 names"


def _problems(
    filing: StoredFiling,
    steps: list[StoredStep],
    conversions: Mapping[str, StoredConversion],
    key: AccountKey,
) -> Iterator[str]:
    try:
        request, found = filing.request(key), findings_of(steps, key)
    except (SealBroken, KeyError, TypeError, ValueError):
        yield "its seal does not open"
        return
    if not steps or [one.number for one in steps] != list(range(1, len(steps) + 1)):
        yield "an act is missing"
        return
    yield from _wrong_at_end(filing, steps[-1])
    if filing.conversion_id is None:
        return
    conversion = conversions.get(filing.conversion_id)
    if conversion is None:
        yield f"there is no conversion {filing.conversion_id}"
        return
    if conversion.decided_with != steps[-1].taken_by:
        yield "its conversion was decided by another"
    # What does not open is named where the conversion is checked.
    with suppress(SealBroken, LedgerError, ValidationError, KeyError):
        yield from _wrong_in_conversion(filing, open_conversion(conversion, key), request, found)


def _wrong_at_end(filing: StoredFiling, last: StoredStep) -> Iterator[str]:
    if filing.state != _LEADS_TO.get(last.act, FilingState.OPEN):
        yield "state is not what its last act leads to"
    if filing.refusal != (last.code if last.act == Act.REFUSED else None):
        yield "refusal is not what was decided"
    if (filing.conversion_id is not None) != (last.act == Act.RECOGNISED):
        yield "its conversion is not what was decided"


def _wrong_in_conversion(
    filing: StoredFiling,
    opened: OpenedConversion,
    request: Request,
    found: tuple[Finding, ...],
) -> Iterator[str]:
    if fields_of(opened.statement).get("filed_as") != filing.id:
        yield "its conversion was filed as another"
    if opened.stored.rule_sha256 != filing.rule_sha256:
        yield "its conversion is of another rule"
    if opened.filing.filed_on.isoformat() != filing.received_on:
        yield "received_on is not the day that its conversion counts from"
    if opened.filing.findings != found:
        yield "its conversion rests on other findings"
    if {one.id for one in opened.filing.outcomes} != set(request.outcome_ids):
        yield "its conversion is of other outcomes"
