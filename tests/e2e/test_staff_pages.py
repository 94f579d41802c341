"""The way of a person without a phone through a counter and a review, in a real browser."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from creditbank.conversion.working_days import mainland_working_days
from creditbank.matters.matter import WORKING_DAYS, MatterKind
from tests.fixtures.at_desk import DESK_WAYS, At
from tests.fixtures.clocks import real_today
from tests.fixtures.evidence import a_picture
from tests.fixtures.recognition import Recognition
from tests.fixtures.shown_pages import ServedPages
from tests.fixtures.staff_life import (
    CHECKER,
    EXPERT,
    RULE,
    SCHOOL_CLERK,
    SHORT_RULE,
)

WORDS = {
    "zh": {
        "open": "为其开户",
        "name": "姓名（同证件）",
        "year": "出生年份",
        "form": "表单编号",
        "open it": "开户",
        "opened": "开户成功",
        "code": "认领码",
        "go on": "继续为其办理",
        "visit": "本人同意，开始来访办理",
        "begun": "来访办理已开始",
        "file": "申请转换",
        "course": "DQ-1",
        "received": "收件日期",
        "file it": "提交申请",
        "slip": "申请回执",
        "november": "2026年11月2日",
        "day": "{0.year}年{0.month}月{0.day}日",
        "meets": "符合规则要求",
        "pass": "通过，转下一步骤",
        "recognise": "认定学分",
        "told": "告知学习者的话",
        "departs": "与先例不同的理由",
        "check": "核对并继续",
        "decide": "确认办理",
        "taken": "本步骤已办理",
        "recognised": "已认定",
        "simulate": "重新试算并保存结果",
        "simulated": "草案已试算",
        "look": "只查看，不保存",
        "untouched": "没有写入任何内容",
        "card": "打卡证",
        "make": "制作打卡证",
        "end card": "停用此证",
        "ended": "打卡证已停用",
        "wrong": "记录有误",
        "file dispute": "提交异议",
        "result": "成绩",
        "should be": "应为",
        "scan": "证明材料扫描件",
        "dispute slip": "异议回执",
    },
    "en": {
        "open": "Open an account for her",
        "name": "Name as printed",
        "year": "Year of birth",
        "form": "Number of the form",
        "open it": "Open the account",
        "opened": "The account is open",
        "code": "Claim code",
        "go on": "Go on with her",
        "visit": "She agrees: begin the visit",
        "begun": "The visit has begun",
        "file": "File a conversion",
        "course": "DQ-1",
        "received": "Day on which the form was received",
        "file it": "File it",
        "slip": "Slip of a filing",
        "november": "2 November 2026",
        "day": "{0.day} {0:%B %Y}",
        "meets": "Yes, it meets what the rule asks for",
        "pass": "Pass it on to the next step",
        "recognise": "Recognise the credit",
        "told": "What the learner is told",
        "departs": "Why you decide otherwise than before",
        "check": "Check and go on",
        "decide": "Decide so",
        "taken": "The step is taken",
        "recognised": "Recognised",
        "simulate": "Simulate it again and keep the result",
        "simulated": "The draft was simulated",
        "look": "Only look at it",
        "untouched": "Nothing was written",
        "card": "Card for checking in",
        "make": "Make a card",
        "end card": "End this card",
        "ended": "The card is ended",
        "wrong": "A record is wrong",
        "file dispute": "File the dispute",
        "result": "The result",
        "should be": "What it should be",
        "scan": "Scan of what shows it",
        "dispute slip": "Slip of a dispute",
    },
}


def decide(page: Page, filing: str, words: dict[str, str], *, answer: str) -> None:
    """Take the step at which a filing is, and check it before."""
    page.goto(f"/desk/filings/{filing}")
    if answer == "pass":  # What the first one found out is known to the second.
        page.get_by_label(words["meets"]).check()
    page.get_by_label(words[answer], exact=True).check()
    page.get_by_label(words["told"]).fill("符合要求")
    departs = page.get_by_label(words["departs"])
    if departs.count():
        departs.fill("材料齐全")
    page.get_by_role("button", name=words["check"]).click()
    page.get_by_role("button", name=words["decide"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["taken"])


def dispute(clerk: Page, words: dict[str, str]) -> None:
    """Let a clerk take down that a record is wrong, with a scan, and print the slip."""
    clerk.locator("main .back").click()
    clerk.locator(".doors a", has_text=words["wrong"]).click()
    clerk.locator("main .entry").first.click()
    clerk.get_by_label(words["result"], exact=False).first.check()
    clerk.get_by_label(words["should be"]).fill("良好")
    today = real_today()
    due = mainland_working_days().after(today, WORKING_DAYS[MatterKind.DISPUTE])
    scan = {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    clerk.get_by_label(words["scan"]).set_input_files([scan])
    expect(clerk.get_by_label(words["received"])).to_have_value(today.isoformat())
    clerk.get_by_role("button", name=words["file dispute"]).click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(words["dispute slip"])
    for said in (words["day"].format(due), "良好"):
        expect(clerk.get_by_text(said)).to_be_visible()
    expect(clerk.get_by_text(words["day"].format(today)).first).to_be_visible()
    clerk.emulate_media(media="print")
    expect(clerk.locator(".record")).to_be_visible()
    expect(clerk.get_by_role("navigation").first).to_be_hidden()


def make_card(clerk: Page, words: dict[str, str]) -> None:
    """Let a clerk make a card for checking in, print it, and end it as one that is lost."""
    clerk.emulate_media(media="screen")
    clerk.locator("main .back").click()
    clerk.get_by_role("link", name=words["card"], exact=True).click()
    clerk.get_by_role("button", name=words["make"]).click()
    clerk.emulate_media(media="print")
    expect(clerk.locator(".record .qr")).to_be_visible()
    expect(clerk.get_by_role("navigation").first).to_be_hidden()
    clerk.emulate_media(media="screen")
    clerk.get_by_role("link", name=words["end card"]).click()
    clerk.get_by_role("button", name=words["end card"]).click()
    expect(clerk.get_by_role("status")).to_contain_text(words["ended"])


@pytest.mark.parametrize(("language", "size"), DESK_WAYS)
def test_from_a_counter_without_a_phone_over_two_reviewers_to_paper(
    at_desk: At, served_pages: ServedPages, language: str, size: ViewportSize
) -> None:
    """A clerk opens and files with the day of receipt; a reviewer and a checker decide it."""
    words, clerk = WORDS[language], at_desk(SCHOOL_CLERK, language, size)
    clerk.goto("/desk")
    clerk.locator('.doors a[href="/desk/counter"]').click()
    clerk.get_by_role("link", name=words["open"]).click()
    clerk.get_by_label(words["name"]).fill("示例来访者")
    clerk.get_by_label(words["year"]).fill("1950")
    number = clerk.get_by_label(words["form"]).input_value()
    clerk.get_by_role("button", name=words["open it"]).click()
    expect(clerk.get_by_role("status")).to_contain_text(words["opened"])
    expect(clerk.get_by_text(words["code"], exact=True)).to_be_visible()
    clerk.emulate_media(media="print")
    expect(clerk.locator(".big-number")).to_be_visible()
    expect(clerk.get_by_role("navigation").first).to_be_hidden()
    clerk.emulate_media(media="screen")

    school = Recognition(served_pages.bank, served_pages.ids["school"], "")
    way = f"{language}-{size['width']}"
    school.certificate(number, term=f"{way} 考次", certificate_number=f"示例-{way}")
    clerk.get_by_role("link", name=words["go on"]).click()
    clerk.get_by_role("button", name=words["visit"]).click()
    expect(clerk.get_by_role("status")).to_contain_text(words["begun"])
    clerk.locator(".doors a", has_text=words["file"]).click()
    clerk.locator(f'a[href$="/filing/{SHORT_RULE}"]').click()
    clerk.get_by_role("checkbox").first.check()
    clerk.get_by_role("checkbox", name=words["course"]).check()
    clerk.get_by_label(words["received"]).fill("2026-11-02")
    clerk.get_by_role("button", name=words["file it"]).click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(words["slip"])
    expect(clerk.get_by_text(words["november"])).to_be_visible()
    filing = clerk.url.rpartition("/")[2]
    clerk.emulate_media(media="print")
    expect(clerk.locator(".record")).to_be_visible()
    expect(clerk.get_by_role("navigation").first).to_be_hidden()
    clerk.emulate_media(media="screen")
    dispute(clerk, words)
    make_card(clerk, words)

    expert = at_desk(EXPERT, language, size)
    decide(expert, filing, words, answer="pass")
    expert.goto(f"/desk/rules/{RULE}/2")
    expert.get_by_role("button", name=words["simulate"]).click()
    expect(expert.get_by_role("status")).to_contain_text(words["simulated"])
    expert.get_by_role("link", name=words["look"]).click()
    expect(expert.get_by_text(words["untouched"])).to_be_visible()
    checker = at_desk(CHECKER, language, size)
    decide(checker, filing, words, answer="recognise")
    expect(checker.locator("main > .tags .tag").first).to_have_text(words["recognised"])
