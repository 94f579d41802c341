"""A registrar's way with a file of results in a real browser: from second factor to slip."""

import re
import time
from base64 import b32decode
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, Page, ViewportSize, expect

from creditbank.access.logins import CreateStaffLogin
from creditbank.access.roles import Role
from creditbank.access.second_factors import SHA1_OF_APPS
from tests.fixtures.people import PASSWORD, staff_password_hash
from tests.fixtures.provider_pages import BAD_COURSE, OTHER, RIGHT, lines
from tests.fixtures.shown_pages import WAYS, ServedPages

TIMEOUT_MILLISECONDS = 15_000
WITHOUT_SCRIPTS = "zh-CN"
"""In this language nothing runs in the browser, so that the journey is walked without it too."""
WORDS = {
    "zh-CN": {
        "login": "账户号或登录名",
        "password": "密码",
        "log in": "登录",
        "code": "六位验证码",
        "go on": "继续",
        "hand in": "提交成果",
        "file": "文件",
        "check": "预校验",
        "wrong": "有 1 行错误",
        "remedy": "不是本机构已登记的课程",
        "wrong rows": "下载错误行",
        "record": "提交（共 3 行）",
        "record one": "提交（共 1 行）",
        "waits": "待复核",
        "own": "须由另一位同事复核",
        "countersign": "复核通过并入账",
        "recorded": "已入账",
        "right": "各行均正确",
        "mended": "已办结 3 行，未更正 0 行",
        "desk": "工作台",
        "posted": "已入账成果",
        "results": "项成果",
        "slip": "打印回执",
        "slip title": "批次回执",
    },
    "en-GB": {
        "login": "Account number or login name",
        "password": "Password",
        "log in": "Log in",
        "code": "Code of six digits",
        "go on": "Go on",
        "hand in": "Hand results in",
        "file": "The file",
        "check": "Check the file",
        "wrong": "One row is wrong",
        "remedy": "is not a course of this institution",
        "wrong rows": "Wrong rows as a file",
        "record": "Hand 3 rows in",
        "record one": "Hand one row in",
        "waits": "Waits for a second person",
        "own": "you handed it in yourself",
        "countersign": "Countersign and record",
        "recorded": "Recorded",
        "right": "Every row is right",
        "mended": "3 are settled, 0 are still open",
        "desk": "My desk",
        "posted": "What was posted",
        "results": "results",
        "slip": "Slip to print",
        "slip title": "Slip of a file",
    },
}
Enter = Callable[[Role], Page]


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{way[1]['width']}")
def way(request: pytest.FixtureRequest) -> tuple[str, ViewportSize]:
    """A language and a size."""
    locale, size = request.param
    return locale, size


@pytest.fixture
def enter(
    browser: Browser, served_pages: ServedPages, way: tuple[str, ViewportSize]
) -> Iterator[Enter]:
    """Log people of the school in, each new and in a browser of her own."""
    contexts = []
    complaints: list[str] = []

    def make(role: Role) -> Page:
        locale, size = way
        context = browser.new_context(
            base_url=served_pages.origin,
            locale=locale,
            viewport=size,
            accept_downloads=True,
            java_script_enabled=locale != WITHOUT_SCRIPTS,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MILLISECONDS)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        log_in(page, served_pages, f"{role.value} {locale} {size['width']}", role, WORDS[locale])
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def log_in(
    page: Page, served_pages: ServedPages, name: str, role: Role, words: dict[str, str]
) -> None:
    """Let somebody in by password and by the code of a phone that she sets up."""
    command = CreateStaffLogin(
        name=name,
        password_hash=staff_password_hash(),
        institution_id=served_pages.ids["registrars_school"],
        roles=frozenset({role}),
    )
    served_pages.bank.writer.write(command)
    page.goto("/desk")
    page.get_by_label(words["login"]).fill(name)
    page.get_by_label(words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["log in"]).click()
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page.content())
    assert found is not None
    secret = b32decode(found[1].replace(" ", ""))
    page.get_by_label(words["code"]).fill(
        TOTP(secret, 6, SHA1_OF_APPS, 30).generate(time.time()).decode()
    )
    page.get_by_role("button", name=words["go on"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["desk"])


def choose(page: Page, words: dict[str, str], name: str, content: bytes) -> None:
    """Choose a file, as from her disk, and have it checked."""
    page.goto("/desk")
    page.get_by_role("link", name=words["hand in"]).click()
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.get_by_label(words["file"], exact=True).set_input_files([file])  # type: ignore[list-item]  # as the library reads it
    page.get_by_role("button", name=words["check"]).click()


def test_a_file_with_a_wrong_row_is_mended_countersigned_and_printed(
    enter: Enter, way: tuple[str, ViewportSize]
) -> None:
    """The clerk reads the error and mends it; a colleague countersigns; both see the end of it."""
    words, mark = WORDS[way[0]], f"{way[0][:2]}{way[1]['width']}"
    rows = [row.replace("2024000", f"{mark}2024") for row in (RIGHT, OTHER, BAD_COURSE)]
    clerk, second = enter(Role.CLERK), enter(Role.CHECKER)

    choose(clerk, words, "results.csv", lines(*rows))
    expect(clerk.get_by_role("heading", level=1)).to_have_text(words["wrong"])
    line = clerk.get_by_role("row").filter(has_text="ZZZ")
    expect(line).to_contain_text("课程代码")
    expect(line).to_contain_text(words["remedy"])
    clerk.get_by_role("button", name=words["record"]).click()
    expect(clerk.locator("main .tag").first).to_have_text(words["waits"])
    expect(clerk.get_by_text(words["own"])).to_be_visible()

    second.goto(clerk.url)
    expect(second.get_by_role("row").filter(has_text="ZZZ")).to_be_visible()
    second.get_by_role("button", name=words["countersign"]).click()
    expect(second.locator("main .tag").first).to_have_text(words["recorded"])

    clerk.reload()
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name=words["wrong rows"]).click()
    mended = download.value.path().read_text("utf-8").replace("ZZZ", "BBB")
    choose(clerk, words, "rejected.csv", mended.encode())
    expect(clerk.get_by_role("heading", level=1)).to_have_text(words["right"])
    clerk.get_by_role("button", name=words["record one"]).click()
    second.goto(clerk.url)
    second.get_by_role("button", name=words["countersign"]).click()
    expect(second.get_by_text(words["mended"])).to_be_visible()

    clerk.reload()
    clerk.get_by_role("link", name=words["slip"]).click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(words["slip title"])
    clerk.emulate_media(media="print")
    expect(clerk.get_by_role("navigation")).to_be_hidden()
    expect(clerk.get_by_text(re.compile(r"^[0-9a-f]{64}$")).first).to_be_visible()
    clerk.emulate_media(media="screen")

    clerk.goto("/desk")
    clerk.get_by_role("link", name=words["posted"]).click()
    expect(clerk.get_by_role("heading", level=2).first).to_contain_text(words["results"])
    assert clerk.get_by_role("row").count() >= 4
