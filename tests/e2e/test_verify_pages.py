"""What an employer sees in a real browser who scanned a learning pass or typed its code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from certificates.qr import png
from tests.fixtures.browser import DESKTOP, PHONE, violations
from tests.fixtures.showcase import Showcase

ANSWERS = ("valid", "bare", "ended", "revoked", "expired", "gone", "locked", "unknown")
OTHERS = ("form", "altered", "unreadable", "receipt", "many")
TIMEOUT_MILLISECONDS = 5_000
FINGER_PIXELS = 44
ELDER_TEXT_PIXELS = 18


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone; whatever it complains of on the console fails the test."""
    opened = browser.new_page(viewport=PHONE, locale="en-GB")
    opened.set_default_timeout(TIMEOUT_MILLISECONDS)
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()
    # A form that was refused is answered with 422, which the console names.
    assert [one for one in complaints if "422" not in one] == []


def verdict(page: Page) -> Locator:
    """The answer: the page's one first heading."""
    return page.get_by_role("heading", level=1)


def type_code(page: Page, showcase: Showcase, code: str) -> None:
    """Type a code into the form and send it."""
    page.goto(f"{showcase.origin}/verify")
    page.get_by_label("Pass code").fill(code)
    page.get_by_role("button", name="Verify").click()


@pytest.mark.parametrize(
    ("answer", "line", "chinese"),
    [
        ("valid", "Valid", "有效"),
        ("bare", "Valid", "有效"),
        ("ended", "The holder ended this share", "分享已停止"),
        ("revoked", "Revoked", "已撤销"),
        ("expired", "Expired", "已过有效期"),
        ("gone", "Deleted at the holder's request", "记录已依申请删除"),
        ("locked", "A PIN is needed", "需要查看密码"),
        ("unknown", "Not recognised", "无法识别"),
    ],
)
def test_a_scanned_pass_is_answered_in_one_line_first(
    page: Page, showcase: Showcase, answer: str, line: str, chinese: str
) -> None:
    """The line is words, so that no colour is needed; the checks are folded.

    The other language is one click away, and the answer stays the same.
    """
    page.goto(showcase.links[answer])

    expect(verdict(page)).to_have_text(line)
    expect(page.get_by_role("table")).to_be_hidden()
    page.get_by_text("Checks").click()
    expect(page.locator("tbody").get_by_role("row")).to_have_count(7)
    page.get_by_role("link", name="中文").click()
    expect(verdict(page)).to_have_text(chinese)


def test_a_valid_pass_shows_what_was_signed(page: Page, showcase: Showcase) -> None:
    """Holder, purpose, and each outcome with provider, result, grade, amounts and date."""
    page.goto(showcase.links["valid"])

    first, second = page.locator("section").all()
    for words in ("BBB 模块（社会科学）", "Module BBB (social sciences)", "Open University"):
        expect(first).to_contain_text(words)
    for words in ("Distinction", "88.25", "percent", "300 hours", "23 September 2014"):
        expect(first).to_contain_text(words)
    expect(second).to_contain_text("合格 pass")
    expect(page.get_by_text("持证人（示例）")).to_be_visible()
    expect(page.get_by_text("求职 job application")).to_be_visible()


def test_what_the_holder_did_not_choose_is_absent(page: Page, showcase: Showcase) -> None:
    """No date, amount or name is shown, and nothing stands in its place; the bank adds its own."""
    page.goto(showcase.links["bare"])

    expect(page.get_by_text("Name not shown")).to_be_visible()
    shown = page.locator("section dt").all_inner_texts()
    assert shown == ["Class", "Result", "Certification"]
    expect(page.get_by_text("None", exact=True)).to_have_count(0)


@pytest.mark.parametrize("answer", ["ended", "gone", "locked", "unknown"])
def test_without_a_share_nothing_signed_is_shown(
    page: Page, showcase: Showcase, answer: str
) -> None:
    """Whoever stopped a share is not read any more."""
    page.goto(showcase.links[answer])

    expect(page.get_by_text("Signed content")).to_have_count(0)
    expect(page.locator("section")).to_have_count(0)


def test_a_withdrawn_outcome_is_never_shown_without_saying_so(
    page: Page, showcase: Showcase
) -> None:
    """The heading of the content repeats the answer, for whoever scrolls past the first line."""
    page.goto(showcase.links["revoked"])

    heading = page.get_by_role("heading", level=2)
    expect(heading).to_have_text("Signed content Revoked")
    expect(page.get_by_text("electrician", exact=False)).to_be_visible()


def test_a_printed_pass_with_one_byte_changed_is_refused(page: Page, showcase: Showcase) -> None:
    """Nothing of the content is shown."""
    type_code(page, showcase, showcase.altered)

    expect(verdict(page)).to_have_text("Refused: the content is not what was issued")
    expect(page.locator("section")).to_have_count(0)


def test_the_text_of_a_printed_pass_is_answered_like_its_link(
    page: Page, showcase: Showcase
) -> None:
    """A poster without a network link is verified by pasting what its QR code says."""
    type_code(page, showcase, showcase.printed)

    expect(verdict(page)).to_have_text("Valid")


