"""What becomes of institutions at the pages: asked, checked against what hangs on it, done once."""

from collections.abc import Callable

from creditbank.bank import Bank
from creditbank.institutions.queries import get_institution
from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import ADMINISTRATOR, StaffLife

At = Callable[[str], Visitor]
INSTITUTIONS = "/desk/institutions"


def register(administrator: Visitor, life: StaffLife, name: str) -> str:
    """Register a branch of the school; gives its id."""
    form = {"kind": "provider", "name": name, "parent": life.ids["school"]}
    made = administrator.post(f"{INSTITUTIONS}/new", **form)
    return made.text.partition(f'href="{INSTITUTIONS}/inst-')[2].partition('"')[0]


def test_each_change_is_refused_at_its_field_and_checked_before_it_is_registered(
    at_desk: At, school_bank: Bank, life: StaffLife
) -> None:
    """What was typed is kept; the page before the last says what hangs on it."""
    administrator = at_desk(ADMINISTRATOR)
    one = f"{INSTITUTIONS}/inst-{register(administrator, life, '东区教学点')}"
    bad = {
        "renamed": ({"name": "", "since": "2026-01-01"}, "name"),
        "moved": ({"parent": "inst-0", "since": "2026-01-01"}, "parent"),
        "relocated": ({"region": "31x", "since": "2026-01-01"}, "region"),
        "coded": ({"uscc": "91310000", "since": "2026-01-01"}, "uscc"),
        "closed": ({"since": "tomorrow"}, "since"),
        "merged": ({"successors": "", "since": "2026-01-01"}, "successors"),
        "split": ({"successors": "nobody\r\nno one", "since": "2026-01-01"}, "successors"),
        "suspended": ({"reason": "复核", "since": "2026-01-01"}, "ask"),
        "resumed": ({"since": "2026-01-01"}, "since"),
    }
    for act, (form, field) in bad.items():
        assert administrator.get(f"{one}/changes/{act}").status_code == 200, act
        answer = administrator.post(f"{one}/changes/{act}", **form)
        assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True), act
        assert f'value="{form["since"]}"' in answer.text, act
    good = {
        "renamed": {"name": "东区教学中心", "since": "2026-01-01"},
        "moved": {"parent": life.ids["paused"], "since": "2026-01-02"},
        "relocated": {"region": "310101", "since": "2026-01-03"},
        "coded": {"uscc": "91350100M000100Y43", "since": "2026-01-04"},
    }
    for act, form in good.items():
        check = administrator.post(f"{one}/changes/{act}", **form)
        assert (check.status_code, "API keys" in check.text) == (200, True), act
        again = administrator.post(f"{one}/changes/{act}", **form, confirmed="change")
        assert form["since"] in again.text
        done = administrator.post(f"{one}/changes/{act}", **form, confirmed="yes")
        assert (done.status_code, done.headers["location"]) == (303, one), act
    shown = administrator.get(one).text
    assert "东区教学中心" in shown
    assert "东区教学点" in administrator.get(f"{one}?on=2025-12-31").text
    with school_bank.readers.reading() as connection:
        history = get_institution(connection, one.rpartition("/")[2])
    assert [change.act for change in history.in_order] == list(good)


def test_an_institution_ends_in_others_that_are_named_by_name_or_id(
    at_desk: At, life: StaffLife
) -> None:
    """After its end nothing more is offered."""
    administrator = at_desk(ADMINISTRATOR)
    parted, into, closed = (
        f"inst-{register(administrator, life, name)}" for name in ("西区", "西一区", "西三区")
    )
    split = f"{INSTITUTIONS}/{parted}/changes/split"
    form = {"successors": f"{into}\r\n市职业技能学校", "since": "2026-01-31"}
    check = administrator.post(split, **form).text
    assert ("西一区" in check, "This cannot be undone" in check) == (True, True)
    assert "a later change can take its place" not in check
    assert administrator.post(split, **form, confirmed="yes").status_code == 303
    ended = administrator.get(f"{INSTITUTIONS}/{parted}").text
    assert ("市职业技能学校" in ended, "changes/closed" in ended) == (True, False)
    merged = {"successors": into, "since": "2026-01-31", "confirmed": "yes"}
    answer = administrator.post(f"{INSTITUTIONS}/{parted}/changes/merged", **merged)
    assert (answer.status_code, "This institution has ended" in answer.text) == (422, True)
    merged["attempt"] = "1"
    for _ in range(2):
        answer = administrator.post(f"{INSTITUTIONS}/{closed}/changes/merged", **merged)
        assert answer.status_code == 303


def test_keys_are_listed_by_name_and_end_with_a_reason(at_desk: At, life: StaffLife) -> None:
    """A second click is shown the same key, and there is one."""
    administrator, keys = at_desk(ADMINISTRATOR), f"{INSTITUTIONS}/{life.ids['school']}/keys"
    long = administrator.post(keys, name="名" * 101)
    assert (long.status_code, 'href="#name"' in long.text) == (422, True)
    form = {"name": "图书馆系统", "attempt": "an attempt"}
    first, second = (administrator.post(keys, **form).text for _ in range(2))
    assert (first, "cbk_" in first) == (second, True)
    shown = administrator.get(keys).text
    assert shown.count(">图书馆系统<") == 1
    id_ = first.partition("cbk_")[2].partition("_")[0]
    one = f"{keys}/{id_}"
    assert "图书馆系统" in administrator.get(one).text
    unreasoned = administrator.post(f"{one}/end", reason=" ")
    assert (unreasoned.status_code, 'href="#reason"' in unreasoned.text) == (422, True)
    assert administrator.post(f"{one}/end", reason="系统停用").status_code == 303
    assert "系统停用" in administrator.get(keys).text
    assert administrator.get(one).headers["location"] == keys
