"""Names are folded for matching only."""

import pytest

from creditbank.learners.names import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("阿依古丽·买买提", "阿依古丽 买买提"),
        ("张 三", "张三"),
        ("ＡＮＮＡ", "anna"),
        ("O'Neill", "O’Neill"),
    ],
)
def test_two_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    """Width, case, spaces and middle dots do not tell people apart."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("张三", "张叁"), ("李四", "李思"), ("Ann", "Anna")])
def test_two_names_stay_two(one: str, other: str) -> None:
    """Nothing else is forgiven."""
    assert fold(one) != fold(other)
