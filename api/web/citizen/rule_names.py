"""What rules, the courses that they fill and their reasons are called, in both languages."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.web.names import Named
from api.web.reasons import failed_test, reasons_of
from creditbank.bank import Bank
from creditbank.conversion.shapes import HoursPool
from creditbank.rules.queries import published_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRules:
    """Titles of rules by id, of what they fill by its code, and reasons by rule and code."""

    rules: dict[str, Named]
    targets: dict[str, Named]
    reasons: dict[tuple[str, str], Named]

    def rule(self, rule_id: str) -> Named:
        """Give a rule's title; its id where it has none any more."""
        return self.rules.get(rule_id, Named(rule_id, None))

    def target(self, code: str) -> Named:
        """Give the title of a course; its code where no rule names it."""
        return self.targets.get(code, Named(code, None))

    def reason(self, rule_id: str, code: str) -> Named:
        """Say why persons refused by a rule: as it lists it, or a test of it that failed."""
        return self.reasons.get((rule_id, code)) or failed_test(code)


def name_rules(bank: Bank, ids: Iterable[str]) -> NamedRules:
    """Name these rules as their newest versions do."""
    with bank.readers.reading() as connection:
        versions = published_versions(connection, set(ids))
    named = NamedRules(rules={}, targets={}, reasons={})
    for one in versions:
        rule = one.document.rule
        named.rules[rule.id] = Named(rule.title.zh, rule.title.en)
        named.reasons.update({(rule.id, code): words for code, words in reasons_of(rule).items()})
        shape = rule.shape
        targets = (shape.target,) if isinstance(shape, HoursPool) else shape.targets
        named.targets.update({each.code: Named(each.title.zh, each.title.en) for each in targets})
    return named
