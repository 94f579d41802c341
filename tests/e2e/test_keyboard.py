"""By keyboard alone, in a real browser: each of the people does her work, and sees where she is."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.fixtures.keyboards import IS_AT, Keyboard
from tests.fixtures.provider_pages import BAD_COURSE, REGISTRAR, RIGHT, lines
from tests.fixtures.shown_pages import CITIZEN, MODES, NOBODY, PASSWORD, Mode, ServedPages
from tests.fixtures.staff_life import CHECKER

PHONE, DESK = MODES[0], MODES[1]
TIMEOUT_MILLISECONDS = 15_000
Sit = Callable[[str, Mode], Keyboard]


@pytest.fixture
def sit(browser: Browser, served_pages: ServedPages) -> Iterator[Sit]:
    """Let somebody sit down at a keyboard, signed in."""
    contexts = []

    def make(who: str, mode: Mode) -> Keyboard:
        context = served_pages.visit(browser, who, mode)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MILLISECONDS)
        return Keyboard(page)

    yield make
    for context in contexts:
        context.close()


def mend(keyboard: Keyboard, name: str) -> None:
    """After a refusal the summary has the focus, and its link leads to the field."""
    page = keyboard.page
    expect(page.get_by_role("alert")).to_be_focused()
    keyboard.press(page.locator(f'.error-summary a[href="#{name}"]'))
    expect(page.locator(f"#{name}")).to_be_focused()


def test_a_learner_logs_in_and_makes_a_pass(sit: Sit, served_pages: ServedPages) -> None:
    """She skips to the content, forgets to choose, mends it, and goes one back where she was."""
    keyboard = sit(NOBODY, DESK)
    page = keyboard.page
    page.goto(f"{served_pages.origin}/login?to=/me")
    keyboard.press(page.locator(".skip"))
    assert page.locator("#main").evaluate(IS_AT)
    keyboard.write(page.locator("#login"), served_pages.numbers[CITIZEN])
    keyboard.write(page.locator("#password"), PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{served_pages.origin}/me")

    keyboard.follow('a[href="/me/passes"]')
    keyboard.follow('main a[href="/me/passes/new"]')
    keyboard.write(page.locator("#audience"), "用人单位")
    page.keyboard.press("Enter")
    mend(keyboard, "outcomes")
    keyboard.press(page.locator("[name=outcomes]").first, "Space")
    expect(page.locator("[name=outcomes]").first).to_be_checked()
    keyboard.to(page.locator("[name=purpose][value=job]"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=purpose][value=admission]")).to_be_checked()
    keyboard.to(page.locator("#audience"))
    page.keyboard.press("Shift+Tab")
    expect(page.locator("[name=purpose][value=admission]")).to_be_focused()
    page.evaluate("window.lastStop = undefined")
    keyboard.press(page.locator("main form .buttons button"))
    expect(page.locator("img.qr")).to_be_visible()
    assert keyboard.through() > 5


def test_an_employer_types_a_code_and_then_several(sit: Sit, served_pages: ServedPages) -> None:
    """The answer opens by keyboard, and nothing on it holds her."""
    keyboard, token = sit(NOBODY, PHONE), served_pages.ids["token"]
    page = keyboard.page
    page.goto(f"{served_pages.origin}/verify")
    keyboard.write(page.locator("#code"), "ABCD")
    page.keyboard.press("Enter")
    mend(keyboard, "code")
    page.keyboard.press("Control+a")
    page.keyboard.type(token)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("有效")
    keyboard.press(page.locator("main details summary").first)
    keyboard.write(page.locator("#name"), "别人")
    page.keyboard.press("Enter")
    expect(page.locator(".match")).to_be_visible()
    assert keyboard.through() > 5

    page.goto(f"{served_pages.origin}/verify")
    keyboard.follow('main a[href="/verify/many"]')
    keyboard.write(page.locator("#codes"), f"{token}\n=1+1")
    keyboard.press(page.locator("main form button"))
    expect(page.get_by_role("table")).to_be_visible()


def test_a_registrar_hands_a_file_in(sit: Sit, served_pages: ServedPages) -> None:
    """Choosing no file is told; the file is chosen by the keyboard too, checked and handed in."""
    keyboard = sit(REGISTRAR, DESK)
    page = keyboard.page
    page.goto(f"{served_pages.origin}/desk")
    keyboard.follow('main a[href="/desk/batches/new"]')
    keyboard.press(page.locator("main form .buttons button"))
    mend(keyboard, "file")
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Space")
    rows = lines(*(row.replace("2024000", "键盘000") for row in (RIGHT, BAD_COURSE)))
    file = {"name": "results.csv", "mimeType": "text/csv", "buffer": rows}
    choosing.value.set_files([file])  # type: ignore[list-item]  # as the library reads it
    keyboard.press(page.locator("main form .buttons button"))
    expect(page.locator("[name=way][value=good]")).to_be_visible()
    keyboard.press(page.locator("form[action$='/record'] button"))
    expect(page.locator("main .tag").first).to_have_text("Waits for a second person")
    assert keyboard.through() > 5


def test_a_reviewer_decides_a_filing_of_the_queue(sit: Sit, served_pages: ServedPages) -> None:
    """The step is looked at once more before it is taken."""
    keyboard, filing = sit(CHECKER, PHONE), served_pages.ids["filing"]
    page = keyboard.page
    page.goto(f"{served_pages.origin}/desk")
    keyboard.follow('main a[href="/desk/filings"]')
    keyboard.follow(f'main a[href="/desk/filings/{filing}"]')
    keyboard.press(page.locator("main form .buttons button"))
    mend(keyboard, "decision")
    keyboard.press(page.locator("[name=decision]").first, "Space")
    keyboard.write(page.locator("#text"), "符合要求")
    keyboard.press(page.locator("main form .buttons button"))
    expect(page.locator("[name=confirmed][value=yes]")).to_be_visible()
    keyboard.press(page.locator("[name=confirmed][value=yes]"))
    expect(page.get_by_role("status")).to_be_visible()
    expect(page).to_have_url(f"{served_pages.origin}/desk/filings/{filing}")
    assert keyboard.through() > 5
