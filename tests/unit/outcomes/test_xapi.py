import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.errors import InvalidInput
from creditbank.outcomes.xapi.read import Completion, NoResult, Voiding, compared, read_statement
from creditbank.outcomes.xapi.source import load_source, read_source, source_content

SAMPLES = Path(__file__).parents[2] / "fixtures" / "xapi"
NOW = datetime(2024, 6, 30, 17, tzinfo=UTC)
SOURCE = """
format: creditbank/xapi-source/v1
home_page: http://www.example.com
activities: {"http://www.example.com/moodle/course/view.php?id=1": C1}
activity_prefix: http://www.example.com/course/
terms:
  - {term: 2024春, first_day: 2024-02-01, last_day: 2024-06-30}
  - {term: 2024秋, first_day: 2024-07-01, last_day: 2025-01-31}
result: 合格
grade_scale: percent
"""
SOURCES = {"http://www.example.com": load_source(SOURCE)}
STATEMENT: dict[str, Any] = {
    "id": "d1eec41f-1e93-4ed6-acbf-5c4bd0c24269",
    "actor": {"account": {"homePage": "http://www.example.com", "name": "20230001"}},
    "verb": {"id": "http://id.tincanapi.com/verb/completed"},
    "object": {"id": "http://www.example.com/moodle/course/view.php?id=1"},
}


def refused(**changes: Any) -> list[tuple[str, str]]:
    """Give what is wrong with a statement."""
    with pytest.raises(InvalidInput) as refusal:
        read_statement({**STATEMENT, **changes}, SOURCES, NOW)
    return [(problem.field, problem.code) for problem in refusal.value.problems]


def test_a_completion_without_result_is_a_posting_by_the_declared_source() -> None:
    """As Moodle sends it; the day is the civil one, and with it the term."""
    assert read_statement(STATEMENT, SOURCES, NOW) == Completion(
        id=STATEMENT["id"],
        fields={
            "learner": "20230001",
            "course": "C1",
            "term": "2024秋",
            "result": "合格",
            "awarded_on": "2024-07-01",
        },
    )


def test_a_raw_score_of_a_hundred_is_a_grade_where_the_source_says_its_scale() -> None:
    """Any other score is left out, never rescaled."""
    for score, grade in (({"raw": 81.5, "min": 0, "max": 100}, "81.5"), ({"scaled": 0.8}, None)):
        reading = read_statement({**STATEMENT, "result": {"score": score}}, SOURCES, NOW)
        assert isinstance(reading, Completion)
        assert reading.fields.get("grade") == grade


@pytest.mark.parametrize("result", [{"success": False}, {"completion": False}])
def test_what_was_not_achieved_is_no_result(result: dict[str, bool]) -> None:
    """Whatever the verb says."""
    assert isinstance(read_statement({**STATEMENT, "result": result}, SOURCES, NOW), NoResult)


def test_published_samples_are_understood() -> None:
    """From the specification (Apache-2.0): failed, voided; completed by a mailbox is refused."""
    failed, voided, completed = (
        json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
        for name in ("failed", "voided", "completed")
    )
    assert isinstance(read_statement(failed, SOURCES, NOW), NoResult)
    identified = {**voided, "id": STATEMENT["id"]}
    assert read_statement(identified, SOURCES, NOW) == Voiding(
        id=STATEMENT["id"], target="e05aa883-acaf-40ad-bf54-02c8ce485fb0"
    )
    with pytest.raises(InvalidInput) as refusal:
        read_statement(completed, SOURCES, NOW)
    assert refusal.value.problems[0].code == "actor-account-missing"


def test_every_wrong_place_is_named() -> None:
    """With one problem for each."""
    assert refused(id="7", object={"id": "http://elsewhere"}) == [
        ("id", "statement-id-wrong"),
        ("object.id", "activity-unknown"),
    ]
    assert refused(verb={"id": "http://example.com/viewed"})[0] == ("verb.id", "verb-unknown")
    assert refused(actor={"account": {"homePage": "http://other", "name": "1"}}) == [
        ("actor.account.homePage", "home-page-unknown")
    ]
    for timestamp in (
        "2024-06-30T08:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ):
        assert refused(timestamp=timestamp) == [("timestamp", "timestamp-unreadable")]
    assert refused(timestamp="2020-06-30T08:00:00Z") == [("timestamp", "term-undeclared")]
    void = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    assert refused(verb=void) == [("object", "statement-target-wrong")]


def test_the_activity_prefix_leads_to_the_course_code() -> None:
    """Where activities are numbered as the courses are."""
    moved = {**STATEMENT, "object": {"id": "http://www.example.com/course/BBB"}}
    reading = read_statement(moved, SOURCES, NOW)
    assert isinstance(reading, Completion)
    assert reading.fields["course"] == "BBB"


def test_what_the_receiver_sets_is_not_compared() -> None:
    """As the specification says of immutability."""
    received = {**STATEMENT, "stored": "2024", "authority": {}, "version": "1.0.3"}
    assert compared(received) == STATEMENT


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2024-07-01", "2024-06-30", "source-terms-overlap"),
        ("2024-07-01", "2026-07-01", "source-terms-overlap"),
        ("2024-07-01", "2024-02-31", "date-impossible"),
        ("source/v1", "source/v2", "source-wrong"),
        ("grade_scale", "scale", "source-wrong"),
    ],
)
def test_a_source_that_does_not_fit_is_refused(old: str, new: str, code: str) -> None:
    """Before any statement comes."""
    with pytest.raises(InvalidInput) as refusal:
        load_source(SOURCE.replace(old, new))
    assert refusal.value.problems[0].code == code


def test_a_source_comes_back_as_it_was_stored() -> None:
    """It is kept as JSON."""
    source = SOURCES["http://www.example.com"]
    assert read_source(json.loads(json.dumps(source_content(source)))) == source


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["id", "actor", "verb", "object", "timestamp", "result"]), JSON)
def test_any_statement_is_read_or_refused(name: str, value: Any) -> None:
    """Never another error."""
    try:
        read_statement({**STATEMENT, name: value}, SOURCES, NOW)
    except InvalidInput:
        return