@pytest.mark.parametrize(
    "spoil", [str, str.lower, lambda code: code.replace(" ", ""), lambda code: f"  {code}\t"]
)
def test_a_code_may_be_typed_in_any_case_and_grouping(
    page: Page, showcase: Showcase, spoil: Any
) -> None:
    """The code leads to the page of the pass, which can be kept as a bookmark."""
    type_code(page, showcase, spoil(showcase.typed))

    expect(verdict(page)).to_have_text("Valid")
    assert page.url.removeprefix(f"{showcase.origin}/verify/") in showcase.links["valid"]


def test_a_mistyped_code_is_told_beside_the_field_and_can_be_mended(
    page: Page, showcase: Showcase
) -> None:
    """The check symbol finds one wrong symbol; what was typed is kept."""
    wrong = ("A" if showcase.typed[0] != "A" else "B") + showcase.typed[1:]
    type_code(page, showcase, wrong)

    field = page.get_by_label("Pass code")
    expect(page.get_by_role("alert")).to_contain_text("Not recognised")
    expect(field).to_have_value(wrong)
    expect(field).to_have_accessible_description(re.compile("Not recognised"))
    field.fill(showcase.typed)
    page.get_by_role("button", name="Verify").click()
    expect(verdict(page)).to_have_text("Valid")


@pytest.mark.parametrize("form", [{}, {"code": ""}, {"code": "A" * 70_000}, {"other": "x"}])
def test_whatever_is_sent_to_the_form_is_answered_with_a_page(
    showcase: Showcase, form: dict[str, str]
) -> None:
    """An employer never sees the answer that programs get."""
    headers = {"Origin": showcase.origin, "Accept-Language": "zh"}
    answer = httpx2.post(f"{showcase.origin}/verify", data=form, headers=headers)

    assert answer.status_code == 422
    assert "无法识别" in answer.text


def test_the_pages_work_without_javascript(browser: Browser, showcase: Showcase) -> None:
    """Old phones and locked-down desks verify too."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    type_code(page, showcase, showcase.typed.lower())

    expect(verdict(page)).to_have_text("Valid")
    page.get_by_text("Checks").click()
    expect(page.get_by_role("table")).to_be_visible()
    context.close()


def test_the_qr_code_of_a_pass_leads_to_its_page(
    page: Page, showcase: Showcase, tmp_path: Path
) -> None:
    """Its link is in capitals, which makes the picture smaller and is the same address."""
    picture = tmp_path / "pass.png"
    picture.write_bytes(png(showcase.links["valid"].upper()))
    [found] = zxingcpp.read_barcodes(Image.open(picture))

    page.goto(found.text)

    expect(verdict(page)).to_have_text("Valid")


@pytest.mark.parametrize("answer", [*ANSWERS, *OTHERS])
def test_the_pages_meet_wcag_22_aa_and_a_narrow_phone_shows_everything_in_large_letters(
    browser: Browser, showcase: Showcase, answer: str
) -> None:
    """As far as axe-core can tell, which runs past the page's own script policy; phone and desk.

    Nothing is cut off at 360 px, and whatever is pressed has room for a finger.
    """
    context = browser.new_context(bypass_csp=True, viewport=PHONE, locale="en-GB")
    page = context.new_page()
    _open(page, showcase, answer)
    for summary in page.locator("summary").all():
        summary.click()

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("pre").evaluate_all(
        "all => all.every(one => one.scrollWidth <= one.clientWidth)"
    )
    size = page.locator("body").evaluate("body => parseFloat(getComputedStyle(body).fontSize)")
    assert size >= ELDER_TEXT_PIXELS
    pressed = page.locator("a, button, input:not([type=hidden]), summary").filter(visible=True)
    assert pressed.count() > 0
    assert pressed.evaluate_all(
        "(all, least) => all.every(one => one.getBoundingClientRect().height >= least)",
        FINGER_PIXELS,
    )
    page.set_viewport_size(DESKTOP)
    assert violations(page) == []
    context.close()


def test_a_printed_answer_has_every_check_and_no_form(page: Page, showcase: Showcase) -> None:
    """What is filed on paper says when it was verified and what was checked."""
    page.goto(showcase.links["valid"])
    page.emulate_media(media="print")

    expect(page.get_by_text("Ledger proof")).to_be_visible()
    expect(page.get_by_text("127.0.0.1:8000/ledger")).to_be_visible()
    expect(page.get_by_text("Verified at")).to_be_visible()
    expect(page.get_by_text("Verify another pass")).to_be_hidden()


def test_nothing_is_loaded_from_elsewhere_or_kept(page: Page, showcase: Showcase) -> None:
    """No third party learns who verifies whom, and no cache keeps an answer."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(showcase.links["valid"])

    assert answer is not None
    assert all(url.startswith(showcase.origin) for url in asked)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"


def _open(page: Page, showcase: Showcase, answer: str) -> None:
    if answer in showcase.links:
        page.goto(showcase.links[answer])
    elif answer == "altered":
        type_code(page, showcase, showcase.altered)
    elif answer == "unreadable":
        type_code(page, showcase, "ABCD 1234")
    elif answer == "receipt":
        page.goto(showcase.links["revoked"])
        page.get_by_role("button", name="Signed receipt to print").click()
    elif answer == "many":
        page.goto(f"{showcase.origin}/verify/many")
        page.get_by_label("Codes, one a line").fill("\n".join(showcase.links.values()))
        page.get_by_role("button", name="Verify all").click()
    else:
        page.goto(f"{showcase.origin}/verify")
