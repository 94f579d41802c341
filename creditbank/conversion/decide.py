"""Decide on a filing by one version of a rule. Pure: the same inputs give the same bytes for ever.

A change that alters an old trace gets a new engine version and keeps the old one beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from creditbank.conversion.courses import grant_courses
from creditbank.conversion.decision import Decision, Trace
from creditbank.conversion.eligibility import eligible
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.pool import grant_pool
from creditbank.conversion.rule import HoursPool
from creditbank.conversion.rule_file import RuleDocument

FIRST = "1.0.0"
ENGINE = "1.1.0"
"""The engine that decides today: levels, grades, hours, assurance and subtrees since 1.1.0."""


def decide(document: RuleDocument, filing: Filing) -> Decision:
    """Make every test in order, and give the grants with all failing tests and their arithmetic."""
    return _decided_by(ENGINE, document, filing)


def _decided_by(engine: str, document: RuleDocument, filing: Filing) -> Decision:
    rule, trace = document.rule, Trace()
    outcomes = eligible(rule, filing, trace)
    if isinstance(rule.shape, HoursPool):
        granted = grant_pool(rule, rule.shape, outcomes, filing, trace)
    else:
        granted = grant_courses(rule, rule.shape, outcomes, filing, trace)
    return Decision(
        engine=engine,
        rule_sha256=document.sha256,
        grants=granted.grants,
        parts=granted.parts,
        trace=tuple(trace.lines),
    )


ENGINES: Mapping[str, Callable[[RuleDocument, Filing], Decision]] = MappingProxyType(
    {FIRST: partial(_decided_by, FIRST), ENGINE: decide}
)
"""Every engine that ever decided, by version: an old decision is computed again by its own.

A rule of the first knew nothing that a newer one tests otherwise, so that both are one function; to
the first, outcomes were given without what the newer ask for (`as_given_to`).
"""


def as_given_to(engine: str, outcome: Outcome) -> Outcome:
    """Give an outcome with the facts that an engine was given."""
    if engine != FIRST:
        return outcome
    return replace(
        outcome,
        provider_above=(),
        level_framework=None,
        level=None,
        grade=None,
        grade_scale=None,
        assurance=None,
    )
