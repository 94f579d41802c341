"""Circles of rules: what one gives is taken by others until it becomes what the first takes."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

from creditbank.conversion.accept import is_like
from creditbank.conversion.course_links import CourseLink, LinkedRule

_Node = tuple[str | None, ...]
"""A rule by its id; or a course by its code and whose it is, which keeps the edges few."""


class Takers:
    """Rules by the courses that they take."""

    def __init__(self, rules: Iterable[LinkedRule]) -> None:
        self._by_code: dict[str, list[tuple[LinkedRule, CourseLink]]] = defaultdict(list)
        self._by_pattern: dict[str, list[tuple[LinkedRule, CourseLink]]] = defaultdict(list)
        for rule in rules:
            for link in rule.links:
                if link.role == "takes":
                    self._by_code[link.code].append((rule, link))
                elif link.role == "takes_like":
                    self._by_pattern[link.code].append((rule, link))

    def of(self, code: str, institution_id: str | None) -> Iterator[LinkedRule]:
        """Give the rules that take an institution's course."""
        patterns = [one for one in self._by_pattern if is_like(one, code)]
        found = [self._by_code.get(code, []), *(self._by_pattern[one] for one in patterns)]
        for some in found:
            for rule, link in some:
                if link.may_be_of(institution_id):
                    yield rule


def circles(rules: Collection[LinkedRule]) -> dict[str, frozenset[str]]:
    """Give, for each rule that may stand in a circle, all that may stand in one with it, by id.

    Each rule and course is looked at once (R. Tarjan, Depth-first search and linear graph
    algorithms, 1972); days are not asked.
    """
    takers = Takers(rules)
    given: dict[_Node, set[_Node]] = defaultdict(set)
    for rule in rules:
        given[rule.rule_id,].update((code, rule.institution_id) for code in rule.given)

    def following(node: _Node) -> Collection[_Node]:
        if len(node) == 1:
            return given[node]
        code, institution_id = node
        return {(one.rule_id,) for one in takers.of(str(code), institution_id)}

    found: dict[str, frozenset[str]] = {}
    for component in _components(list(given), following):
        names = frozenset(str(node[0]) for node in component if len(node) == 1)
        if len(names) > 1:
            found.update(dict.fromkeys(names, names))
    return found


def _components(
    starts: Iterable[_Node], following: Callable[[_Node], Collection[_Node]]
) -> Iterator[list[_Node]]:
    """Give the nodes that all lead to each other, component by component, without recursion."""
    place: dict[_Node, int] = {}
    lowest: dict[_Node, int] = {}
    open_nodes: dict[_Node, None] = {}
    for start in starts:
        path = [] if start in place else [(start, iter(following(start)))]
        while path:
            node, rest = path[-1]
            if node not in place:
                place[node] = lowest[node] = len(place)
                open_nodes[node] = None
            for one in rest:
                if one not in place:
                    path.append((one, iter(following(one))))
                    break
                if one in open_nodes:
                    lowest[node] = min(lowest[node], place[one])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == place[node]:
                    yield _closed(node, open_nodes)


def _closed(node: _Node, open_nodes: dict[_Node, None]) -> list[_Node]:
    """Take the nodes that were opened since one, and that one."""
    component: list[_Node] = []
    while not component or component[-1] != node:
        component.append(open_nodes.popitem()[0])
    return component
