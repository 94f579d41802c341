"""Places in a rule's plain content by their path: names, and numbers of a list, with dots."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

Content = dict[str, Any]


def put(content: Content, path: str, value: object) -> None:
    """Put a value in its place; lists are filled from their first place on."""
    steps = path.split(".")
    inside: Any = content
    for step, following in pairwise(steps):
        inside = _entered(inside, step, list if following.isdigit() else dict)
    inside[steps[-1]] = value


def take(content: Content, path: str) -> object | None:
    """Take a value from its place; None where there is none."""
    *way, last = path.split(".")
    inside: Any = content
    for step in way:
        inside = _inside(inside, step)
    if not isinstance(inside, dict):
        return None
    found: object | None = inside.pop(last, None)
    return found


def left_over(content: object, at: str = "") -> Iterator[str]:
    """Name every place that still has a value."""
    if isinstance(content, dict):
        for name, one in content.items():
            yield from left_over(one, f"{at}.{name}" if at else str(name))
    elif isinstance(content, list):
        for number, one in enumerate(content):
            yield from left_over(one, f"{at}.{number}")
    else:
        yield at


def _entered(inside: Any, step: str, empty: Callable[[], object]) -> Any:
    if isinstance(inside, dict):
        return inside.setdefault(step, empty())
    while len(inside) <= int(step):
        inside.append(empty())
    return inside[int(step)]


def _inside(inside: Any, step: str) -> Any:
    if isinstance(inside, dict):
        return inside.get(step)
    if isinstance(inside, list) and step.isdigit() and int(step) < len(inside):
        return inside[int(step)]
    return None
