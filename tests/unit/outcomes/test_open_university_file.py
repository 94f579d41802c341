"""The Open University's result file (OULAD, CC BY 4.0), whole, through its mapping."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
import yaml

from creditbank.catalogue.courses_file import read_courses
from creditbank.outcomes.batches.candidates import Candidate, NotAwarded, prepare
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.mapping import load_mapping
from creditbank.outcomes.batches.rows import RowProblem, read_rows
from creditbank.outcomes.posting import PostedOutcome

FOLDER = Path("examples/oulad")
Key = tuple[str, str, str]


@pytest.fixture(scope="module")
def candidates() -> Sequence[Candidate]:
    """Read the file once."""
    courses = yaml.safe_load((FOLDER / "courses.yaml").read_text("utf-8"))["courses"]
    catalogue = {
        course["code"]: {name: course[name] for name in ("credits", "hours")} for course in courses
    }
    mapping = load_mapping((FOLDER / "mapping.yaml").read_text("utf-8"))
    open_table = open_table_in(FOLDER)
    evaluator = prepare(mapping, open_table, today=date(2026, 7, 1), catalogue=catalogue)
    with open_table("studentInfo.csv") as stream:
        return [evaluator.candidate(row) for row in read_rows(stream, mapping)]


@pytest.fixture(scope="module")
def outcomes(candidates: Sequence[Candidate]) -> Mapping[Key, PostedOutcome]:
    """Give the outcomes by learner, course and term."""
    posted = [one for one in candidates if isinstance(one, PostedOutcome)]
    return {(one.learner.value, one.course, one.term): one for one in posted}


def test_every_row_is_an_outcome_or_not_awarded(candidates: Sequence[Candidate]) -> None:
    """21,943 rows = 10,012 outcomes + 11,931 not awarded + 0 problems."""
    counts = Counter(type(one) for one in candidates)
    assert len(candidates) == 21_943
    assert counts == {PostedOutcome: 10_012, NotAwarded: 11_931}
    assert counts[RowProblem] == 0


def test_no_outcome_is_posted_twice(outcomes: Mapping[Key, PostedOutcome]) -> None:
    """10,012 outcomes of 10,006 learners: six passed two courses or terms."""
    assert len(outcomes) == 10_012
    assert len({learner for learner, _, _ in outcomes}) == 10_006


@pytest.mark.parametrize(
    ("key", "grade"),
    [
        # (5·59 + 18·(60+63+53+61+55) + 5·100) / 100 = 6051 / 100
        (("25107", "BBB", "2013B"), "60.51"),
        # (5·86 + 18·(72+86+84+80) + 280) / 80 = 6506 / 80 = 81.325
        (("2210318", "BBB", "2013B"), "81.33"),
        # One score is blank: (5·67 + 18·(76+60+77) + 380) / 63 = 4549 / 63 = 72.2063…
        (("502717", "BBB", "2013B"), "72.21"),
        # With weights of 7.5 and 12.5, and the exam of weight 100: 16250 / 200
        (("103904", "DDD", "2013B"), "81.25"),
    ],
)
def test_grades_are_the_means_worked_out_by_hand(
    outcomes: Mapping[Key, PostedOutcome], key: Key, grade: str
) -> None:
    """Half up to 1/100, over the scored assessments with weight."""
    assert (outcomes[key].grade, outcomes[key].grade_scale) == (grade, "percent")


@pytest.mark.parametrize(
    ("key", "day"),
    [
        (("25107", "BBB", "2013B"), "2013-09-29"),  # 1 February 2013 + 240 days
        (("103904", "DDD", "2013B"), "2013-09-29"),
    ],
)
def test_a_result_is_awarded_when_the_presentation_ends(
    outcomes: Mapping[Key, PostedOutcome], key: Key, day: str
) -> None:
    """The start of the presentation and its length in days."""
    assert str(outcomes[key].awarded_on) == day


def test_the_example_catalogue_has_the_three_modules() -> None:
    """The course file beside the data is one that the bank takes in."""
    schemes, definitions = read_courses((FOLDER / "courses.yaml").read_text("utf-8"), "ou")
    assert [definition.code for definition in definitions] == ["BBB", "DDD", "FFF"]
    assert [scale.id for scale in schemes[0].grade_scales] == ["percent", "two-level"]
