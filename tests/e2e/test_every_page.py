"""Every page in each mode, in a real browser: accessible, whole on a phone, loading no other."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.fixtures.browser import violations
from tests.fixtures.shown_pages import EVERY_PAGE, MODES, Mode, ServedPages, Shown

Contexts = dict[tuple[str, Mode], BrowserContext]
FINGER_PIXELS = {"normal": 44, "large": 60}
BODY_PIXELS = {"normal": 18, "large": 22}
INLINE = "a[href]:not(.button), summary, button, input:not([type=hidden]), select, textarea"
"""Links that stand in the middle of a sentence are as high as its lines (WCAG 2.2, 2.5.8)."""
TOO_SMALL = """(all, least) => all
  .filter(one => one.checkVisibility() && !one.closest('p, .hint, .skip') && !one.matches('.skip'))
  .filter(one => !['checkbox', 'radio'].includes(one.type))
  .filter(one => one.getBoundingClientRect().height < least - .5)
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def contexts() -> Iterator[Contexts]:
    """One browser a person and mode, made when it is needed first."""
    opened: Contexts = {}
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the console says, and what was asked for elsewhere."""
    return []


@pytest.fixture
def page(
    browser: Browser,
    served_pages: ServedPages,
    contexts: Contexts,
    shown: Shown,
    mode: Mode,
    complaints: list[str],
) -> Iterator[Page]:
    """The page, opened by who looks at it."""
    place = (shown.who, mode)
    if place not in contexts:
        contexts[place] = served_pages.visit(browser, shown.who, mode)
    opened = contexts[place].new_page()
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda one: (
            one.url.startswith((served_pages.origin, "data:")) or complaints.append(one.url)
        ),
    )
    opened.goto(served_pages.address(shown))
    for summary in opened.locator("summary").all():
        summary.click()
    yield opened
    opened.close()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("shown", EVERY_PAGE, ids=lambda shown: shown.name)
def test_a_page_is_for_everybody(
    page: Page, shown: Shown, mode: Mode, complaints: list[str]
) -> None:
    """WCAG 2.2 AA as far as axe-core can tell, large letters, room for a finger, nothing cut off.

    And no third party is asked for anything.
    """
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= mode.width
    size = page.locator("body").evaluate("body => parseFloat(getComputedStyle(body).fontSize)")
    assert size >= BODY_PIXELS[mode.letters]
    least = FINGER_PIXELS[mode.letters]
    assert page.locator(INLINE).evaluate_all(TOO_SMALL, least) == []
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[mode.language]
    assert page.get_by_role("heading", level=1).count() == 1
    expected = ["404"] if shown.name == "not-found" else []
    assert [one for one in complaints if not any(code in one for code in expected)] == []
