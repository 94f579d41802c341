"""What the page says in a real browser that has no server to ask: the same as the command line."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.test_every_page import BODY_PIXELS, FINGER_PIXELS
from tests.e2e.test_verify_pages import TIMEOUT_MILLISECONDS
from tests.fixtures.browser import violations
from tests.fixtures.showcase import Showcase
from tests.fixtures.shown_pages import MODES, Mode
from tests.vectors.offline import OFFLINE_VECTORS, TRUST_FOLDER

PAGE = Path(__file__).parents[2] / "api" / "web" / "static" / "offline" / "index.html"
NAMED = {one["name"]: one for one in OFFLINE_VECTORS}
ANSWERS = (
    "pass",
    "pass, revoked",
    "pass, lists have run out",
    "pass, altered",
    "credential",
    "proof of two fields",
)
PHONE = {"width": 390, "height": 844}
TRUST = {
    "as_of": (TRUST_FOLDER / "as_of").read_text("utf-8"),
    "did": (TRUST_FOLDER / "did.json").read_text("utf-8"),
    "vkey": (TRUST_FOLDER / "vkey").read_text("utf-8"),
    "lists": [path.read_text("utf-8") for path in (TRUST_FOLDER / "status").iterdir()],
}
REPORT = """
async ([text, trust, now]) => Verify.offline(text, await Trust.read(trust), Times.read(now))
"""
NO_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, algorithm, ...rest) => algorithm.name === "Ed25519"
  ? Promise.reject(new DOMException("", "NotSupportedError"))
  : importKey(format, key, algorithm, ...rest);
"""


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
    assert complaints == []


@pytest.fixture(scope="module")
def from_file(browser: Browser) -> Iterator[Page]:
    """The page opened from a file, once for all vectors."""
    opened = browser.new_page()
    opened.goto(PAGE.as_uri())
    yield opened
    opened.close()


def verdict(page: Page) -> Locator:
    """The answer's one line."""
    return page.locator("#answer h2")


def verify(page: Page, text: str) -> None:
    """Paste a text and ask."""
    page.get_by_label("Pass text, credential or proof").fill(text)
    page.get_by_role("button", name="Verify").click()


def choose_folder(page: Page, folder: Path) -> None:
    """Choose an exported folder."""
    page.get_by_label("Or choose the exported folder").set_input_files(folder)


def answer_vector(page: Page, name: str) -> None:
    """Verify a golden vector by its folder at its time."""
    page.clock.set_fixed_time(NAMED[name]["now"])
    page.locator("#folder").set_input_files(TRUST_FOLDER)
    expect(page.get_by_text("did:web:bank.example")).to_be_visible()
    page.locator("#text").fill(NAMED[name]["text"])
    page.locator("#form button").click()
    expect(verdict(page)).to_be_visible()


@pytest.mark.parametrize("vector", OFFLINE_VECTORS, ids=lambda vector: vector["name"])
def test_the_page_gives_the_golden_reports(from_file: Page, vector: dict[str, Any]) -> None:
    """The same report as library and command line give (`test_published_trust`)."""
    given = [vector["text"], TRUST, vector["now"]]
    assert from_file.evaluate(REPORT, given) == vector["report"]


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("pass", "有效", "Valid"),
        ("pass, revoked", "不再有效", "No longer holds"),
        ("pass, suspended", "已冻结", "Suspended"),
        ("pass, lists have run out", "签名有效，状态未知", "Signature good, status not known"),
        (
            "pass, altered",
            "验证不通过：内容与签发时不一致",
            "Refused: the content is not what was issued",
        ),
        ("unknown key", "无法确认", "Cannot be confirmed"),
        ("credential", "有效", "Valid"),
        ("credential, expired", "已过有效期", "Expired"),
        ("VC-JWT, revoked", "不再有效", "No longer holds"),
        ("proof of two fields", "已入账", "Entered in the ledger"),
        ("neither", "无法识别", "Not recognised"),
    ],
)
def test_a_chosen_folder_answers_in_one_line_first(
    page: Page, name: str, chinese: str, english: str
) -> None:
    """Opened from a file, with no server anywhere; a status that is not known is never valid.

    The other language is one press away, and what was pasted and answered stays.
    """
    page.goto(PAGE.as_uri())
    answer_vector(page, name)

    expect(verdict(page)).to_have_text(english)
    expect(page.get_by_role("table")).to_be_hidden()
    page.locator("summary").click()
    expect(page.locator("tbody").get_by_role("row")).to_have_count(7)
    page.get_by_role("button", name="中文").click()
    expect(verdict(page)).to_have_text(chinese)
    expect(page.get_by_label("学习码文字、证书或入账证明")).to_have_value(NAMED[name]["text"])


def test_the_answer_says_as_of_when_its_status_is(page: Page) -> None:
    """The list's own date, in the time of the place, and when it was verified."""
    page.goto(PAGE.as_uri())
    answer_vector(page, "pass")

    expect(page.get_by_text("Status as of 2026-06-10 08:00 Beijing time")).to_be_visible()
    expect(page.get_by_text("Verified at 2026-06-10 20:00 Beijing time")).to_be_visible()
    expect(page.get_by_text("持证人（示例）")).to_be_visible()
    expect(page.locator("#answer section").first).to_contain_text("Calculus 高等数学")


def test_the_disclosed_fields_of_an_entry_are_shown(page: Page) -> None:
    """Those and no others."""
    page.goto(PAGE.as_uri())
    answer_vector(page, "proof of two fields")

    shown = page.locator("#answer dt").all_inner_texts()
    assert shown == ["Entry", "Log", "Entered at", "Title", "Result"]


