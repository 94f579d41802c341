"""Pages are read aloud by the device's own voices, as somebody of 70 would listen to them."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.browser import violations
from tests.fixtures.learner_life import LEARNER
from tests.fixtures.shown_pages import CITIZEN, MODES, Mode, ServedPages
from tests.fixtures.speech import give_voices, spoken

TIMEOUT_MILLISECONDS = 8_000
PHONE, DESK, ELDER = MODES
OWN_CHINESE, OWN_ENGLISH = ("zh-CN", True), ("en_GB", True)
FAR_CHINESE, CANTONESE = ("zh-CN", False), ("zh-HK", True)

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, served_pages: ServedPages) -> Iterator[Open]:
    """Open a page in a browser with these voices."""
    contexts = []

    def make(
        path: str,
        *voices: tuple[str, bool],
        mode: Mode = DESK,
        who: str = CITIZEN,
        late: bool = False,
    ) -> Page:
        context = served_pages.visit(browser, who, mode)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MILLISECONDS)
        give_voices(page, *voices, late=late)
        page.goto(served_pages.origin + path.format(**served_pages.ids))
        return page

    yield make
    for context in contexts:
        context.close()


def listen(page: Page, last: str) -> list[tuple[str, str, str]]:
    """Give what is spoken until these words are."""
    page.wait_for_function("last => speechSynthesis.spoken.some(one => one[2] === last)", arg=last)
    return list(spoken(page))


def test_headings_facts_and_signed_names_are_spoken_in_order_and_nothing_folded(
    opened: Open,
) -> None:
    """A fact behind its name, a name by a voice of its language, what is folded by its title."""
    page = opened("/me/passes/{pass}", OWN_CHINESE, OWN_ENGLISH)
    page.get_by_role("button", name="Read this page aloud").click()
    told = listen(page, "Stop sharing")
    words = [one[2] for one in told]
    shows = words.index("Shows, Module BBB (social sciences) Open University")
    assert words.index("Learning pass") < words.index("Shared") < shows
    assert ("zh-CN", "zh-CN", "用人单位") in told
    assert ("en", "en_GB", "For,") in told
    assert not any("cannot be undone" in one for one in words)
    assert not any("http" in one for one in words)
    expect(page.get_by_role("button", name="Read this page aloud")).to_be_visible()
    assert page.locator(".being-read").count() == 0


def test_the_cells_of_a_table_are_spoken_with_the_names_of_their_columns(opened: Open) -> None:
    """Row by row, by a voice of the mainland before one of elsewhere."""
    path = "/me/conversions/plans/{enrolment_id}"
    page = opened(path, CANTONESE, OWN_CHINESE, mode=ELDER, who=LEARNER)
    page.get_by_role("button", name="朗读本页").click()
    told = listen(page, "课程，电力拖动 DG-102 · 专业课，还缺，4／4，")
    assert {one[1] for one in told} == {"zh-CN"}


def test_it_is_stopped_goes_on_where_it_was_and_begins_again(opened: Open) -> None:
    """What is read is marked, the keyboard stays where it was pressed, and axe-core is content."""
    page = opened("/me/card", OWN_CHINESE, mode=ELDER)
    page.evaluate("speechSynthesis.hold()")
    page.get_by_role("button", name="朗读本页").click()
    marked = page.locator(".being-read")
    expect(marked).to_have_text("我的账户卡")
    assert violations(page) == []
    stop = page.get_by_role("button", name="停止朗读")
    expect(stop).to_be_focused()
    stop.press("Enter")
    page.evaluate("speechSynthesis.release(2)")
    assert spoken(page) == []
    page.get_by_role("button", name="继续朗读").click()
    listen(page, "示例学习者")
    stop.click()
    page.get_by_role("button", name="继续朗读").click()
    stop.click()
    page.evaluate("speechSynthesis.release()")
    page.get_by_role("button", name="从头朗读").click()
    told = [one[2] for one in listen(page, "账户号")]
    assert told[:5] == ["我的账户卡", "示例学习者", "我的账户卡", "示例学习者", "账户号"]


def test_without_an_own_voice_of_the_language_there_is_no_button(opened: Open) -> None:
    """A voice of elsewhere would be sent the page. In the elder mode she is told what to do."""
    page = opened("/me", FAR_CHINESE, OWN_ENGLISH, mode=ELDER)
    expect(page.get_by_text("为什么不能朗读？")).to_be_visible()
    expect(page.get_by_role("button", name="朗读本页")).to_be_hidden()
    page.get_by_text("为什么不能朗读？").click()
    expect(page.get_by_text("添加中文语音")).to_be_visible()
    assert violations(page) == []


def test_voices_may_be_told_of_late(opened: Open) -> None:
    """As browsers do."""
    page = opened("/how-to-verify", OWN_CHINESE, mode=PHONE, late=True)
    button = page.get_by_role("button", name="朗读本页")
    expect(button).to_be_hidden()
    page.evaluate("speechSynthesis.arrive()")
    expect(button).to_be_visible()
