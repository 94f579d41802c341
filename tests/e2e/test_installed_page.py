"""An employer verifies in a cellar: after one visit the page works without a network."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.showcase import Showcase

TIMEOUT_MILLISECONDS = 10_000
KEPT = """async () => {
  const paths = async (name) => (await (await caches.open(name)).keys())
    .map((one) => new URL(one.url).pathname);
  return (await Promise.all((await caches.keys()).map(paths))).flat();
}"""

SLOW = """
const register = ServiceWorkerContainer.prototype.register;
ServiceWorkerContainer.prototype.register = async function (path, options) {
  const made = await register.call(this, path, options);
  if (options.scope !== "/static/offline/") return made;
  window.coming = Object.assign(new EventTarget(), { state: "installing" });
  return { active: null, waiting: null, installing: window.coming };
};
"""
"""The worker of the offline page is installed, and says so only when it is told to."""
BEGUN = """new Promise((done) => {
  const look = () => (window.coming ? done() : setTimeout(look, 20));
  look();
})"""


@pytest.fixture
def visited(browser: Browser, showcase: Showcase) -> Iterator[Page]:
    """A phone that was at the page once, and whose network is gone since."""
    context = browser.new_context(
        base_url=showcase.origin, viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MILLISECONDS)
    page.goto("/verify")
    expect(page.get_by_text("works without a network")).to_be_visible()
    context.set_offline(True)
    yield page
    context.close()


def test_it_says_so_no_sooner_than_both_workers_answer(
    browser: Browser, showcase: Showcase
) -> None:
    """That of the page leads to the offline page, which another one keeps."""
    page = browser.new_page(base_url=showcase.origin, locale="en-GB")
    page.add_init_script(SLOW)
    page.goto("/verify")
    page.evaluate(BEGUN)
    page.wait_for_timeout(2_000)
    expect(page.locator("#kept")).to_be_hidden()
    page.evaluate("coming.state = 'activated'; coming.dispatchEvent(new Event('statechange'))")
    expect(page.locator("#kept")).to_be_visible()
    page.close()


def test_reloaded_without_a_network_it_verifies_what_carries_its_content(
    visited: Page, showcase: Showcase
) -> None:
    """By keys and lists with their date; a revocation of before is known."""
    visited.reload()
    expect(visited.get_by_role("heading", level=1)).to_contain_text("Verify offline")
    for text, line in ((showcase.printed, "Valid"), (showcase.printed_revoked, "No longer holds")):
        visited.get_by_label("Pass text, credential or proof").fill(text)
        visited.get_by_role("button", name="Verify").click()
        expect(visited.locator("#answer h2")).to_contain_text(line)
        expect(visited.get_by_text("Status as of")).to_be_visible()


def test_without_a_network_it_speaks_the_language_that_was_chosen_with_one(
    visited: Page,
) -> None:
    """And the other one is a press away, as on every page."""
    visited.context.set_offline(False)
    visited.get_by_role("link", name="中文").click()
    expect(visited.get_by_text("此页已可离线使用")).to_be_visible()
    visited.context.set_offline(True)
    visited.reload()
    expect(visited.get_by_role("heading", level=1)).to_have_text("离线核验")
    visited.get_by_role("button", name="English").click()
    expect(visited.get_by_role("heading", level=1)).to_have_text("Verify offline")
    visited.reload()
    expect(visited.get_by_role("heading", level=1)).to_have_text("Verify offline")


def test_the_bank_leads_to_the_page_in_the_language_and_letters_of_its_own(
    browser: Browser, showcase: Showcase
) -> None:
    """Whoever reads the bank in large letters reads the page so, too."""
    context = browser.new_context(locale="en-GB")
    chosen = {"creditbank-language": "zh", "creditbank-letters": "large"}
    context.add_cookies(
        [{"name": name, "value": it, "url": showcase.origin} for name, it in chosen.items()]
    )
    page = context.new_page()
    page.goto(f"{showcase.origin}/offline")

    expect(page.get_by_role("heading", level=1)).to_have_text("离线核验")
    expect(page.locator("html")).to_have_class("large")
    assert page.url == f"{showcase.origin}/static/offline/index.html"
    context.close()


def test_what_was_typed_when_the_network_went_is_verified_all_the_same(
    visited: Page, showcase: Showcase
) -> None:
    """It goes to the page on the device, behind the sign that no server is told of."""
    visited.get_by_label("Pass code").fill(showcase.printed)
    visited.get_by_role("button", name="Verify").click()
    expect(visited.locator("#answer h2")).to_contain_text("Valid")
    assert visited.url == f"{showcase.origin}/static/offline/index.html"


def test_nothing_but_the_offline_page_and_public_files_is_kept(
    visited: Page,
) -> None:
    """No answer, no code, no name stays on a device that others use."""
    kept = visited.evaluate(KEPT)
    allowed = ("/static/offline/", "/static/css/", "/static/seal.svg")
    assert kept
    assert all(path.startswith(allowed) for path in kept)
    assert sorted(visited.evaluate("Object.keys(localStorage)")) == [
        "creditbank-language",
        "creditbank-letters",
        "creditbank-trust",
    ]


def test_it_can_be_put_among_the_apps_of_a_phone(browser: Browser, showcase: Showcase) -> None:
    """In the language of the page, and under its own policy."""
    page = browser.new_page(locale="zh-CN")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{showcase.origin}/verify")
    expect(page.get_by_text("此页已可离线使用")).to_be_visible()
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    manifest = json.loads(found["data"])
    page.close()
    assert found["errors"] == []
    assert (manifest["name"], manifest["lang"]) == ("核验学习码", "zh-CN")
    assert (manifest["start_url"], manifest["display"]) == ("/verify", "standalone")
    assert complaints == []
