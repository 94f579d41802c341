"""What a template always says alike is put into it once, and shown as if it were asked anew."""

import pytest

from api.web.rendering import environment

SHOWN = [
    ("<p>{{ _('Reason:') }} <b>x</b></p>", "<p>原因：<b>x</b></p>", "<p>Reason: <b>x</b></p>"),
    ("{{ pgettext('matter', 'Appeal') }}", "申诉", "Appeal"),
    ("{{ _('%(amount)s credits', amount='<2>') }}", "&lt;2&gt; 学分", "&lt;2&gt; credits"),
    ("{{ _('Reason:')|upper }}", "原因：", "REASON:"),
]


@pytest.mark.parametrize(("source", "chinese", "english"), SHOWN)
def test_words_are_shown_in_the_language_of_the_page(
    source: str, chinese: str, english: str
) -> None:
    """With a variable, behind a filter, or neither; 中文 closed up behind its marks."""
    shown = [environment(one).from_string(source).render() for one in ("zh", "en")]
    assert shown == [chinese, english]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_without_a_variable_are_asked_for_once(language: str) -> None:
    """They stand in the code of the template, with the tags around them and files' addresses."""
    source = '<p>{{ _("Reason:") }}</p><img src="{{ static("seal.svg") }}">'
    code = environment(language).compile(source, raw=True)
    assert ("原因：</p>" if language == "zh" else "Reason:</p>") in code
    assert "/static/seal.svg?v=" in code
    assert "context.call" not in code
