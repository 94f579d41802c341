"""Rules by the courses that they take and give: found without reading their documents."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from sqlalchemy import ColumnElement, Connection, and_, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.conversion.accept import is_like
from creditbank.conversion.circles import Takers
from creditbank.conversion.course_links import CourseLink, LinkedRule, course_links
from creditbank.conversion.plan import Plan
from creditbank.conversion.rule import Rule
from creditbank.database import chunks, table_of
from creditbank.rules.tables import RuleCourseRow, RuleRow

_ROLE, _CODE, _ID = col(RuleCourseRow.role), col(RuleCourseRow.code), col(RuleCourseRow.rule_id)
_STORED = select(table_of(RuleCourseRow)).where(among(_ID)).order_by(col(RuleCourseRow.place))


def course_rows(rule: Rule) -> list[dict[str, object]]:
    """Give the rows of a version that is published."""
    return [
        {
            "rule_id": rule.id,
            "version": rule.version,
            "place": place,
            "role": link.role,
            "code": link.code,
            "category": link.category,
            "providers": None if link.providers is None else list(link.providers),
        }
        for place, link in enumerate(course_links(rule), start=1)
    ]


def stored_courses(
    connection: Connection, ids: Collection[str]
) -> dict[tuple[str, str], list[dict[str, object]]]:
    """Give the rows of these rules as they are stored, by id and version."""
    found: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    for row in rows_among(connection, _STORED, sorted(ids)):
        found[row["rule_id"], row["version"]].append(dict(row))
    return found


def links_of(connection: Connection, ids: Collection[str]) -> Iterator[LinkedRule]:
    """Give the links of the published versions of these rules."""
    for chunk in chunks(sorted(ids)):
        yield from _linked(connection, _ID.in_(chunk))


def rules_reached(connection: Connection, starts: Sequence[LinkedRule]) -> list[LinkedRule]:
    """Give the published rules that take what these give, and what those give, and so on."""
    by_pattern = Takers(_linked(connection, _ROLE == "takes_like"))
    known = {one.rule_id for one in starts}
    found = list(links_of(connection, known))
    seen: set[tuple[str, str | None]] = set()
    fresh: Iterable[LinkedRule] = [*starts, *found]
    while courses := {(code, one.institution_id) for one in fresh for code in one.given} - seen:
        seen |= courses
        by_code = Takers(_taking(connection, {code for code, _ in courses}))
        takers = chain.from_iterable(
            chain(by_code.of(*course), by_pattern.of(*course)) for course in courses
        )
        fresh = list(links_of(connection, {one.rule_id for one in takers} - known))
        known |= {one.rule_id for one in fresh}
        found += fresh
    return found


def rules_taking(
    connection: Connection, institutions: Collection[str], courses: Collection[str]
) -> set[str]:
    """Name the published rules of institutions that may take one of these courses.

    Which course it is, is all that is asked.
    """
    owned = col(RuleRow.institution_id).in_(institutions)
    patterns = _matching(connection, courses)
    found = set(_names(connection, and_(owned, _ROLE == "takes_any")))
    for is_taken, codes in (_ROLE == "takes", courses), (_ROLE == "takes_like", patterns):
        for chunk in chunks(sorted(codes)):
            found.update(_names(connection, and_(owned, is_taken, _CODE.in_(chunk))))
    return found


def rules_giving(connection: Connection, institutions: Collection[str], plan: Plan) -> set[str]:
    """Name the published rules of institutions that give credit for what has a place in a plan."""
    gives = and_(col(RuleRow.institution_id).in_(institutions), _ROLE == "gives")
    slots = [one.code for one in plan.slots]
    categories = [one.code for one in plan.categories]
    wanted = ((_CODE, slots), (col(RuleCourseRow.category), categories))
    return {
        name
        for column, codes in wanted
        for chunk in chunks(codes)
        for name in _names(connection, and_(gives, column.in_(chunk)))
    }


def _matching(connection: Connection, courses: Collection[str]) -> list[str]:
    patterns = connection.scalars(select(_CODE).where(_ROLE == "takes_like").distinct())
    return [one for one in patterns if any(is_like(one, course) for course in courses)]


def _names(connection: Connection, where: ColumnElement[bool]) -> Iterable[str]:
    return connection.scalars(select(_ID).join_from(RuleCourseRow, RuleRow).where(where).distinct())


def _taking(connection: Connection, codes: Collection[str]) -> Iterator[LinkedRule]:
    for chunk in chunks(sorted(codes)):
        yield from _linked(connection, and_(_ROLE == "takes", _CODE.in_(chunk)))


def _linked(connection: Connection, where: ColumnElement[bool]) -> Iterator[LinkedRule]:
    """Give rules with those of their links that are asked for."""
    wanted = select(table_of(RuleCourseRow), col(RuleRow.institution_id))
    wanted = wanted.join_from(RuleCourseRow, RuleRow).where(where)
    links: dict[tuple[str, str, str], list[CourseLink]] = defaultdict(list)
    for row in connection.execute(wanted.order_by(_ID, col(RuleCourseRow.place))):
        providers = None if row.providers is None else tuple(row.providers)
        links[row.rule_id, row.version, row.institution_id].append(
            CourseLink(role=row.role, code=row.code, category=row.category, providers=providers)
        )
    for (rule_id, version, institution_id), some in links.items():
        yield LinkedRule(
            rule_id=rule_id, version=version, institution_id=institution_id, links=some
        )
