"""A space of a template behind a full-width mark is not shown in 中文; what people wrote is."""

import pytest

from api.web.full_width import joined
from api.web.rendering import environment

MARKED = [
    (("原因：", " ", "重复录入"), "原因：重复录入"),
    (("原因：", ' <span lang="zh-CN">', "x", "</span>"), '原因：<span lang="zh-CN">x</span>'),
    (("<b>", "原因：", "</b> <span>", "x"), "<b>原因：</b><span>x"),
    (("一。", "", "\n", "二。", "\n</p>\n<p>", " 三"), "一。二。</p>\n<p> 三"),
    (("他写： 如此", " 完"), "他写： 如此 完"),
    (("<textarea>", "： 如此"), "<textarea>： 如此"),
    (("Reason:", " ", "x"), "Reason: x"),
]


@pytest.mark.parametrize(("parts", "shown"), MARKED, ids=lambda one: str(one)[:20])
def test_where_parts_meet_behind_a_mark_there_is_no_space(
    parts: tuple[str, ...], shown: str
) -> None:
    """Tags that stand within a line are looked through; texts stay as they are."""
    assert joined(parts) == shown


@pytest.mark.parametrize(("language", "shown"), [("zh", "原因：x"), ("en", "Reason: x")])
def test_a_template_is_closed_up_in_its_language(language: str, shown: str) -> None:
    """Also within a macro."""
    source = "{% macro why(x) %}{{ _('Reason:') }} {{ x }}{% endmacro %}{{ why('x') }}"
    assert environment(language).from_string(source).render() == shown
