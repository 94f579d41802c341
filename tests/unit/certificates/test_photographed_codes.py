import pytest

from certificates.presented.pictures import codes_in_picture
from dev.qr_table import page
from tests.architecture.tree import source_of
from tests.fixtures.photographed import SEEN, TEXTS, modules, photograph


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("kind", TEXTS)
def test_a_code_is_read_back_as_a_telephone_sees_it(kind: str, seen: str) -> None:
    """Also turned, out of focus and badly lit, and all of that at once."""
    assert codes_in_picture(photograph(TEXTS[kind], seen)) == [TEXTS[kind]]


def test_a_link_is_at_most_33_and_an_offline_pass_at_most_69_modules() -> None:
    """A live code is a link of the same size."""
    assert modules(TEXTS["live code"]) == modules(TEXTS["link of a pass"]) <= 33
    assert modules(TEXTS["offline pass"]) <= 69


def test_the_page_shows_what_the_reader_does() -> None:
    """It is written by the program that it names."""
    assert source_of("docs/qr-codes.md") == page()
