"""Measures, audit and statistics at the pages: seen before done, and looked up without a guess."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.statistics import find_entries
from creditbank.statistics.find_entries import EntryFinder, FoundEntries
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


def test_entries_are_searched_by_kind_institution_and_day_and_each_leads_to_its_proof(
    at_desk: At, life: StaffLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a count of the statistics, too; pages lead on and back."""
    auditor = at_desk(AUDITOR)
    assert f'href="{AUDIT}?kind=rule"' in auditor.get("/desk/statistics").text
    rules = auditor.get(f"{AUDIT}?kind=rule").text
    assert ("Rule published" in rules, 'value="rule" selected' in rules) == (True, True)
    places = re.findall(rf'href="{AUDIT}\?find=(\d+)"', rules)
    assert len(places) >= 4
    assert f"{len(places)} entries found" in rules
    assert "<dd>Rule published</dd>" in auditor.get(f"{AUDIT}?find={places[0]}").text
    today = civil_day(datetime.now(UTC)).isoformat()
    school = "市职业技能学校"
    searched = f"{AUDIT}?kind=outcome&institution={life.ids['school']}&since={today}&until={today}"
    assert school in auditor.get(searched).text
    assert auditor.get(searched.replace(life.ids["school"], school)).status_code == 200
    monkeypatch.setattr("api.web.staff.entry_search.PAGE_ENTRIES", 2)
    monkeypatch.setattr("api.web.staff.audit.PAGE_ENTRIES", 2)
    first = auditor.get(f"{AUDIT}?kind=rule").text
    older = unescape(first.partition('" rel="next"')[0].rpartition('href="')[2])
    assert older == f"{AUDIT}?kind=rule&before={places[1]}"
    second = auditor.get(older).text
    assert re.findall(rf'href="{AUDIT}\?find=(\d+)"', second) == places[2:4]
    assert f'href="{AUDIT}?kind=rule&amp;" rel="first"' in second
    assert "No entry is of this kind" in auditor.get(f"{AUDIT}?kind=override").text


def test_a_search_of_a_long_ledger_goes_on_by_itself(
    at_desk: At, school_bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer reads a part; the page says how far it is, and comes to its end."""
    find = EntryFinder.find

    def find_slowly(*asked: Any, reads: int, **more: Any) -> FoundEntries:
        return find(*asked, reads=min(reads, 1), **more)

    monkeypatch.setattr(find_entries, "BLOCK", 8)
    monkeypatch.setattr(EntryFinder, "find", find_slowly)
    monkeypatch.setattr(school_bank.entry_finder, "_blocks", {})
    auditor, address = at_desk(AUDITOR), f"{AUDIT}?kind=origin&since=2001-01-01"
    shown = auditor.get(address).text
    assert ('hx-trigger="every 1s"' in shown, "Searched back to entry" in shown) == (True, True)
    for _ in range(200):
        if 'hx-trigger="every 1s"' not in shown:
            break
        shown = auditor.get(address).text
    assert "entries found" in shown or "one entry found" in shown
    assert "Searched back" not in shown


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ("kind=rules", "kind", "offered"),
        ("institution=nobody", "institution", "is not known here"),
        ("institution=市", "institution", "stands in several names, such as"),
        ("since=yesterday", "since", "YYYY-MM-DD"),
        ("until=2026-02-30", "until", "YYYY-MM-DD"),
        ("since=2026-03-02&until=2026-03-01", "until", "before the first day"),
    ],
)
def test_what_is_searched_for_wrongly_is_told_at_its_field_and_kept(
    at_desk: At, asked: str, field: str, words: str
) -> None:
    """On top and at the field; nothing is found instead."""
    answer = at_desk(AUDITOR).get(f"{AUDIT}?{asked}")
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert words in answer.text
    assert 'id="found"' not in answer.text
    for part in asked.split("&"):
        name, _, value = part.partition("=")
        assert name == "kind" or f'value="{value}"' in answer.text
