"""Which page of a list an address names."""

import pytest

from api.web.page_numbers import page_number, pages_of


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("1", 1),
        ("3", 3),
        ("7", 7),
        ("8", 7),
        ("999999", 7),
        ("0", 1),
        ("-1", 1),
        ("", 1),
        ("x", 1),
        ("٣", 1),
        ("²", 1),
        ("1000000", 1),
        ("9" * 5_000, 1),
    ],
)
def test_a_page_is_one_of_those_there_are(asked: str, page: int) -> None:
    """Whatever stands in the address."""
    assert page_number(asked, 7) == page


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3)])
def test_a_list_has_a_page_even_where_it_is_empty(count: int, pages: int) -> None:
    """And one more for what is left over."""
    assert pages_of(count, 25) == pages