def test_a_revocation_is_seen_after_the_lists_are_refreshed(page: Page, showcase: Showcase) -> None:
    """Keys and lists come from the bank when asked for, and stay for when there is no network."""
    page.goto(f"{showcase.origin}/offline")
    page.get_by_role("button", name="Refresh keys and lists").click()
    expect(page.get_by_text(showcase.bank.trust.issuer)).to_be_visible()
    page.context.set_offline(True)
    verify(page, showcase.printed)
    expect(verdict(page)).to_have_text("Valid")
    verify(page, showcase.printed_revoked)
    expect(verdict(page)).to_have_text("No longer holds")
    expect(page.get_by_text("Status as of")).to_be_visible()
    page.context.set_offline(False)

    page.reload()
    expect(page.get_by_text(showcase.bank.trust.issuer)).to_be_visible()
    verify(page, showcase.printed)
    expect(verdict(page)).to_have_text("Valid")


def test_nothing_leaves_the_page_until_a_refresh_is_asked_for(
    page: Page, showcase: Showcase
) -> None:
    """And then only the bank's public files are fetched, whatever was pasted."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{showcase.origin}/offline")
    choose_folder(page, TRUST_FOLDER)
    expect(page.get_by_text("did:web:bank.example")).to_be_visible()
    for name in ("credential", "credential, with a context that is not pinned"):
        verify(page, NAMED[name]["text"])
        expect(verdict(page)).to_be_visible()
    assert all(url.startswith((f"{showcase.origin}/static/", f"{showcase.origin}/offline"))
               for url in asked)  # fmt: skip
    asked.clear()
    page.get_by_role("button", name="Refresh keys and lists").click()
    expect(page.get_by_text(showcase.bank.trust.issuer)).to_be_visible()
    assert sorted(url.removeprefix(showcase.origin) for url in asked) == [
        "/.well-known/did.json",
        "/ledger/vkey",
        "/status",
        *(f"/status/{name}-1" for name in
          ("pass-revocation", "pass-suspension", "revocation", "suspension")),
    ]  # fmt: skip


def test_a_dropped_file_is_verified(page: Page, tmp_path: Path) -> None:
    """A credential as a learner sends it."""
    page.goto(PAGE.as_uri())
    answer_vector(page, "pass")
    sent = tmp_path / "credential.json"
    sent.write_text(NAMED["credential, suspended"]["text"], "utf-8")
    page.get_by_label("Or choose a file").set_input_files(sent)

    expect(verdict(page)).to_have_text("Suspended")


def test_without_keys_the_page_asks_for_them(page: Page) -> None:
    """It answers nothing by guessing."""
    page.goto(PAGE.as_uri())
    expect(page.get_by_role("button", name="Refresh")).to_be_hidden()
    verify(page, NAMED["pass"]["text"])

    expect(page.get_by_role("alert")).to_contain_text("choose the exported folder")
    expect(verdict(page)).to_have_count(0)


def test_a_folder_with_a_forged_list_is_refused(page: Page, tmp_path: Path) -> None:
    """What was trusted before stays."""
    forged = shutil.copytree(TRUST_FOLDER, tmp_path / "trust")
    path = forged / "status" / "revocation-1.json"
    path.write_text(path.read_text("utf-8").replace("2026-06-12", "2036-06-12"), "utf-8")
    page.goto(PAGE.as_uri())
    choose_folder(page, forged)

    expect(page.get_by_role("alert")).to_contain_text("not signed by its issuer")
    expect(page.get_by_text("did:web:bank.example")).to_be_hidden()


def test_a_browser_without_ed25519_is_told_so(page: Page) -> None:
    """Plainly, instead of a wrong verdict."""
    page.add_init_script(NO_ED25519)
    page.goto(PAGE.as_uri())

    expect(page.get_by_role("alert")).to_contain_text("cannot verify Ed25519")


@pytest.mark.parametrize("name", ["", *ANSWERS])
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_the_page_is_for_everybody(browser: Browser, name: str, mode: Mode) -> None:
    """WCAG 2.2 AA as far as axe-core can tell, with large letters and room for fingers."""
    context = browser.new_context(
        bypass_csp=True,
        viewport={"width": mode.width, "height": 844},
        color_scheme="dark" if mode.scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{PAGE.as_uri()}?language={mode.language}&letters={mode.letters}")
    if name:
        answer_vector(page, name)
        page.locator("summary").click()

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= mode.width
    letters = page.locator("body").evaluate("body => parseFloat(getComputedStyle(body).fontSize)")
    assert letters >= BODY_PIXELS[mode.letters]
    for pressed in page.locator("a:not(.skip), button, input, textarea, summary").all():
        box = pressed.bounding_box()
        assert box is None or box["height"] >= FINGER_PIXELS[mode.letters]
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[mode.language]
    context.close()


def test_language_and_letters_are_kept_on_the_device(page: Page) -> None:
    """Without a server there is no cookie; they are chosen once all the same."""
    page.goto(PAGE.as_uri())
    page.get_by_role("button", name="中文").click()
    page.get_by_role("button", name="长辈版").click()
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("离线核验")
    expect(page).to_have_title("离线核验")
    expect(page.locator("html")).to_have_class("large")
    page.get_by_role("button", name="标准版").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verify offline")
    expect(page.get_by_role("button", name="Large letters")).to_be_visible()


def test_the_page_asks_for_no_unsafe_script(showcase: Showcase, page: Page) -> None:
    """Served or from a file, nothing inline runs and nothing is evaluated."""
    answer = page.goto(f"{showcase.origin}/offline")

    assert answer is not None
    policies = (answer.headers["content-security-policy"], PAGE.read_text("utf-8"))
    assert all("script-src 'self';" in one and "unsafe" not in one for one in policies)
