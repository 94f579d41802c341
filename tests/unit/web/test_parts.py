"""A long list is shown page by page."""

import pytest

from api.web.staff.named import PAGE_ROWS, part


@pytest.mark.parametrize(
    ("asked", "at", "first"),
    [("1", 1, 0), ("2", 2, PAGE_ROWS), ("9", 3, 2 * PAGE_ROWS), ("0", 1, 0), ("x", 1, 0)],
)
def test_a_page_beyond_the_last_is_the_last_and_one_that_is_none_the_first(
    asked: str, at: int, first: int
) -> None:
    """Whoever types an address sees rows, not an error."""
    shown = part(range(2 * PAGE_ROWS + 1), asked)
    assert (shown.at, shown.of, shown.rows[0]) == (at, 3, first)


def test_an_empty_list_has_one_page() -> None:
    """It says what to do."""
    assert (part([], "1").of, part([], "1").total) == (1, 0)
