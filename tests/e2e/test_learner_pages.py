"""The way of a learner of 70: credit found and asked for, a result missed, an employer let look."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.fixtures.browser import violations
from tests.fixtures.evidence import a_picture
from tests.fixtures.held_grants import EMPLOYERS_CLERK
from tests.fixtures.learner_life import HELPER, LEARNER, PASSWORD, WALKERS
from tests.fixtures.objections import answer_by_correction
from tests.fixtures.shown_pages import MODES, WAYS, Mode, ServedPages

TIMEOUT_MILLISECONDS = 8_000
AT_REST = {
    "zh": {
        "keep": "限制处理",
        "limit": "限制处理我的账户",
        "required": "为必填项",
        "again": "解除限制，恢复使用",
        "back": "账户已恢复使用",
    },
    "en": {
        "keep": "Keep it, do nothing with it",
        "limit": "Limit my account",
        "required": "Before you limit it is required",
        "again": "Use my account again",
        "back": "can be used again",
    },
}
WITHOUT_SCRIPTS = "zh-CN"
"""In this language nothing runs in the browser, so that the journey is walked without it too."""
WORDS = {
    "zh-CN": {
        "login": "账户号或登录名", "password": "密码", "log in": "登录",
        "become": "我的学分能转换成什么", "programme": "电气自动化技术（专科）",
        "gain": "+ 8.5 学分", "proved": "这是学分最多的方案", "take": "采用这个方案",
        "check": "请核对后再申请", "confirm": "确认申请这些学分", "decided": "已作出认定",
        "rule": "学时折算通识选修学分（示例）", "explained": "认定说明",
        "arithmetic": "40 学时 ÷ 16，按 0.5 向下取整：2.5 学分",
        "report": "报告问题", "missing": "成果缺漏", "centre": "社区学习中心",
        "course": "课程", "term": "学期", "what": "缺漏情况", "photo": "照片或扫描件",
        "not lost": "您填写的内容没有丢失", "again": "您已重新登录",
        "send": "提交报告", "needed": "缺漏情况为必填项",
        "received": "已收到", "days": "期限", "file": "文件 1",
        "employers": "授权用人单位查看", "let": "授权用人单位", "employer": "示例用人单位",
        "purpose": "作什么用？", "allow": "确认授权", "allowed": "授权成功",
        "unlooked": "对方还没有查看", "look": "查看并告知持有人", "valid": "有效",
        "unchanged": "没有变化", "was told": "核验结果：有效",
        "end": "停止授权", "end now": "立即停止授权",
        "ended": "已停止",
        "record": "40 学时", "wrong": "这条记录有误", "hours": "学时", "should be": "应为",
        "dispute": "提出异议", "asks": "有误的内容为必填项",
        "disputed": "您对这条记录提出了异议", "objection": "查看我提出的异议",
        "corrected": "已更正", "right": "查看更正后的记录",
    },
    "en-GB": {
        "login": "Account number or login name", "password": "Password", "log in": "Log in",
        "become": "What my credits become", "programme": "Electrical Automation (junior college)",
        "gain": "+ 8.5 credits", "proved": "No other choice gives you more",
        "take": "Take this plan",
        "check": "Check before you ask", "confirm": "Ask for these credits",
        "decided": "It is decided",
        "rule": "Class hours to general elective credit (example)",
        "explained": "The decision explained",
        "arithmetic": "40 h ÷ 16 h a credit, down to a multiple of 0.5: 2.5 credits",
        "report": "Report something", "missing": "A result is missing",
        "centre": "Community Learning Centre",
        "course": "Course", "term": "Term", "what": "What happened", "photo": "Photo or scan",
        "not lost": "What you typed is not lost", "again": "You are logged in again",
        "send": "Report it", "needed": "What happened is required",
        "received": "It was received", "days": "Until", "file": "File 1",
        "employers": "Let an employer look again", "let": "Let an employer look",
        "employer": "示例用人单位|An employer", "purpose": "What is it for?",
        "allow": "Let them look",
        "allowed": "The employer may look from now on", "unlooked": "They have not looked yet",
        "look": "Look, and let the holder be told", "valid": "Valid",
        "unchanged": "Nothing changed since", "was told": "was told: valid",
        "end": "End it", "end now": "End it now", "ended": "It is ended",
        "record": "40 class hours", "wrong": "This record is wrong", "hours": "The class hours",
        "should be": "What it should be", "dispute": "Have it looked at",
        "asks": "What is wrong is required",
        "disputed": "You said that this record is wrong", "objection": "Look at my objection",
        "corrected": "Corrected", "right": "Look at the right record",
    },
}  # fmt: skip


@pytest.fixture
def page(
    browser: Browser, served_pages: ServedPages, locale: str, size: ViewportSize
) -> Iterator[Page]:
    """A browser of her own, signed out; what it complains of fails the test."""
    complaints: list[str] = []
    context = browser.new_context(
        base_url=served_pages.origin,
        locale=locale,
        viewport=size,
        java_script_enabled=locale != WITHOUT_SCRIPTS,
    )
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MILLISECONDS)
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    # A form that was refused is answered with 422, which the console names.
    assert [one for one in complaints if "422" not in one] == []


def log_in_anew(page: Page, served_pages: ServedPages, words: dict[str, str], number: str) -> None:
    """Send a form after an hour, and log in again; what was typed is there, and is sent."""
    engine = served_pages.bank.writer._engine  # noqa: SLF001 - an hour passes
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE session SET seen_at = 1")
    page.get_by_role("button", name=words["send"]).click()
    expect(page.get_by_text(words["not lost"])).to_be_visible()
    page.get_by_label(words["login"]).fill(number)
    page.get_by_label(words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["log in"]).click()
    expect(page.get_by_text(words["again"])).to_be_visible()
    expect(page.get_by_label(words["what"])).to_have_value("书法课学完了，没有登记。")
    page.get_by_role("button", name=words["send"]).click()


@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_from_the_plan_over_its_explanation_and_a_missing_result_to_a_grant_that_ends(
    page: Page, browser: Browser, served_pages: ServedPages, locale: str, size: ViewportSize
) -> None:
    """In both languages, on a phone and on a desk; each thing is found from her record.

    The employer looks in between: she reads when it was and what it was told.
    """
    words, number = WORDS[locale], served_pages.numbers[WALKERS[WAYS.index((locale, size))]]
    page.goto("/me")
    page.get_by_label(words["login"]).fill(number)
    page.get_by_label(words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["log in"]).click()

    page.get_by_role("link", name=words["become"]).click()
    page.get_by_role("link", name=words["programme"]).click()
    expect(page.locator(".amount")).to_have_text(words["gain"])
    expect(page.get_by_text(words["proved"])).to_be_visible()
    expect(page.locator("svg[role=img]").first).to_be_visible()
    page.get_by_role("link", name=words["take"], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["check"])
    page.get_by_role("button", name=words["confirm"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["decided"])
    page.locator(".entry").filter(has_text=words["rule"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["explained"])
    expect(page.get_by_text(words["arithmetic"])).to_be_visible()

    page.goto("/me")
    page.get_by_role("link", name=words["report"]).click()
    page.get_by_role("link", name=words["missing"]).click()
    page.get_by_role("link", name=words["centre"]).click()
    page.get_by_label(words["course"]).fill("SF-1")
    page.get_by_label(words["term"]).fill("2025")
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    page.get_by_label(words["photo"]).set_input_files([photo])
    page.get_by_role("button", name=words["send"]).click()
    expect(page.get_by_role("alert")).to_contain_text(words["needed"])
    expect(page.get_by_label(words["course"])).to_have_value("SF-1")
    page.get_by_label(words["what"]).fill("书法课学完了，没有登记。")
    log_in_anew(page, served_pages, words, number)
    expect(page.get_by_role("status")).to_contain_text(words["received"])
    expect(page.locator("dt", has_text=words["days"])).to_be_visible()
    expect(page.get_by_role("link", name=words["file"])).to_be_visible()

    page.goto("/me")
    page.get_by_role("link", name=words["employers"]).click()
    page.locator("main .button", has_text=words["let"]).click()
    page.get_by_role("link", name=re.compile(words["employer"])).click()
    page.locator("#outcomes input").first.check()
    page.get_by_label(words["purpose"]).fill("上岗复核")
    page.get_by_role("button", name=words["allow"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["allowed"])
    expect(page.get_by_text(words["unlooked"])).to_be_visible()
    mode = MODES[0]._replace(language=locale[:2], width=size["width"])
    _look(served_pages.visit(browser, EMPLOYERS_CLERK, mode).new_page(), page.url, words)
    page.reload()
    expect(page.locator(".looks li")).to_contain_text(words["was told"])
    page.get_by_text(words["end"], exact=True).click()
    page.get_by_role("button", name=words["end now"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["ended"])


def _look(clerk: Page, hers: str, words: Mapping[str, str]) -> None:
    """Let the employer's clerk find the grant from her desk, and look at it."""
    clerk.set_default_timeout(TIMEOUT_MILLISECONDS)
    clerk.goto(urljoin(hers, "/desk"))
    clerk.locator('.doors a[href="/desk/grants"]').click()
    clerk.locator(f'a[href="/desk/grants/{hers.rpartition("/")[2]}"]').click()
    clerk.get_by_role("button", name=words["look"]).click()
    expect(clerk.locator(".verdict h1")).to_have_text(words["valid"])
    expect(clerk.get_by_role("heading", name=words["unchanged"])).to_be_visible()
    assert violations(clerk) == []
    clerk.context.close()


