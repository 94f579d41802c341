"""The ways of who keeps the institutions and of who takes back, in a real browser."""

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.fixtures.at_desk import DESK_WAYS, At
from tests.fixtures.recognition import Recognition
from tests.fixtures.shown_pages import ServedPages
from tests.fixtures.staff_life import ADMINISTRATOR, CHECKER, pause_branch

WORDS = {
    "zh": {
        "ask": "请联系",
        "resume": "恢复提交成果",
        "see": "查看影响范围",
        "hangs": "影响范围",
        "register": "确认登记",
        "registered": "已登记",
        "posts again": "恢复提交",
        "suspend": "暂停提交成果",
        "id": "认定编号",
        "look up": "查询",
        "free": "将释放、可再次使用的成果",
        "told": "告知学习者的话",
        "check": "核对并继续",
        "reverse": "确认撤销",
        "reversed": "撤销",
        "counts no more": "已撤销，不再计入",
    },
    "en": {
        "ask": "Ask:",
        "resume": "Let it post again",
        "see": "Show whom it concerns",
        "hangs": "Whom it concerns",
        "register": "Register it so",
        "registered": "It is registered",
        "posts again": "Posting resumed",
        "suspend": "Suspend its posting",
        "id": "Id of the conversion",
        "look up": "Look it up",
        "free": "Free again to be used",
        "told": "What the learner is told",
        "check": "Check and go on",
        "reverse": "Reverse it now",
        "reversed": "It is reversed",
        "counts no more": "Reversed: it counts no more",
    },
}


@pytest.mark.parametrize(("language", "size"), DESK_WAYS)
def test_from_a_suspended_branch_to_one_that_posts_again(
    at_desk: At, served_pages: ServedPages, language: str, size: ViewportSize
) -> None:
    """It is seen with what hangs on it before it is done; what was done stands on the page."""
    words, school = WORDS[language], served_pages.ids["school"]
    paused = pause_branch(served_pages.bank, school, f"分校 {language} {size['width']}")
    administrator = at_desk(ADMINISTRATOR, language, size)
    administrator.goto("/desk/institutions")
    administrator.locator(f'a[href="/desk/institutions/{paused}"]').click()
    expect(administrator.get_by_text(words["ask"]).first).to_be_visible()
    administrator.get_by_role("link", name=words["resume"]).click()
    administrator.get_by_role("button", name=words["see"]).click()
    expect(administrator.get_by_role("heading", name=words["hangs"])).to_be_visible()
    administrator.get_by_role("button", name=words["register"]).click()
    expect(administrator.get_by_role("status")).to_contain_text(words["registered"])
    expect(administrator.locator(".timeline li").last).to_contain_text(words["posts again"])
    expect(administrator.get_by_role("link", name=words["suspend"])).to_be_visible()


@pytest.mark.parametrize(("language", "size"), DESK_WAYS)
def test_from_a_conversion_with_what_hangs_on_it_to_its_reversal(
    at_desk: At, served_pages: ServedPages, language: str, size: ViewportSize
) -> None:
    """A checker sees what becomes free again, and tells the learner why."""
    words, ids = WORDS[language], served_pages.ids
    bank, account = served_pages.bank, ids["staff_account"]
    life, key = Recognition(bank, ids["school"], ids["hours_centre"]), bank.keystore.get([account])
    term = f"{language} {size['width']}"
    hours = life.hours("16", term, account_number=key[account].number)
    conversion = life.recognise(key[account], "class-hours", [hours])
    checker = at_desk(CHECKER, language, size)
    checker.goto("/desk")
    checker.locator('.doors a[href="/desk/conversions"]').click()
    checker.get_by_label(words["id"]).fill(conversion)
    checker.get_by_role("button", name=words["look up"]).click()
    expect(checker.get_by_role("heading", name=words["free"])).to_be_visible()
    checker.get_by_label(words["told"]).fill("录入时选错了规则")
    checker.get_by_role("button", name=words["check"]).click()
    checker.get_by_role("button", name=words["reverse"]).click()
    expect(checker.get_by_role("status")).to_contain_text(words["reversed"])
    expect(checker.locator(".tag").first).to_have_text(words["counts no more"])
