"""From an empty bank to an employer's verdict, through pages only: no command, and no program.

The operator has founded the bank and holds the administrator's first password.
"""

import re
import time
from base64 import b32decode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, Page, ViewportSize, expect

from api.app import create_app
from creditbank.access.second_factors import SHA1_OF_APPS
from creditbank.bank import open_bank
from creditbank.founding import ADMINISTRATOR, init_bank
from creditbank.settings import Settings
from tests.fixtures.showcase import served
from tests.fixtures.shown_pages import WAYS

CATALOGUE = Path(__file__).parents[2] / "examples" / "city" / "elderly.yaml"
PASSWORD = "三个只有我知道的词"
CLERK, SCHOOL = "clerk-1", "社区老年学校"
TIMEOUT_MILLISECONDS = 15_000
STEP_SECONDS = 30


@dataclass(frozen=True)
class Founded:
    """A served bank in which nobody has done anything yet."""

    origin: str
    password: str


@pytest.fixture
def founded(tmp_path: Path) -> Iterator[Founded]:
    """An empty bank."""
    settings = Settings(data_dir=tmp_path)
    founding = init_bank(settings)
    with closing(open_bank(settings)) as bank, served(create_app(bank)) as origin:
        yield Founded(origin, str(founding.password))


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{way[1]['width']}")
def visit(
    request: pytest.FixtureRequest, browser: Browser, founded: Founded
) -> Iterator[Callable[[], Page]]:
    """Give each person a browser of her own, in one language and size.

    In 中文 nothing runs in the browser.
    """
    locale, size = request.param
    contexts = []

    def make() -> Page:
        viewport: ViewportSize = size
        context = browser.new_context(
            base_url=founded.origin,
            locale=locale,
            viewport=viewport,
            java_script_enabled=locale != "zh-CN",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MILLISECONDS)
        return page

    yield make
    for context in contexts:
        context.close()


def submit(page: Page, path: str, **fields: str) -> None:
    """Fill fields of the form that is posted there, and send it."""
    form = page.locator(f"form[action='{path}']")
    for name, text in fields.items():
        form.locator(f"[name={name}]").fill(text)
    form.locator("button").first.click()


def log_in(page: Page, login: str, password: str) -> None:
    """Log in; staff set their phone up, whose code the page asks for."""
    page.goto("/login")
    submit(page, "/login", login=login, password=password)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.content())
    if secret is not None:
        code = TOTP(b32decode(secret[1].replace(" ", "")), 6, SHA1_OF_APPS, STEP_SECONDS)
        submit(page, "/login/code", code=code.generate(int(time.time())).decode())
        expect(page).to_have_url(re.compile("/desk$"))


def register_school(page: Page) -> str:
    """Register a school and let a clerk of its log in; gives the clerk's password."""
    page.goto("/desk/institutions/new")
    page.locator("[name=kind][value=provider]").check()
    submit(page, "/desk/institutions/new", name=SCHOOL, name_en="Community school")
    page.locator("a.back").click()
    page.locator("a[href$='/staff']").click()
    page.locator("[name=roles][value=clerk]").check()
    submit(page, page.url.removeprefix(page.evaluate("location.origin")), name=CLERK)
    return page.locator(".code").last.inner_text()


def hand_in(page: Page, account: str) -> None:
    """Add the courses by a file, and hand in one result that is checked before."""
    page.goto("/desk/courses/file")
    page.locator("#file").set_input_files(CATALOGUE)
    submit(page, "/desk/courses/file")
    expect(page).to_have_url(re.compile("/desk/courses$"))
    rows = f"账户号,课程代码,学期,结果,学分,获得日期\r\n{account},SF-1,2026春,合格,2,2026-06-30\r\n"
    page.goto("/desk/batches/new")
    file = {"name": "results.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-8-sig")}
    page.locator("#file").set_input_files([file])  # type: ignore[list-item]  # as the library reads it
    submit(page, "/desk/batches/new")
    page.locator("form[action$='/record'] button").first.click(timeout=2 * TIMEOUT_MILLISECONDS)
    expect(page).to_have_url(re.compile("/desk/batches/[0-9a-f]+$"))


def test_from_an_empty_bank_to_an_employer_s_verdict(
    visit: Callable[[], Page], founded: Founded
) -> None:
    """She opens her account, a school is registered and posts, she shares, and it is verified."""
    learner, administrator, clerk, employer = visit(), visit(), visit(), visit()
    learner.goto("/open")
    submit(learner, "/open", name="示例学习者", password=PASSWORD)
    account = re.sub(r"\D", "", learner.locator(".big-number").inner_text())

    log_in(administrator, ADMINISTRATOR, founded.password)
    log_in(clerk, CLERK, register_school(administrator))
    hand_in(clerk, account)

    learner.goto("/me")
    expect(learner.locator(".timeline a").first).to_be_visible()
    learner.goto("/me/passes/new")
    learner.locator("[name=outcomes]").first.check()
    submit(learner, "/me/passes/new")
    expect(learner.get_by_role("status")).to_be_visible()
    code = learner.locator(".record .code").first.inner_text()

    employer.goto("/verify")
    submit(employer, "/verify", code=code)
    expect(employer.get_by_role("heading", level=1)).to_contain_text(re.compile("有效|Valid"))
    for signed in ("书法基础", SCHOOL):
        expect(employer.get_by_text(signed).first).to_be_visible()
