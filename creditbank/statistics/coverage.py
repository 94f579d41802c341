"""How far the published rules reach: what no rule takes, which rules nobody used, why not.

What a rule refuses at once is not recorded, so that refusals are those by persons.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import definitions_by_id
from creditbank.conversion.accept import failing
from creditbank.conversion.decision import Reason
from creditbank.conversion.filing import Outcome
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import Bundle
from creditbank.credits.queries import conversions_by_rule
from creditbank.filings.queries import refusals_by_rule
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_with_all_above
from creditbank.institutions.tree import standing_above
from creditbank.outcomes.queries import active_by_definition
from creditbank.rules.queries import published_rules

_ABOUT_THE_COURSE = frozenset(
    {Reason.CLASS_NOT_ACCEPTED, Reason.PROVIDER_NOT_ACCEPTED, Reason.COURSE_NOT_ACCEPTED}
)
"""The tests that a course passes or fails whoever learned it; others depend on the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCourse:
    """A definition of which active outcomes are held, and how many."""

    definition: Definition
    outcomes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A rule that is in force, and by which nothing was ever converted."""

    rule_id: str
    version: str
    institution_id: str
    published_at: int
    """Its ledger index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """How often persons refused filings under a rule for one reason."""

    rule_id: str
    reason: str
    filings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far the rules reach on a day; `held` counts the definitions with active outcomes."""

    held: int
    rules: int
    uncovered: Sequence[HeldCourse]
    unused: Sequence[Unused]
    refused: Sequence[Refused]


def coverage_on(
    connection: Connection, day: date, institutions: Collection[str] | None = None
) -> Coverage:
    """Give the coverage on a day, of outcomes and rules of these institutions, or of all.

    Rules of every institution can take an outcome; the most held definitions come first.
    """
    held = list(held_courses(connection, day, institutions))
    every = [one for one in published_rules(connection) if _is_in_force(one.document.rule, day)]
    rules = [one.document.rule for one in every]
    own = [one for one in every if institutions is None or one.institution_id in institutions]
    used = conversions_by_rule(connection)
    return Coverage(
        held=len(held),
        rules=len(own),
        uncovered=[
            one for one, course in held if not any(may_take(rule, course) for rule in rules)
        ],
        unused=[
            Unused(
                rule_id=one.id,
                version=one.version,
                institution_id=one.institution_id,
                published_at=one.entry_index or 0,
            )
            for one in own
            if one.id not in used
        ],
        refused=[
            Refused(rule_id=rule_id, reason=reason, filings=count)
            for (rule_id, reason), count in sorted(
                refusals_by_rule(connection, institutions).items(), key=lambda one: -one[1]
            )
        ],
    )


def held_courses(
    connection: Connection, day: date, institutions: Collection[str] | None = None
) -> Iterator[tuple[HeldCourse, Outcome]]:
    """Give each definition that is held, the most held first, as rules see an outcome of it."""
    counts = active_by_definition(connection, institutions)
    definitions = definitions_by_id(connection, counts.keys())
    above = find_with_all_above(connection, {one.institution_id for one in definitions.values()})
    for id_, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        held = HeldCourse(definition=definitions[id_], outcomes=count)
        yield held, _outcome_of(held.definition, above, day)


def may_take(rule: Rule, outcome: Outcome) -> bool:
    """Say whether a rule can take an outcome of such a course, for itself or a part of a bundle."""
    shape = rule.shape
    parts = [part.sources for part in shape.parts] if isinstance(shape, Bundle) else []
    if _failed(rule, outcome):
        return False
    return not parts or any(
        _ABOUT_THE_COURSE.isdisjoint(code for code, _ in failing(one, outcome)) for one in parts
    )


def _failed(rule: Rule, outcome: Outcome) -> bool:
    codes = {code for code, _ in failing(rule.sources, outcome)}
    return not _ABOUT_THE_COURSE.isdisjoint(codes)


def _is_in_force(rule: Rule, day: date) -> bool:
    until = rule.effective_until
    return rule.effective_from <= day and (until is None or day < until)


def _outcome_of(definition: Definition, above: Mapping[str, History], day: date) -> Outcome:
    """Give an outcome of a definition, as far as it is known whoever holds it."""
    return Outcome(
        id=definition.id,
        group=definition.id,
        is_active=True,
        outcome_class=definition.outcome_class,
        provider=definition.institution_id,
        provider_above=standing_above(above, definition.institution_id, day),
        course=definition.code,
        awarded_first=day,
        awarded_last=day,
    )
