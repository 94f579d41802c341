"""Words with facts in them: each fact once, in the reader's language; no sentence ends twice."""

import pytest

from api.problems import fill, load_problems
from api.web.rendering import environment
from creditbank.errors import Refusal


@pytest.mark.parametrize(
    ("language", "text", "said", "read"),
    [
        ("zh", "退回：{text}。请补正。", "缺第二页。", "退回：缺第二页。请补正。"),
        ("zh", "退回：{text}。请补正。", "缺第二页", "退回：缺第二页。请补正。"),
        ("zh", "退回：{text}。", "Page 2 is missing.", "退回：Page 2 is missing。"),
        ("en", "Returned: {text}. Answer.", "缺第二页。", "Returned: 缺第二页. Answer."),
        (
            "en",
            "Returned: {text}. Answer.",
            "Where is page 2?",
            "Returned: Where is page 2? Answer.",
        ),
        ("en", "{text} decided.", "The Ltd.", "The Ltd. decided."),
        ("zh", "理由：{text}；", "有误。", "理由：有误。；"),
    ],
)
def test_a_sentence_that_somebody_ended_is_not_ended_again(
    language: str, text: str, said: str, read: str
) -> None:
    """Who returned something types a sentence or a part of one; both are read as one sentence."""
    assert fill(text, {"text": said}, language) == read


def test_what_somebody_typed_is_never_filled_itself() -> None:
    """Braces in her words stay what they are; a place without its fact stays too."""
    facts = {"text": "{day}", "day": "2026-03-01"}
    assert fill("{text} {day} {more}", facts, "en") == "{day} 2026-03-01 {more}"


@pytest.mark.parametrize(("language", "read"), [("zh", "甲、乙"), ("en", "甲, 乙")])
def test_several_are_joined_as_the_language_does(language: str, read: str) -> None:
    """中文 has a comma of its own for it."""
    assert fill("{known}", {"known": ("甲", "乙")}, language) == read


@pytest.mark.parametrize(
    ("language", "read"),
    [
        ("en", "first review is taken by one of: checker, director"),
        ("zh", "初审 须由以下角色之一办理：复核、主任"),
    ],
)
def test_a_person_is_told_a_refusal_in_words_and_a_program_in_codes(
    language: str, read: str
) -> None:
    """The codes are what a program compares."""
    refusal = Refusal("filing-role-needed", step="first_review", roles=("checker", "director"))
    problems = load_problems()
    assert read in problems.told(refusal, language).remedy
    assert "first_review" in str(problems.document(refusal, language=language, base="")["detail"])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("count", "read"),
    [(0, "0"), (9_999, "9999"), (10_000, "10,000"), (50_000, "50,000"), (1_234_567, "1,234,567")],
)
def test_a_long_count_is_written_in_thousands_in_both_languages(
    language: str, count: int, read: str
) -> None:
    """Alone, and in a sentence that depends on the number."""
    template = (
        '{{ n|in_thousands }} {{ ngettext("one row", "%(num)s rows", n, num=n|in_thousands) }}'
    )
    shown = environment(language).from_string(template).render(n=count)
    assert shown.split(" ")[0] == read
    assert read in shown.partition(" ")[2]
