"""Decide on a filing by one version of a rule. Pure: the same inputs give the same bytes for ever.

A change that alters an old trace gets a new engine version and keeps the old one beside it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from creditbank.conversion.courses import grant_courses
from creditbank.conversion.decision import Decision, Trace
from creditbank.conversion.eligibility import eligible
from creditbank.conversion.filing import Filing
from creditbank.conversion.pool import grant_pool
from creditbank.conversion.rule import HoursPool
from creditbank.conversion.rule_file import RuleDocument

ENGINE = "1.0.0"
"""The engine that decides today."""


def decide(document: RuleDocument, filing: Filing) -> Decision:
    """Make every test in order, and give the grants with all failing tests and their arithmetic."""
    rule, trace = document.rule, Trace()
    outcomes = eligible(rule, filing, trace)
    if isinstance(rule.shape, HoursPool):
        granted = grant_pool(rule, rule.shape, outcomes, filing, trace)
    else:
        granted = grant_courses(rule, rule.shape, outcomes, filing, trace)
    return Decision(
        engine=ENGINE,
        rule_sha256=document.sha256,
        grants=granted.grants,
        parts=granted.parts,
        trace=tuple(trace.lines),
    )


ENGINES: Mapping[str, Callable[[RuleDocument, Filing], Decision]] = MappingProxyType(
    {ENGINE: decide}
)
"""Every engine that ever decided, by version: an old decision is computed again by its own."""
