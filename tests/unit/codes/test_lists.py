"""Code lists: found by code, the abolished too, and unknown without blame."""

import pytest

from creditbank.codes.lists import LIST_YEARS, codes_after, find_code, list_year
from creditbank.errors import Refusal


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("regions", "310101", "黄浦区"),
        ("regions", "31", "上海市"),
        ("fields", "0611", "Computer use"),
        ("universities", "4111010001", "北京大学"),
        ("occupations", "1-00-00-00", "党的机关、国家机关、群众团体和社会组织、企事业单位负责人"),
    ],
)
def test_a_code_is_found_by_its_text(name: str, code: str, said: str) -> None:
    """One of each list."""
    found = find_code(name, code)
    assert found is not None
    assert found.name == said
    assert found.abolished is None


def test_an_abolished_region_keeps_the_name_of_its_last_year() -> None:
    """Papers of that time name it."""
    found = find_code("regions", "310119")
    assert found is not None
    assert (found.name, found.abolished, found.merged_into) == ("南汇区", 2009, "310115")


def test_what_a_list_does_not_have_is_none() -> None:
    """It may be newer than the list."""
    assert find_code("regions", "990101") is None


def test_pages_follow_each_other_without_a_gap() -> None:
    """A whole list is read page by page."""
    for name in LIST_YEARS:
        seen: list[str] = []
        while page := codes_after(name, seen[-1] if seen else "", 1_000):
            seen += [one.code for one in page]
        assert seen == sorted(set(seen))
        assert len(seen) > 200


def test_there_is_no_other_list() -> None:
    """Not even one that names a file."""
    with pytest.raises(Refusal):
        list_year("../lists")
