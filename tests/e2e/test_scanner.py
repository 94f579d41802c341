"""An employer scans with the camera of a real browser, whatever is put before it."""

import re
from collections.abc import Callable, Iterator

import httpx2
import pytest
from playwright.sync_api import Page, Request, ViewportSize, expect

from api.web.cookies import DEVICE
from creditbank.access.actor import COMMAND_LINE
from creditbank.access.passwords import hash_password
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.learners.open import Newcomer, OpenOwnAccount
from tests.fixtures.cameras import FakeCamera, damaged, glared, scene
from tests.fixtures.provider_pages import open_venue
from tests.fixtures.showcase import Showcase
from tests.fixtures.shown_check_ins import Came, come
from tests.fixtures.shown_pages import WAYS

TIMEOUT_MILLISECONDS = 10_000
NO_WEBASSEMBLY = "delete window.WebAssembly"
NO_PERMISSION = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
"""

PASSWORD = "long enough"
CHECKING_IN = {
    "zh-CN": ("此前已计入", "下一位"),
    "en-GB": ("Was counted already", "Next person"),
}
Open = Callable[..., Page]


@pytest.fixture
def scanner(camera: FakeCamera, showcase: Showcase) -> Iterator[Open]:
    """Open the scanner; what it complains of on the console fails the test."""
    complaints: list[str] = []
    pages: list[Page] = []

    def make(script: str = "") -> Page:
        page = camera.browser.new_page(
            viewport={"width": 390, "height": 844}, locale="en-GB", permissions=["camera"]
        )
        pages.append(page)
        page.set_default_timeout(TIMEOUT_MILLISECONDS)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda one: complaints.extend(_elsewhere(one, showcase)))
        page.add_init_script(script)
        page.goto(f"{showcase.origin}/verify/scan")
        return page

    yield make
    for page in pages:
        page.close()
    assert complaints == []


def _elsewhere(request: Request, showcase: Showcase) -> list[str]:
    return [] if request.url.startswith(showcase.origin) else [request.url]


def test_a_code_before_the_camera_is_answered(
    camera: FakeCamera, scanner: Open, showcase: Showcase
) -> None:
    """It leads to the page of the pass; nothing is loaded from elsewhere, no picture is sent."""
    camera.show(scene(showcase.links["valid"].upper()))
    page = scanner()
    expect(page.get_by_role("heading", level=1)).to_have_text("Valid")


def test_a_code_with_glare_on_it_is_answered(
    camera: FakeCamera, scanner: Open, showcase: Showcase
) -> None:
    """What a lamp hides is mended by the code itself; here the content of an offline pass."""
    camera.show(glared(scene(showcase.links["revoked"])))
    page = scanner()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revoked")


def test_of_two_codes_none_is_taken(camera: FakeCamera, scanner: Open, showcase: Showcase) -> None:
    """She covers the other; nobody is answered for somebody else's pass."""
    camera.show(scene(showcase.links["valid"], showcase.links["revoked"]))
    page = scanner()
    expect(page.get_by_text("Several codes are in the picture.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scan with the camera")


def test_a_torn_code_is_not_guessed_and_the_other_ways_are_shown(
    camera: FakeCamera, scanner: Open, showcase: Showcase
) -> None:
    """After a while she is told what helps."""
    camera.show(damaged(scene(showcase.links["valid"])))
    page = scanner(
        "performance.now = ((now) => () => 10 * now())(performance.now.bind(performance))"
    )
    expect(page.get_by_text("No code has been read yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Take or choose a photo")).to_be_visible()
    expect(page.get_by_role("link", name="Type the code")).to_be_visible()


def test_a_browser_without_webassembly_scans_too(
    camera: FakeCamera, scanner: Open, showcase: Showcase
) -> None:
    """An older phone, by a reader in plain JavaScript."""
    camera.show(scene(showcase.links["ended"]))
    page = scanner(NO_WEBASSEMBLY)
    expect(page.get_by_role("heading", level=1)).to_have_text("The holder ended this share")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (NO_PERMISSION, "The camera was not allowed."),
        ("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})", "no camera"),
    ],
)
def test_without_a_camera_the_page_says_so(scanner: Open, script: str, said: str) -> None:
    """Plainly, and the other ways stand below."""
    page = scanner(script)
    expect(page.get_by_role("status")).to_contain_text(said)
    expect(page.get_by_role("link", name="Take or choose a photo")).to_be_visible()


def test_only_the_scanner_runs_webassembly(showcase: Showcase) -> None:
    """And it evaluates no text as a script either."""
    policies = {
        path: httpx2.get(f"{showcase.origin}{path}").headers["content-security-policy"]
        for path in ("/verify/scan", "/verify", "/verify/file", "/V/X")
    }
    assert "script-src 'self' 'wasm-unsafe-eval';" in policies.pop("/verify/scan")
    assert all("script-src 'self';" in one and "unsafe" not in one for one in policies.values())


@pytest.fixture
def came(showcase: Showcase) -> Came:
    """A venue with a shift, a volunteer's phone, and a learner with a card who was there once."""
    bank = showcase.bank
    registration = RegisterInstitution(kind=InstitutionKind.PROVIDER, name="市博物馆")
    museum = bank.writer.write(registration).answer.id
    shift = open_venue(bank, museum, COMMAND_LINE)["shift"]
    key = bank.keystore.make_account([])
    newcomer = Newcomer(key=key, name="示例学习者", birth_year=1956)
    owner = bank.installation.institution_id
    opening = OpenOwnAccount(
        newcomer=newcomer, bank_id=owner, password_hash=hash_password(PASSWORD, bank.entropy)
    )
    bank.writer.write(opening)
    return come(bank, museum, shift, key)


@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_a_volunteer_s_phone_checks_in_whom_its_camera_sees(
    camera: FakeCamera, showcase: Showcase, came: Came, locale: str, size: ViewportSize
) -> None:
    """One tap leads to the next person; the same card within the hour is one visit."""
    counted, following = CHECKING_IN[locale]
    camera.show(scene(came.text))
    context = camera.browser.new_context(permissions=["camera"], locale=locale, viewport=size)
    context.add_cookies([{"name": DEVICE, "value": came.cookies[DEVICE], "url": showcase.origin}])
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MILLISECONDS)
    page.goto(f"{showcase.origin}/check-in/scan")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(counted)
    expect(page.get_by_text(re.compile("^示"))).to_be_visible()
    page.get_by_role("link", name=following).click()
    expect(heading).to_have_text(counted)
    context.close()


def test_without_a_script_the_scanner_says_what_else_there_is(
    camera: FakeCamera, showcase: Showcase
) -> None:
    """A photo and a typed code need none."""
    context = camera.browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{showcase.origin}/verify/scan")
    expect(page.get_by_text("Without scripts this page cannot scan.")).to_be_visible()
    page.get_by_role("link", name="Take or choose a photo").click()
    expect(page.get_by_label("File")).to_be_visible()
    context.close()
