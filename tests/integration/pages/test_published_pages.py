"""What everybody reads: ledger, rules and programmes, and that it is what was published."""

import hashlib
import re
from datetime import timedelta
from html import unescape

from fastapi.testclient import TestClient

from api.rule_words.pages import rule_page
from api.web.published.rules import PAGE_RULES
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.conversion.rule_file import RuleDocument
from tests.fixtures.employer_shown import publish
from tests.fixtures.pages import Visitor
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import HOURS_RULE

HOURS = "/rules/class-hours/1"


def test_the_ledger_s_page_says_what_its_checkpoint_says(
    client: TestClient, visitor: Visitor, recognition: Recognition
) -> None:
    """Size, root and name are those of the signed note; the keys those that sign it."""
    del recognition
    before = client.get("/ledger/checkpoint").text
    page = unescape(visitor.get("/ledger").text)
    after = client.get("/ledger/checkpoint").text
    # One may be published between two looks.
    notes = [note.splitlines()[:3] for note in (before, after)]
    assert any(
        all(words in page for words in (origin, f"<dd>{size}</dd>", root))
        for origin, size, root in notes
    )
    assert all(key in page for key in client.get("/ledger/vkey").text.split())


def test_a_rule_s_page_is_the_page_that_is_signed_and_its_hash_that_of_the_document(
    client: TestClient, visitor: Visitor, recognition: Recognition
) -> None:
    """As `rules print` says it; the published bytes have the hash that the page shows."""
    stored = recognition.rules["class-hours"]
    page = unescape(visitor.get(HOURS).text)
    assert rule_page(RuleDocument.read(HOURS_RULE)) in page
    assert f"<dd>{stored.entry_index}</dd>" in page
    shown = set(re.findall(r"\b[0-9a-f]{64}\b", page))
    assert shown == {
        hashlib.sha256(client.get(f"/ledger/object/{stored.sha256}").content).hexdigest()
    }
    assert "In force" in page


def test_english_is_read_first_and_the_signed_chinese_is_folded_below(
    visitor: Visitor, recognition: Recognition
) -> None:
    """A page in 中文 has the signed wording alone; names in English are marked as 中文."""
    signed = rule_page(RuleDocument.read(HOURS_RULE))
    page = visitor.get(HOURS).text
    for line in (
        "every 16 class hours in all give 1 credit, down to a multiple of 0.5 credits",
        "Use: an outcome, or the same part of it, counts once and is not used again",
        'Founded on: <span lang="zh-CN">',
    ):
        assert line in page
    assert page.index("Founded on:") < page.index("<details><summary>") < page.index(signed)
    visitor.headers["Accept-Language"] = "zh"
    chinese = visitor.get(HOURS).text
    assert signed in chinese
    assert "<details><summary>" not in chinese
    del recognition


def test_which_version_is_in_force_is_said_of_each(
    visitor: Visitor, recognition: Recognition
) -> None:
    """One that begins tomorrow is not yet, and one that was replaced is no longer."""
    tomorrow = civil_day(recognition.bank.clock()) + timedelta(days=1)
    for version, first in (("2", "2020-01-01"), ("3", tomorrow.isoformat())):
        follows = f'version: "{version}"\nsupersedes: "{int(version) - 1}"'
        text = HOURS_RULE.replace('version: "1"', follows).replace("2010-01-01", first)
        # Its cases are filed in a year in which the last version does not count yet.
        recognition.publish(RuleDocument.read(text.replace("filed_on: 2026", "filed_on: 2099")))
    said = {"1": "No longer in force", "2": ">In force<", "3": "Not yet in force"}
    for version, words in said.items():
        assert words in visitor.get(f"/rules/class-hours/{version}").text
    assert "replaces version 2" in visitor.get("/rules/class-hours/3").text
    listed = visitor.get("/rules").text
    assert [listed.index(f"class-hours/{version}") for version in "321"] == sorted(
        listed.index(f"class-hours/{version}") for version in "321"
    )


def test_a_long_list_of_rules_has_pages(visitor: Visitor, recognition: Recognition) -> None:
    """A page that is none is the first, one beyond the last is the last."""
    for number in range(PAGE_RULES):
        text = HOURS_RULE.replace("id: class-hours", f"id: hours-{number:03}")
        recognition.publish(RuleDocument.read(text))
    first = visitor.get("/rules").text
    assert first.count("<tr>") == PAGE_RULES + 1
    assert 'href="/rules?page=2" rel="next"' in first
    last = visitor.get("/rules?page=99").text
    assert last.count("<tr>") == 2 + 1
    none = visitor.get("/rules?page=x").text
    assert none.replace("/rules%3Fpage%3Dx", "/rules") == first, "but for the way back to it"
    sought = visitor.get("/rules", params={"q": "HOURS- 003"}).text
    assert re.findall(r"/rules/([\w-]+)/", sought) == ["hours-003"]
    assert "q=hours&amp;page=2" in visitor.get("/rules", params={"q": "hours"}).text
    assert "No published rule is called so" in visitor.get("/rules", params={"q": "none"}).text


def test_an_unknown_rule_or_programme_is_told_by_a_page(visitor: Visitor) -> None:
    """In a person's words."""
    for path in ("/rules/none/1", "/programmes/none"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")


def test_where_nothing_is_published_the_pages_say_what_to_do(visitor: Visitor) -> None:
    """A bank on its first day."""
    for path in ("/rules", "/programmes"):
        assert 'class="empty"' in visitor.get(path).text


def test_a_programme_s_page_shows_its_plan(bank: Bank, visitor: Visitor) -> None:
    """Categories, courses with how they are filled, and what is allowed at most."""
    programme = publish(bank)["programme"]
    assert f'href="/programmes/{programme}"' in visitor.get("/programmes").text
    page = visitor.get(f"/programmes/{programme}").text
    for words in (
        "City Open College",
        "公共基础课",
        "数据库应用",
        "must be taken",
        "in parts",
        "No more than 50% of the credits of the plan (down to a multiple of 0.5 credits)",
    ):
        assert words in page
    visitor.headers["Accept-Language"] = "zh"
    assert "本专业计入合计不超过" in visitor.get(f"/programmes/{programme}").text
