"""Decide on a filing by one version of a rule. Pure: the same inputs give the same bytes for ever.

A change that alters an old trace gets a new engine version and keeps the old one beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from creditbank.conversion.bundle import grant_bundle
from creditbank.conversion.courses import grant_courses
from creditbank.conversion.decision import Decision, Granted, Trace
from creditbank.conversion.eligibility import eligible
from creditbank.conversion.filing import Filing, FilledTarget, Outcome
from creditbank.conversion.pool import grant_pool
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.scope import fits_programme
from creditbank.conversion.shapes import Bundle, HoursPool
from creditbank.conversion.terms import meets_terms

FIRST = "1.0.0"
SECOND = "1.1.0"
THIRD = "1.2.0"
ENGINE = "1.3.0"
"""The engine that decides today.

1.1.0 brought levels, grades, hours, assurance and subtrees; 1.2.0 bundles, amounts, plans, scopes,
series, equivalents, caps over several conversions and the terms of filing; 1.3.0 titles
and what persons find.
"""


def decide(document: RuleDocument, filing: Filing) -> Decision:
    """Make every test in order, and give the grants with all failing tests and their arithmetic."""
    return _decided_by(ENGINE, document, filing)


def _decided_by(engine: str, document: RuleDocument, filing: Filing) -> Decision:
    rule, trace = document.rule, Trace()
    outcomes = eligible(rule, filing, trace)
    fits = fits_programme(rule, filing, trace)
    granted = _granted(rule, outcomes, filing, trace)
    may_file = meets_terms(rule, filing, trace)
    if not (fits and may_file):
        granted = Granted()
    return Decision(
        engine=engine,
        rule_sha256=document.sha256,
        grants=granted.grants,
        parts=granted.parts,
        trace=tuple(trace.lines),
    )


def _granted(rule: Rule, outcomes: Sequence[Outcome], filing: Filing, trace: Trace) -> Granted:
    shape = rule.shape
    if isinstance(shape, HoursPool):
        return grant_pool(rule, shape, outcomes, filing, trace)
    if isinstance(shape, Bundle):
        return grant_bundle(rule, shape, outcomes, filing, trace)
    return grant_courses(rule, shape, outcomes, filing, trace)


ENGINES: Mapping[str, Callable[[RuleDocument, Filing], Decision]] = MappingProxyType(
    {
        **{old: partial(_decided_by, old) for old in (FIRST, SECOND, THIRD)},
        ENGINE: decide,
    }
)
"""Every engine that ever decided, by version: an old decision is computed again by its own.

A rule of an older one knew nothing that a newer one tests otherwise, so that all are one function;
to the first, outcomes were given without what the newer ask for (`as_given_to`).
"""


def filled_as_given_to(engine: str, filled: FilledTarget) -> FilledTarget:
    """Give a filled target with the facts that an engine was given."""
    return replace(filled, credits=None) if engine in {FIRST, SECOND} else filled


def as_given_to(engine: str, outcome: Outcome) -> Outcome:
    """Give an outcome with the facts that an engine was given."""
    if engine != ENGINE:
        outcome = replace(outcome, title=None, similar_title=None, term=None, alike_uses=())
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
