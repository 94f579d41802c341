"""Which courses a rule takes and gives: by these it is found, and by these rules close a circle."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import Bundle, Courses, HoursPool
from creditbank.conversion.sources import Sources

Role = Literal["takes", "takes_like", "takes_any", "gives"]
"""A code, a pattern, no code asked for; or a code that credit is given for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLink:
    """A course that a rule takes or gives.

    `providers` are the institutions whose courses alone are taken, None where any's are; `category`
    is where credit goes in a plan without the course.
    """

    role: Role
    code: str
    category: str | None = None
    providers: tuple[str, ...] | None = None

    def may_be_of(self, institution_id: str | None) -> bool:
        """Say whether courses of an institution are taken, as far as the rule names institutions.

        Codes are each institution's own: who takes another's course of a code takes another course.
        """
        return self.providers is None or institution_id in self.providers


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRule:
    """A version of a rule by its links; its targets are courses of its institution."""

    rule_id: str
    version: str
    institution_id: str | None
    links: Sequence[CourseLink]

    @property
    def given(self) -> set[str]:
        """The codes of all that it gives credit for."""
        return {one.code for one in self.links if one.role == "gives"}


def course_links(rule: Rule) -> list[CourseLink]:
    """Give each link of a rule once, in the order of its file.

    Codes that the rule calls one and the same are each taken and given.
    """
    return list(dict.fromkeys([*_taken(rule), *_given(rule)]))


def _taken(rule: Rule) -> Iterator[CourseLink]:
    shape, own = rule.shape, rule.sources
    parts = [one.sources for one in shape.parts] if isinstance(shape, Bundle) else []
    targets = shape.targets if isinstance(shape, Courses) else ()
    more = [*parts, *(one.sources for one in targets if one.sources is not None)]
    for asked in ((own,), *((own, one) for one in more)):
        providers = _providers(asked)
        for code in _same(rule, asked[-1].courses):
            yield CourseLink(role="takes", code=code, providers=providers)
        for pattern in asked[-1].course_patterns:
            yield CourseLink(role="takes_like", code=pattern, providers=providers)
    if not any(one.courses or one.course_patterns for one in (own, *parts)):
        yield CourseLink(role="takes_any", code="", providers=_providers((own,)))


def _given(rule: Rule) -> Iterator[CourseLink]:
    shape = rule.shape
    targets = (shape.target,) if isinstance(shape, HoursPool) else shape.targets
    for one in targets:
        yield CourseLink(role="gives", code=one.code, category=one.category)
        for code in _same(rule, (one.code,)):
            if code != one.code:
                yield CourseLink(role="gives", code=code)


def _same(rule: Rule, codes: Collection[str]) -> list[str]:
    """Give codes with those that the rule calls one and the same."""
    groups = (group for group in rule.equivalents if not set(group).isdisjoint(codes))
    return list(dict.fromkeys([*codes, *(code for group in groups for code in group)]))


def _providers(asked: Sequence[Sources]) -> tuple[str, ...] | None:
    """Give the institutions that all of these sources name which name any; none for other banks."""
    if any(one.banks for one in asked):
        return ()
    named = [{*one.providers, *one.provider_subtrees} for one in asked]
    stated = [one for one in named if one]
    return tuple(sorted(set.intersection(*stated))) if stated else None
