"""The reversal of one conversion at the pages: what it takes back is seen before it is done."""

from collections.abc import Callable

from creditbank.bank import Bank
from creditbank.credits.queries import find_conversions, find_reversal
from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import CHECKER, DIRECTOR, StaffLife
from tests.fixtures.whose import audited

At = Callable[[str], Visitor]
FIND = "/desk/conversions"


def recognised(life: StaffLife, term: str) -> str:
    """Have hours of the learner recognised; gives the conversion."""
    hours = life.recognition.hours("16", term, account_number=life.key.number)
    return life.recognition.recognise(life.key, "class-hours", [hours])


def test_a_conversion_is_found_shown_with_what_hangs_on_it_and_taken_back_once(
    at_desk: At, school_bank: Bank, life: StaffLife
) -> None:
    """The bank's own error is said to be that, to the learner and in the ledger."""
    checker, conversion = at_desk(CHECKER), recognised(life, "2022春")
    wrong = checker.get(f"{FIND}?find=nothing")
    assert (wrong.status_code, 'value="nothing"' in wrong.text) == (422, True)
    one = checker.get(f"{FIND}?find={conversion}").headers["location"]
    assert one == f"{FIND}/{conversion}"
    assert "Free again to be used" in checker.get(one).text
    form = {"cause": "error", "text": "录入时选错了规则"}
    for bad, field in (({"cause": "other"}, "cause"), ({"text": ""}, "text")):
        refused = checker.post(f"{one}/reversal", **{**form, **bad})
        assert (refused.status_code, f'href="#{field}"' in refused.text) == (422, True)
    check = checker.post(f"{one}/reversal", **form)
    assert ("录入时选错了规则" in check.text, "Reverse it now" in check.text) == (True, True)
    changed = checker.post(f"{one}/reversal", **form, confirmed="change")
    assert "录入时选错了规则" in changed.text
    for _ in range(2):
        done = checker.post(f"{one}/reversal", **form, confirmed="yes", attempt="1")
        assert (done.status_code, done.headers["location"]) == (303, one)
    assert "Reverse it" not in checker.get(one).text
    with school_bank.readers.reading() as connection:
        assert find_conversions(connection, [conversion])[conversion].status == "reversed"
        reversal = find_reversal(connection, conversion)
    assert reversal is not None
    assert (reversal.cause, reversal.outcome_id) == ("error", None)
    assert audited(school_bank) == []


def test_who_audits_is_led_from_the_entry_to_the_conversion(at_desk: At, life: StaffLife) -> None:
    """A conversion under review is decided there."""
    director = at_desk(DIRECTOR)
    shown = director.get(f"{FIND}/{life.ids['conversion']}").text
    assert f'href="/desk/reviews/{life.ids["conversion"]}"' in shown
    place = shown.partition("<dt>Place in the ledger</dt><dd><code>")[2].partition("<")[0]
    entry = director.get(f"/desk/audit?find={place}").text
    assert f'href="{FIND}/{life.ids["conversion"]}"' in entry
