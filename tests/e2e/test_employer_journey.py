"""An employer's way in a real browser: scan, read, print a receipt, upload a photo, paste codes."""

import csv
import html
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from certificates.qr import png
from tests.fixtures.cameras import FakeCamera, scene
from tests.fixtures.hostile_files import as_format
from tests.fixtures.processes import PROGRAM
from tests.fixtures.showcase import PIN, Showcase
from tests.fixtures.shown_pages import WAYS

TIMEOUT_MILLISECONDS = 10_000
COMMAND = re.compile(r'<pre class="command"[^>]*><code>(.*?)</code></pre>', re.DOTALL)
DROPPED = """text => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], "pass.txt"));
  return dropped;
}"""
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "scan": "用相机扫码",
        "valid": "有效",
        "who": "是不是本人？",
        "name": "本人证件上的姓名",
        "compare": "比对",
        "match": "一致：这是持有人的姓名",
        "receipt": "打印签名回执",
        "title": "核验回执",
        "print": "打印",
        "again": "核验另一个学习码",
        "photo": "照片、PDF 或文件",
        "file": "文件",
        "send": "核验文件",
        "revoked": "已撤销",
        "many": "一次核验多个",
        "codes": "学习码编号，每行一个",
        "all": "全部核验",
        "told": "3 个中 1 个有效",
        "save": "保存为表格（CSV）",
    },
    "en-GB": {
        "scan": "Scan with the camera",
        "valid": "Valid",
        "who": "Is it the person before you?",
        "name": "Name on the person's document",
        "compare": "Compare",
        "match": "Match: this is the holder's name",
        "receipt": "Signed receipt to print",
        "title": "Verification receipt",
        "print": "Print",
        "again": "Verify another pass",
        "photo": "Photo, PDF or file",
        "file": "File",
        "send": "Verify the file",
        "revoked": "Revoked",
        "many": "Several codes at once",
        "codes": "Codes, one a line",
        "all": "Verify all",
        "told": "1 of 3 are valid",
        "save": "Save as a table (CSV)",
    },
}


def heading(page: Page, words: str) -> None:
    """See that a page's first heading is this."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_from_a_scan_to_a_receipt_a_photo_and_three_codes(
    camera: FakeCamera, showcase: Showcase, tmp_path: Path, locale: str, size: ViewportSize
) -> None:
    """In both languages, on a phone and on a desk, under the pages' own policies."""
    words = WORDS[locale]
    context = camera.browser.new_context(
        base_url=showcase.origin, locale=locale, viewport=size, permissions=["camera"]
    )
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MILLISECONDS)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    camera.show(scene(showcase.links["valid"].upper()))
    page.goto("/verify")
    page.get_by_role("link", name=words["scan"]).click()
    heading(page, words["valid"])
    expect(page.locator("section").first).to_contain_text("Module BBB (social sciences)")
    _get_receipt(page, words)
    page.get_by_role("link", name=words["again"]).click()
    _upload_photo(page, showcase, words, tmp_path)
    _paste_codes(page, showcase, words, tmp_path)
    context.close()
    assert complaints == []


def _get_receipt(page: Page, words: Mapping[str, str]) -> None:
    page.get_by_role("button", name=words["receipt"]).click()
    heading(page, words["title"])
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name=words["print"], exact=True).click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.locator(".token")).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("button", name=words["print"])).to_be_hidden()
    page.emulate_media(media="screen")


def _upload_photo(page: Page, showcase: Showcase, words: Mapping[str, str], folder: Path) -> None:
    photo = folder / "photo.jpg"
    photo.write_bytes(as_format(png(showcase.links["revoked"]), "JPEG"))
    page.get_by_role("link", name=words["photo"]).click()
    page.get_by_label(words["file"], exact=True).set_input_files(photo)
    page.get_by_role("button", name=words["send"]).click()
    heading(page, words["revoked"])
    page.get_by_role("link", name=words["again"]).click()


def _paste_codes(page: Page, showcase: Showcase, words: Mapping[str, str], folder: Path) -> None:
    page.get_by_role("link", name=words["many"]).click()
    codes = (showcase.typed, showcase.links["ended"], "=1+1")
    page.get_by_label(words["codes"]).fill("\n".join(codes))
    page.get_by_role("button", name=words["all"]).click()
    heading(page, words["told"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as downloading:
        page.get_by_role("link", name=words["save"]).click()
    saved = folder / "verified.csv"
    downloading.value.save_as(saved)
    _, first, _, last = csv.reader(saved.read_text("utf-8-sig").splitlines())
    assert (first[2], last[1]) == (words["valid"], "'=1+1")


def test_a_name_is_compared_on_the_page(camera: FakeCamera, showcase: Showcase) -> None:
    """What is folded opens with the answer; the keyboard alone is enough."""
    words = WORDS["en-GB"]
    page = camera.browser.new_page(locale="en-GB")
    page.goto(showcase.links["bare"])
    page.get_by_text(words["who"]).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label(words["name"])).to_be_focused()
    page.keyboard.type("somebody else")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("No match")
    expect(page.get_by_label(words["name"])).to_have_value("somebody else")
    page.close()


def test_the_commands_of_the_ledger_s_page_do_what_it_says(
    showcase: Showcase, tmp_path: Path
) -> None:
    """As they stand there, but for the port; each ends well."""
    page = httpx2.get(f"{showcase.origin}/ledger").text
    commands = [html.unescape(one) for one in COMMAND.findall(page)]
    keep, audit, by_keys = commands
    assert by_keys.endswith(f"{audit} --verifier-keys keys.txt")
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
    told = [
        subprocess.run(
            ["bash", "-ec", one.replace(showcase.bank.settings.origin, showcase.origin)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for one in (keep, by_keys)
    ]
    assert told[0].startswith(f"{showcase.bank.signer.name}\n")
    assert "differing: 0" in told[1]


def test_a_pin_opens_a_pass_and_a_wrong_one_is_told_at_its_field(
    camera: FakeCamera, showcase: Showcase
) -> None:
    """It is not asked for again, not for the receipt either."""
    page = camera.browser.new_page(locale="en-GB")
    page.goto(showcase.links["locked"])
    for typed in ("1111", PIN):
        page.get_by_label("PIN").fill(typed)
        page.get_by_role("button", name="Show").click()
        if typed != PIN:
            expect(page.get_by_role("alert")).to_contain_text("the PIN is wrong")
            expect(page.locator("section")).to_have_count(0)
    heading(page, "Valid")
    page.get_by_role("button", name="Signed receipt to print").click()
    expect(page.locator("section")).to_have_count(1)
    page.close()


def test_a_file_dropped_anywhere_on_the_page_is_taken(
    camera: FakeCamera, showcase: Showcase
) -> None:
    """She need not aim."""
    page = camera.browser.new_page(locale="en-GB")
    page.goto(f"{showcase.origin}/verify/file")
    dropped = page.evaluate_handle(DROPPED, showcase.printed)
    page.dispatch_event("h1", "drop", {"dataTransfer": dropped})
    page.get_by_role("button", name="Verify the file").click()
    heading(page, "Valid")
    page.close()
