"""Every page in each mode, in a real browser: accessible, whole on a phone, loading no other."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.fixtures.browser import AXE, violations
from tests.fixtures.shown_pages import EVERY_PAGE, MODES, Mode, ServedPages, Shown

NARROW_PIXELS = 320
"""A desk of 1280 pixels at four times its size (WCAG 2.2, 1.4.10)."""
FINGER_PIXELS = {"normal": 44, "large": 60}
BODY_PIXELS = {"normal": 18, "large": 22}
INLINE = "a[href]:not(.button), summary, button, input:not([type=hidden]), select, textarea"
"""Links that stand in the middle of a sentence are as high as its lines (WCAG 2.2, 2.5.8)."""
TOO_SMALL = """(all, least) => all
  .filter(one => one.checkVisibility() && !one.closest('p, .hint, .skip') && !one.matches('.skip'))
  .filter(one => !['checkbox', 'radio'].includes(one.type))
  .filter(one => one.getBoundingClientRect().height < least - .5)
  .map(one => one.outerHTML.slice(0, 120))"""

SPACED = re.compile(r".*[，。；：？！、）】》」』] (?!→).*")
"""A full-width mark has its space in itself; an arrow has one on either side."""

WIDTH = "document.documentElement.scrollWidth"

LOOKS = [
    (shown, mode)
    for shown in EVERY_PAGE
    for mode in MODES
    if not (shown.path.startswith(("/desk/", "/docs")) and mode.name == "elder")
]
"""Whoever works at a desk or writes programs has the letters of a desk; the elder mode is for those
who are served there."""


PAGE_BYTES_MAX = 150_000
"""What a page may weigh with its styles and scripts, as they are sent to a browser that is new."""
NOT_WEIGHED = ("/static/vendor/zxing", "/static/vendor/jsQR")
"""What reads codes. Nor is the description of every operation weighed, which programmers read."""
LOADED = re.compile(r'(?:href|src)="([^"]+\.(?:css|js)(?:\?[^"]*)?)"')


@dataclass
class Look:
    """One page of a browser, and what it complained of or asked for elsewhere."""

    page: Page
    complaints: list[str] = field(default_factory=list)


Looks = dict[tuple[str, Mode], Look]


@pytest.fixture(scope="module")
def looks() -> Iterator[Looks]:
    """One page for a person and mode, opened when it is needed first: opening takes longest."""
    opened: Looks = {}
    yield opened
    for look in opened.values():
        look.page.context.close()


@pytest.fixture
def look(
    browser: Browser, served_pages: ServedPages, looks: Looks, shown: Shown, mode: Mode
) -> Look:
    """The page, opened by who looks at it, with all that is folded unfolded."""
    place = (shown.who, mode)
    if place not in looks:
        looks[place] = begin(served_pages.visit(browser, shown.who, mode), served_pages.origin)
    found = looks[place]
    found.complaints.clear()
    found.page.goto(served_pages.address(shown))
    unfold = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
    found.page.evaluate(unfold)
    return found


def begin(context: BrowserContext, origin: str) -> Look:
    """Open a page that brings axe-core along, and listen to it."""
    context.add_init_script(path=AXE)
    begun = Look(context.new_page())
    told = begun.complaints
    begun.page.on("console", lambda message: told.append(message.text))
    begun.page.on("pageerror", lambda error: told.append(str(error)))
    begun.page.on(
        "request", lambda one: one.url.startswith((origin, "data:")) or told.append(one.url)
    )
    return begun


def width_at(page: Page, pixels: int, mode: Mode) -> int:
    """Say how wide the content of a page is in a window as narrow as this."""
    page.set_viewport_size({"width": pixels, "height": 844})
    width: int = page.evaluate(WIDTH)
    page.set_viewport_size({"width": mode.width, "height": 844})
    return width


@pytest.mark.parametrize(("shown", "mode"), LOOKS, ids=lambda one: one.name)
def test_a_page_is_for_everybody(look: Look, shown: Shown, mode: Mode) -> None:
    """WCAG 2.2 AA as far as axe-core can tell, large letters, room for a finger, nothing cut off.

    And no third party is asked for anything.
    """
    page = look.page
    assert violations(page) == []
    assert page.evaluate(WIDTH) <= mode.width
    size = page.locator("body").evaluate("body => parseFloat(getComputedStyle(body).fontSize)")
    assert size >= BODY_PIXELS[mode.letters]
    least = FINGER_PIXELS[mode.letters]
    assert page.locator(INLINE).evaluate_all(TOO_SMALL, least) == []
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[mode.language]
    assert page.get_by_role("heading", level=1).count() == 1
    if mode.language == "zh":
        assert SPACED.findall(page.locator("body").inner_text()) == []
    if mode.language == "en":
        assert width_at(page, NARROW_PIXELS, mode) <= NARROW_PIXELS
    expected = ["404"] if shown.name == "not-found" else []
    assert [one for one in look.complaints if not any(code in one for code in expected)] == []


@pytest.fixture(scope="module")
def weights() -> dict[str, int]:
    """What was weighed already: pages share their styles and scripts."""
    return {}


@pytest.fixture(scope="module")
def cookies(browser: Browser, served_pages: ServedPages) -> Mapping[str, dict[str, str]]:
    """What the browser of each person has, without a browser."""
    found = {}
    for who in {one.who for one in EVERY_PAGE}:
        context = served_pages.visit(browser, who, MODES[0])
        found[who] = {one["name"]: one["value"] for one in context.cookies()}
        context.close()
    return found


@pytest.mark.parametrize(
    "shown", [one for one in EVERY_PAGE if one.path != "/docs"], ids=lambda one: one.name
)
def test_a_page_weighs_little(
    served_pages: ServedPages,
    cookies: Mapping[str, dict[str, str]],
    weights: dict[str, int],
    shown: Shown,
) -> None:
    """On a telephone in the country it is there in a second or two."""
    accepted = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    with httpx2.Client(
        cookies=cookies[shown.who], headers=accepted, follow_redirects=True
    ) as client:
        page = client.get(served_pages.address(shown))
        loaded = {urljoin(str(page.url), one) for one in LOADED.findall(page.text)}
        for address in loaded - weights.keys():
            weights[address] = client.get(address).num_bytes_downloaded
    weighed = [weights[one] for one in loaded if not any(it in one for it in NOT_WEIGHED)]
    assert len(weighed) > 5
    assert page.num_bytes_downloaded + sum(weighed) <= PAGE_BYTES_MAX


def test_each_page_has_a_name_of_its_own() -> None:
    """Or one picture of `make screenshots` would lie over another."""
    names = [one.name for one in EVERY_PAGE]
    assert len(set(names)) == len(names)
