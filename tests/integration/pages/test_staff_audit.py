"""Measures, audit and statistics at the pages: seen before done, and looked up without a guess."""

from collections.abc import Callable

from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import AUDITOR, SCHOOL_CLERK, StaffLife

At = Callable[[str], Visitor]
MEASURES, AUDIT = "/desk/measures", "/desk/audit"


def test_a_measure_shows_whom_it_concerns_before_it_is_taken_with_a_reason(
    at_desk: At, life: StaffLife
) -> None:
    """What chooses nothing is refused at its field; what is done already is said to be nothing."""
    clerk, outcome = at_desk(SCHOOL_CLERK), life.ids["spare"]
    nothing = clerk.post(MEASURES, act="void", since="yesterday")
    assert (nothing.status_code, 'value="yesterday"' in nothing.text) == (422, True)
    assert 'href="#outcomes"' in clerk.post(MEASURES, act="void").text
    chosen = {"act": "suspended", "outcomes": f"{outcome}\r\n"}
    preview = clerk.post(MEASURES, **chosen)
    assert (preview.status_code, "of 1 learner" in preview.text) == (200, True)
    unreasoned = clerk.post(MEASURES, **chosen, confirmed="yes")
    assert (unreasoned.status_code, 'href="#reason"' in unreasoned.text) == (422, True)
    assert outcome in clerk.post(MEASURES, **chosen, confirmed="change").text
    taken = clerk.post(MEASURES, **chosen, confirmed="yes", reason="复核中")
    assert taken.headers["location"].startswith(f"{MEASURES}/")
    assert "Suspend while" in clerk.get(taken.headers["location"]).text
    lifted = {"act": "lifted", "outcomes": life.ids["filing"]}
    assert "Nothing meets what you stated" in clerk.post(MEASURES, **lifted).text


def test_an_entry_is_found_by_its_place_and_an_outcome_by_its_id_with_its_history(
    at_desk: At, life: StaffLife
) -> None:
    """What is not there is said at the field; the proof is a file."""
    auditor = at_desk(AUDITOR)
    found = auditor.get(f"{AUDIT}?find={life.ids['suspended']}")
    assert "Outcome recorded" in found.text
    assert "密钥泄露" in found.text, "why it was suspended"
    place = found.text.partition(f'"{AUDIT}/')[2].partition("/")[0]
    proof = auditor.get(f"{AUDIT}/{place}/proof.txt")
    assert proof.text.startswith("c2sp.org/tlog-proof@v1")
    for wrong in ("999999999999999999999", "nothing", "0" * 32):
        answer = auditor.get(f"{AUDIT}?find={wrong}")
        assert (answer.status_code, f'value="{wrong}"' in answer.text) == (422, True)
    statistics = auditor.get("/desk/statistics").text
    assert "Checkpoint" in statistics
    assert "exactly the signed entries" in statistics
    counts = auditor.get("/desk/statistics/entries.csv")
    assert counts.text.startswith("by,of,kind,entries\r\nmonth,")
    assert "The content differs" in statistics
    assert "content-differs" not in statistics, "a reason is told in the words of its rule"
