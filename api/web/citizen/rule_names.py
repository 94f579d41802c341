"""What rules and the courses that they fill are called, in both languages."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.web.citizen.names import Named
from creditbank.bank import Bank
from creditbank.conversion.shapes import HoursPool
from creditbank.rules.queries import published_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRules:
    """Titles of rules by id, and of what they fill by its code."""

    rules: dict[str, Named]
    targets: dict[str, Named]

    def rule(self, rule_id: str) -> Named:
        """Give a rule's title; its id where it has none any more."""
        return self.rules.get(rule_id, Named(rule_id, None))

    def target(self, code: str) -> Named:
        """Give the title of a course; its code where no rule names it."""
        return self.targets.get(code, Named(code, None))


def name_rules(bank: Bank, ids: Iterable[str]) -> NamedRules:
    """Name these rules as their newest versions do."""
    with bank.readers.reading() as connection:
        versions = published_versions(connection, set(ids))
    named = NamedRules(rules={}, targets={})
    for one in versions:
        rule = one.document.rule
        named.rules[rule.id] = Named(rule.title.zh, rule.title.en)
        shape = rule.shape
        targets = (shape.target,) if isinstance(shape, HoursPool) else shape.targets
        named.targets.update({each.code: Named(each.title.zh, each.title.en) for each in targets})
    return named
