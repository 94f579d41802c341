"""Take pictures of the pages on a phone and on a desk into build/screenshots, to be looked at."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fixtures.browser import DESKTOP, PHONE, open_browser
from tests.fixtures.showcase import Showcase, open_showcase
from tests.fixtures.shown_pages import EVERY_PAGE, MODES, Mode, open_pages
from tests.vectors.offline import OFFLINE_VECTORS, TRUST_FOLDER

FOLDER = Path(__file__).parents[1] / "build" / "screenshots"
PICTURED = (
    *MODES,
    Mode("phone-english", "en", 390, "light", "normal"),
    Mode("desk-chinese", "zh", 1280, "light", "normal"),
)
"""Both languages on either device, and the elder mode."""


def main() -> None:
    """Take every picture."""
    shutil.rmtree(FOLDER, ignore_errors=True)  # A page that is no more leaves no picture.
    FOLDER.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_showcase(Path(folder)) as showcase,
        open_browser() as browser,
    ):
        for device, size, locale in (("phone", PHONE, "zh-CN"), ("desk", DESKTOP, "en-GB")):
            page = browser.new_page(viewport=size, locale=locale)
            _take_all(page, showcase, device)
            page.close()
    take_every_page()


def take_every_page() -> None:
    """Take each page of `EVERY_PAGE` in each mode."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_pages(Path(folder)) as served_pages,
        open_browser() as browser,
    ):
        for mode in PICTURED:
            for shown in EVERY_PAGE:
                context = served_pages.visit(browser, shown.who, mode)
                page = context.new_page()
                page.goto(served_pages.address(shown))
                page.screenshot(path=FOLDER / f"{shown.name}-{mode.name}.png", full_page=True)
                context.close()


def _take_all(page: Page, showcase: Showcase, device: str) -> None:
    def take(name: str) -> None:
        page.screenshot(path=FOLDER / f"{name}-{device}.png", full_page=True)

    for name, link in showcase.links.items():
        page.goto(link)
        take(name)
    page.goto(showcase.links["valid"])
    for summary in page.locator("summary").all():
        summary.click()
    take("valid-unfolded")
    page.emulate_media(media="print")
    take("valid-printed")
    page.emulate_media(media="screen")
    page.locator("form[action='/verify/receipt'] button").click()
    take("receipt")
    page.goto(f"{showcase.origin}/verify/many")
    codes = (showcase.typed, showcase.links["revoked"], showcase.printed, "ABCD 1234")
    page.locator("#codes").fill("\n".join(codes))
    page.locator("form.card button").click()
    take("answers")
    page.goto(f"{showcase.origin}/verify")
    take("form")
    for name, typed in (("altered", showcase.altered), ("unreadable", "ABCD 1234")):
        _type(page, showcase, typed)
        take(name)
    _take_offline(page, showcase, take)
    page.goto(f"{showcase.origin}/docs")
    operation = page.locator("#post_outcome_api_v1_outcomes_post")
    for summary in operation.locator("summary").all():
        summary.click()
    operation.screenshot(path=FOLDER / f"api-operation-{device}.png")


def _take_offline(page: Page, showcase: Showcase, take: Callable[[str], None]) -> None:
    page.goto(f"{showcase.origin}/offline")
    page.locator("#refresh").click()
    page.locator("#trust").wait_for()
    for name, text in (("valid", showcase.printed), ("revoked", showcase.printed_revoked)):
        _verify_offline(page, text)
        take(f"offline-{name}")
    page.locator("#folder").set_input_files(TRUST_FOLDER)
    page.get_by_text("did:web:bank.example").wait_for()
    for name in ("credential", "credential, lists have run out", "proof of two fields"):
        vector = next(one for one in OFFLINE_VECTORS if one["name"] == name)
        page.clock.set_fixed_time(vector["now"])
        _verify_offline(page, vector["text"])
        page.locator("summary").click()
        take(f"offline-{name.replace(', ', '-').replace(' ', '-')}")


def _verify_offline(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.locator("#form button").click()
    page.locator("#answer .verdict").wait_for()


def _type(page: Page, showcase: Showcase, typed: str) -> None:
    page.goto(f"{showcase.origin}/verify")
    page.get_by_role("textbox").fill(typed)
    page.get_by_role("button").click()


if __name__ == "__main__":
    main()
