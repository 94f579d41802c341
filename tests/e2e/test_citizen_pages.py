"""A learner's way through her pages, in a real browser under the pages' own policy."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.fixtures.shown_pages import CITIZEN, PASSWORD, PHONE_390, WAYS, ServedPages

TIMEOUT_MILLISECONDS = 8_000
POLLED_MILLISECONDS = 5_000
"""The page asks every five seconds."""
WORDS = {
    "zh-CN": {
        "login": "账户号或登录名",
        "password": "密码",
        "log in": "登录",
        "record": "我的学习档案",
        "title": "BBB 模块（社会科学）",
        "attested": "由上列机构于",
        "more": "更多：技术证明",
        "check": "在本设备上验证",
        "right": "验证通过",
        "show": "出示给别人看",
        "make": "生成学习码",
        "ready": "学习码已生成",
        "nobody": "还没有人查看",
        "told": "核验结果：有效",
        "stop": "停止分享",
        "stop now": "立即停止分享",
        "stopped": "已停止分享",
        "log out": "退出",
        "gone": "您已退出登录",
        "valid": "有效",
    },
    "en-GB": {
        "login": "Account number or login name",
        "password": "Password",
        "log in": "Log in",
        "record": "My record",
        "title": "Module BBB (social sciences)",
        "attested": "Attested by the institution",
        "more": "More: technical proof",
        "check": "Check the proof on this device",
        "right": "The proof is right",
        "show": "Show it to somebody",
        "make": "Make the pass",
        "ready": "The pass is ready",
        "nobody": "Nobody has looked yet",
        "told": "was told: valid",
        "stop": "Stop sharing",
        "stop now": "Stop sharing now",
        "stopped": "Sharing has stopped",
        "log out": "Log out",
        "gone": "You are logged out",
        "valid": "Valid",
    },
}

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, served_pages: ServedPages) -> Iterator[Open]:
    """Open pages in browsers of their own; what one complains of on the console fails the test."""
    complaints: list[str] = []
    contexts = []

    def make(
        locale: str = "zh-CN", size: ViewportSize = PHONE_390, *, scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=served_pages.origin, locale=locale, viewport=size, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MILLISECONDS)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    # A form that was refused is answered with 422, which the console names.
    assert [one for one in complaints if "422" not in one] == []


def log_in(page: Page, served_pages: ServedPages, words: dict[str, str]) -> None:
    """Log the learner in from the page that she wanted to see."""
    page.goto("/me")
    page.get_by_label(words["login"]).fill(served_pages.numbers[CITIZEN])
    page.get_by_label(words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["log in"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["record"])


@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_from_logging_in_over_a_record_and_its_proof_to_a_pass_and_out(
    opened: Open, served_pages: ServedPages, locale: str, size: ViewportSize
) -> None:
    """In both languages, on a phone and on a desk; the proof is checked by the browser itself."""
    words, page = WORDS[locale], opened(locale, size)
    log_in(page, served_pages, words)

    page.get_by_role("link", name=words["title"]).click()
    expect(page.get_by_text(words["attested"])).to_be_visible()
    page.get_by_text(words["more"]).click()
    page.get_by_role("button", name=words["check"]).click()
    expect(page.get_by_text(words["right"])).to_be_visible()

    page.get_by_role("link", name=words["show"]).click()
    expect(page.get_by_role("checkbox", name=words["title"])).to_be_checked()
    page.get_by_role("button", name=words["make"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["ready"])
    expect(page.get_by_role("img", name="QR").or_(page.locator("img.qr"))).to_be_visible()
    expect(page.get_by_text(words["nobody"])).to_be_visible()

    employer = opened(locale, size)
    employer.goto("/V/" + (page.locator(".record a").inner_text().rpartition("/")[2]))
    expect(employer.get_by_role("heading", level=1)).to_contain_text(words["valid"])
    page.reload()
    # A look is noted after its answer, so the page may hear of it by asking again.
    expect(page.get_by_text(words["told"])).to_be_visible(timeout=3 * POLLED_MILLISECONDS)
    expect(page.get_by_text(words["ready"])).to_have_count(0)

    page.get_by_text(words["stop"], exact=True).click()
    page.get_by_role("button", name=words["stop now"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["stopped"])
    page.get_by_role("button", name=words["log out"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["gone"])
    page.goto("/me")
    expect(page.get_by_role("button", name=words["log in"])).to_be_visible()


def test_a_look_shows_by_itself_while_the_pass_is_open(
    opened: Open, served_pages: ServedPages
) -> None:
    """She sees across the counter that her code was read."""
    words, page = WORDS["en-GB"], opened("en-GB")
    page.clock.install()
    log_in(page, served_pages, words)
    page.goto("/me/passes/new")
    page.get_by_role("checkbox", name=words["title"]).check()
    page.get_by_role("button", name=words["make"]).click()
    polling = page.locator("[hx-get]")
    expect(polling).to_contain_text(words["nobody"])

    link = page.locator(".record a").inner_text().rpartition("/")[2]
    opened("en-GB").goto(f"/V/{link}")
    page.clock.run_for(POLLED_MILLISECONDS)
    expect(polling).to_contain_text(words["told"], timeout=3 * POLLED_MILLISECONDS)


def test_everything_but_the_check_of_proofs_works_without_a_script(
    opened: Open, served_pages: ServedPages
) -> None:
    """Old phones and locked-down desks: forms post and links link."""
    words, page = WORDS["en-GB"], opened("en-GB", scripts=False)
    log_in(page, served_pages, words)
    page.get_by_role("link", name=words["title"]).click()
    page.get_by_text(words["more"]).click()
    expect(page.get_by_role("link", name="Proof as a file")).to_be_visible()
    expect(page.get_by_role("button", name=words["check"])).to_have_count(0)
    page.get_by_role("link", name=words["show"]).click()
    page.get_by_role("button", name=words["make"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["ready"])


def test_language_and_letters_are_chosen_by_a_link_and_kept(opened: Open) -> None:
    """They hold for the browser, logged in or not; the page stays the same."""
    page = opened("zh-CN")
    page.goto("/login")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.get_by_role("link", name="Large letters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.goto("/")
    size = page.locator("body").evaluate("body => parseFloat(getComputedStyle(body).fontSize)")
    assert 22 <= size <= 24
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("link", name="标准版")).to_be_visible()


def test_where_one_is_can_be_seen_in_the_colours_of_the_device(opened: Open) -> None:
    """Where a device forces its own colours, one entry of the navigation alone is underlined."""
    page = opened("zh-CN")
    page.emulate_media(forced_colors="active")
    page.goto("/login")
    entries = page.locator(".navigation a")
    lines = entries.evaluate_all("all => all.map(one => getComputedStyle(one).borderBottomColor)")
    ground = page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
    assert len(lines) > 2
    assert [one for one in lines if one != ground] == [lines[-1]], "log in stands last"


def test_an_account_is_opened_with_a_password_alone(opened: Open) -> None:
    """What is wrong is told at the field, the rest stays typed; then its number is shown."""
    page = opened("zh-CN")
    page.goto("/open")
    page.get_by_label("出生年份").fill("19x6")
    page.get_by_role("button", name="开户").click()
    expect(page.get_by_role("alert")).to_contain_text("出生年份")
    expect(page.get_by_label("出生年份")).to_have_value("19x6")
    page.get_by_label("出生年份").fill("1956")
    page.get_by_label("密码").fill("晒太阳 养花 写字")
    page.get_by_role("button", name="开户").click()

    expect(page.get_by_role("status")).to_contain_text("开户成功")
    number = page.locator(".big-number").inner_text().replace(" ", "")
    assert len(number) == 16
    page.emulate_media(media="print")
    expect(page.locator(".big-number")).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
    page.emulate_media(media="screen")
    page.goto("/me")
    expect(page.get_by_text("还没有记录")).to_be_visible()