@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_from_a_record_that_is_wrong_to_the_right_one(
    page: Page, served_pages: ServedPages, locale: str, size: ViewportSize
) -> None:
    """What was typed stays while something is missing; who posted the record corrects it."""
    words = WORDS[locale]
    page.goto("/me")
    page.get_by_label(words["login"]).fill(
        served_pages.numbers[WALKERS[WAYS.index((locale, size))]]
    )
    page.get_by_label(words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["log in"]).click()
    page.locator(".timeline .entry", has_text=words["record"]).click()
    page.get_by_role("link", name=words["wrong"]).click()
    page.get_by_label(words["should be"]).fill("44")
    page.get_by_role("button", name=words["dispute"]).click()
    expect(page.get_by_role("alert")).to_contain_text(words["asks"])
    expect(page.get_by_label(words["should be"])).to_have_value("44")
    page.get_by_role("radio", name=words["hours"]).check()
    page.get_by_role("button", name=words["dispute"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["received"])
    expect(page.locator("dt", has_text=words["days"])).to_be_visible()
    matter = page.url.rpartition("/")[2]

    page.goto("/me")
    page.locator(".timeline .entry", has_text=words["record"]).click()
    expect(page.get_by_role("heading", name=words["disputed"])).to_be_visible()
    answer_by_correction(served_pages.bank, matter, "44")
    page.goto(f"/me/matters/{matter}")
    expect(page.locator(".tag", has_text=words["corrected"]).first).to_be_visible()
    page.get_by_role("link", name=words["right"]).click()
    expect(page.locator("dd", has_text="44").first).to_be_visible()


@pytest.mark.parametrize(
    ("language", "acts", "read"),
    [("zh", "您正在代办", "查看我的档案"), ("en", "You act for", "read my record")],
)
@pytest.mark.parametrize("width", [390, 1280])
def test_whom_one_helps_stands_over_the_page_and_she_sees_what_was_done(
    browser: Browser, served_pages: ServedPages, language: str, acts: str, read: str, width: int
) -> None:
    """The helper reads; the learner finds the act under what was done for her."""
    mode = Mode("helping", language, width, "light", "normal")
    helper = served_pages.visit(browser, HELPER, mode).new_page()
    helper.goto(f"{served_pages.origin}/me/helpers")
    helper.locator("main .entry").click()
    expect(helper.get_by_role("note")).to_contain_text(acts)
    learner = served_pages.visit(browser, LEARNER, mode).new_page()
    learner.goto(f"{served_pages.origin}/me/helpers")
    expect(learner.locator(".looks li").first).to_contain_text(read)


def test_what_is_offered_counts_once_she_says_yes(
    browser: Browser, served_pages: ServedPages
) -> None:
    """It is found from her record, and checked before it is done."""
    page = served_pages.visit(browser, LEARNER, MODES[1]).new_page()
    page.set_default_timeout(TIMEOUT_MILLISECONDS)
    page.goto(f"{served_pages.origin}/me")
    page.get_by_role("link", name="Credit that can still count").click()
    page.get_by_role("link", name="Let it count").click()
    page.get_by_role("button", name="Yes, let it count").click()
    expect(page.get_by_role("status")).to_contain_text("It counts now")


@pytest.mark.parametrize(("language", "words"), AT_REST.items())
@pytest.mark.parametrize("width", [390, 1280])
def test_her_account_rests_and_comes_back(
    browser: Browser,
    served_pages: ServedPages,
    language: str,
    words: Mapping[str, str],
    width: int,
) -> None:
    """Nothing happens before she has read what it means; her record leads back."""
    mode = Mode("at rest", language, width, "light", "normal")
    page = served_pages.visit(browser, LEARNER, mode).new_page()
    page.set_default_timeout(TIMEOUT_MILLISECONDS)
    page.goto(f"{served_pages.origin}/me/settings")
    page.get_by_role("link", name=words["keep"]).click()
    page.get_by_role("button", name=words["limit"]).click()
    expect(page.get_by_role("alert")).to_contain_text(words["required"])
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=words["limit"]).click()
    page.goto(f"{served_pages.origin}/me")
    page.get_by_role("link", name=words["again"]).click()
    page.get_by_role("button", name=words["again"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["back"])
