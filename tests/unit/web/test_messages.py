"""The words of the pages are whole in both languages."""

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from api.web.messages import translations
from tests.fixtures.messages import (
    CATALOGUES,
    LOCALE,
    TEMPLATES,
    asked_for,
    folders,
    has_words,
    texts,
    updated,
    written,
)

PLACE = re.compile(r"%\(\w+\)s")
HAN = re.compile(r"[\u3400-\u9fff]")
NAMES_ITSELF = "中文"
"""The one word that a page in English says in 中文: where it leads to."""


def test_every_folder_of_templates_has_its_catalogue_and_no_other() -> None:
    """What was taken away takes its words along."""
    assert sorted(one.name for one in CATALOGUES.iterdir()) == [f"{one}.po" for one in folders()]


@pytest.mark.parametrize("folder", folders())
def test_no_message_is_missing_unused_fuzzy_or_without_its_places(folder: str) -> None:
    """A page never falls back to the other language, and says every number that it is given."""
    asked, kept = asked_for(folder), written(folder)
    assert {(one.id, one.context) for one in asked} == {(one.id, one.context) for one in kept}
    for message in kept:
        if message.id:
            chinese = texts(message.string)
            assert has_words(message), message.id
            assert not message.fuzzy, message.id
            places = {place for text in texts(message.id) for place in PLACE.findall(text)}
            assert {place for text in chinese for place in PLACE.findall(text)} == places


@pytest.mark.parametrize("folder", folders())
def test_a_catalogue_is_as_the_program_writes_it(folder: str) -> None:
    """Two people who add words at the same time meet in the order of the alphabet."""
    assert (CATALOGUES / f"{folder}.po").read_bytes() == updated(folder)


def test_one_source_has_one_translation() -> None:
    """All catalogues are one dictionary; what differs by place says so by its context."""
    said: dict[object, set[object]] = {}
    for folder in folders():
        for message in written(folder):
            if message.id:
                said.setdefault((message.id, message.context), set()).add(message.string)
    assert [source for source, words in said.items() if len(words) > 1] == []


@pytest.mark.parametrize("folder", folders())
def test_templates_hold_no_words_of_their_own_in_chinese(folder: str) -> None:
    """What a translator should see stands in a catalogue."""
    for template in (TEMPLATES / folder).glob("*.html"):
        assert HAN.search(template.read_text("utf-8").replace(NAMES_ITSELF, "")) is None


def test_the_words_are_those_of_the_language() -> None:
    """English is the source itself."""
    assert translations("zh").ugettext("Log out") == "退出"
    assert translations("en").ugettext("Log out") == "Log out"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_number_is_said_in_the_language_of_the_page(count: int) -> None:
    """中文 has one form for all of them."""
    words = translations("zh").ungettext("looked at once", "looked at %(num)s times", count)
    assert words == "已查看 %(num)s 次"


@pytest.mark.parametrize(
    "wrong",
    [
        '#, fuzzy\nmsgid "a"\nmsgstr "b"',
        'msgid "a"\nmsgstr ""',
        'msgid "a"\nmsgid_plural "%(num)s a"\nmsgstr[0] ""',
        'msgid "a"\nmsgid_plural "%(num)s a"',
    ],
)
def test_a_fuzzy_or_empty_message_is_found(wrong: str) -> None:
    """By the same look at the catalogue."""
    [message] = [one for one in read_po(BytesIO(wrong.encode()), locale=LOCALE) if one.id]
    assert message.fuzzy or not has_words(message)
