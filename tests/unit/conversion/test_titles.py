"""Two catalogues may mean one course by titles that are written otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.titles import Comparison, compare_titles, fold_title

WRITTEN_OTHERWISE = [
    ("大学英语(一)", "大学英语1"),
    ("大学英语(一)", "大学英语Ⅰ"),
    ("大学英语(一)", "大学 英语（一）"),
    ("大学英语(一)", "“大学 英语（一）”"),
    ("大学英语(一)", "大學英語【壹】"),
    ("大学英语II", "大学英语 ②"),
    ("大学英语(十二)", "大学英语Ⅻ"),
    ("高等数学 二十一", "高等數學２１"),
    ("Python程序设计", "ｐｙｔｈｏｎ 程序设计"),
    ("C++ 程序设计", "C＋＋程序设计"),
    ("Business English Ⅰ", "business english 1"),
    ("后现代主义", "後現代主義"),
]
SIMILAR = [
    ("会计学原理", "会计学基础"),
    ("会计学原理", "會計學概論"),
    ("大学英语", "大学英语(一)"),
    ("电工实训", "电工实习"),
    ("Introduction to Accounting", "Principles of Accounting"),
]
DIFFERENT = [
    ("大学英语(一)", "大学英语(二)"),
    ("大学英语(一)", "大学英语(十一)"),
    ("大学英语", "大学英语2"),
    ("大学英语(上)", "大学英语(下)"),
    ("C程序设计", "C++程序设计"),
    ("会计学", "会计学原理"),
    ("Web 2.0", "Web 20"),
    ("C语言", "语言"),
    ("思想道德修养", "思想政治理论"),
]
TITLES = st.text(
    st.sampled_from("大学英语一二十壹拾基础原理後发乾ⅠⅱⅫ１②（）()-–·.+#~ ixIV1209aéß")
    | st.characters(codec="utf-8"),
    max_size=12,
)


@pytest.mark.parametrize(("one", "other"), WRITTEN_OTHERWISE)
def test_a_title_that_is_written_otherwise_is_the_same(one: str, other: str) -> None:
    """Case T5: 大学英语(一), 大学英语1, 大学英语Ⅰ and “大学 英语（一）” are one group."""
    assert compare_titles(one, other) is Comparison.SAME


@pytest.mark.parametrize(("one", "other"), SIMILAR)
def test_a_title_with_another_word_for_how_far_it_goes_is_similar(one: str, other: str) -> None:
    """Case T5: whether 会计学原理 is 会计学基础 is for a person to say."""
    assert compare_titles(one, other) is Comparison.SIMILAR


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_title_with_another_number_or_subject_is_different(one: str, other: str) -> None:
    """A number or a subject is never folded away."""
    assert compare_titles(one, other) is Comparison.DIFFERENT


@given(TITLES)
def test_folding_twice_changes_nothing_more(title: str) -> None:
    """The folded form stands for the whole group."""
    folded = fold_title(title)
    assert fold_title(folded) == folded


@given(TITLES, TITLES)
def test_it_does_not_matter_which_title_comes_first(one: str, other: str) -> None:
    """Neither of two courses is the measure of the other."""
    assert compare_titles(one, other) is compare_titles(other, one)


@given(TITLES, st.sampled_from(" 　（）()[]【】“”《》,，:："))
def test_a_mark_beside_a_title_tells_nothing(title: str, mark: str) -> None:
    """Spaces, brackets and quotation marks are how a catalogue prints."""
    assert fold_title(f"{mark}{title}{mark}") == fold_title(title)
