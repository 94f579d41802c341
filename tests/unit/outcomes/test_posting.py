from datetime import date

import pytest

from creditbank.conversion.amounts import ClassHours, Credits, StudyTime
from creditbank.errors import InvalidInput
from creditbank.outcomes.learner_reference import AttemptKind, LearnerReference
from creditbank.outcomes.posting import Certificate, identity_problems, parse_posting

TODAY = date(2026, 7, 1)
PLAIN: dict[str, str | None] = {
    "learner": "20230001",
    "course": "BBB",
    "term": "2024春",
    "result": "合格",
    "credits": "3",
    "awarded_on": "2024-06-30",
}


def problems(**changes: str | None) -> set[tuple[str, str]]:
    """Give what is wrong with the plain posting once it is changed."""
    with pytest.raises(InvalidInput) as refused:
        parse_posting({**PLAIN, **changes}, today=TODAY)
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_a_plain_posting_is_read_with_a_first_attempt() -> None:
    """What is not stated is absent; the attempt is the first."""
    posted = parse_posting(PLAIN, today=TODAY)
    assert posted.learner == LearnerReference(
        kind="learner_number", value="20230001", name=None, birth_year=None
    )
    assert (posted.attempt, posted.attempt_kind) == (1, AttemptKind.FIRST)
    assert posted.credits == Credits(milli=3000)
    assert (posted.class_hours, posted.hours, posted.certificate) == (None, None, None)
    assert (posted.grade, posted.course_version) == (None, None)


def test_a_full_posting_keeps_every_field_as_it_was_sent() -> None:
    """Nothing is normalised."""
    posted = parse_posting(
        {
            **PLAIN,
            "learner": "",
            "account_number": "A-1",
            "learner_name": "Ａnna  阿依古丽·买买提",
            "course_version": "2",
            "attempt": "2",
            "attempt_kind": "resit",
            "grade": "86.50",
            "grade_scale": "percent",
            "class_hours": "32",
            "hours": "1.25",
            "awarded_on": "2024-06",
            "certificate_series": "ＨＳＫ",
            "certificate_number": "No. 1",
            "certificate_level": "５级",
        },
        today=TODAY,
    )
    assert posted.learner.kind == "account_number"
    assert posted.learner.name == "Ａnna  阿依古丽·买买提"
    assert (posted.attempt, posted.attempt_kind, posted.grade) == (2, AttemptKind.RESIT, "86.50")
    assert posted.class_hours == ClassHours(milli=32_000)
    assert posted.hours == StudyTime(minutes=75)
    assert str(posted.awarded_on) == "2024-06"
    assert posted.certificate == Certificate(series="ＨＳＫ", number="No. 1", level="５级")


def test_a_certificate_stands_in_for_an_amount() -> None:
    """A certificate's credit may be decided later."""
    posted = parse_posting(
        {**PLAIN, "credits": None, "certificate_series": "1+X", "certificate_number": "7"},
        today=TODAY,
    )
    assert posted.credits is None
    assert posted.certificate is not None


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("course", None, "field-missing"),
        ("term", "", "field-missing"),
        ("result", None, "field-missing"),
        ("awarded_on", "", "field-missing"),
        ("learner", None, "learner-missing"),
        ("account_number", "A-1", "learner-ambiguous"),
        ("credits", None, "amount-missing"),
        ("credits", "-3", "amount-negative"),
        ("credits", "three", "amount-unreadable"),
        ("credits", "0.1234", "amount-too-fine"),
        ("class_hours", "100001", "amount-too-large"),
        ("hours", "0.01", "amount-not-whole-minutes"),
        ("attempt", "0", "attempt-unreadable"),
        ("attempt", "01", "attempt-unreadable"),
        ("attempt", "100", "attempt-unreadable"),
        ("attempt", "first", "attempt-unreadable"),
        ("attempt", "²", "attempt-unreadable"),
        ("attempt_kind", "补考", "attempt-kind-unknown"),
        ("awarded_on", "2024-02-30", "date-impossible"),
        ("awarded_on", "30.6.2024", "date-unreadable"),
        ("awarded_on", "2027-01-01", "date-in-future"),
        ("awarded_on", "1800", "date-too-early"),
        ("result", "合" * 41, "text-too-long"),
        ("course", "B\tB", "text-control-character"),
        ("course", "BBB\N{ZERO WIDTH SPACE}", "text-control-character"),
        ("learner_name", "\N{RIGHT-TO-LEFT OVERRIDE}anna", "text-control-character"),
        ("term", "2024\N{LINE SEPARATOR}", "text-control-character"),
        ("result", "\x00", "text-control-character"),
        ("result", "\ud800", "text-control-character"),
        ("learner", " 20230001", "text-outer-space"),
        ("learner", "２０２３", "digits-full-width"),
        ("term", "２０２４春", "digits-full-width"),
        ("credits", "３", "digits-full-width"),
        ("awarded_on", "２０２４", "digits-full-width"),
        ("learner", "3.10105E+17", "number-exponent-form"),
        ("grades", "A", "field-unknown"),
        ("grades", "", "field-unknown"),
        ("certificate_series", "1+X", "field-missing"),
    ],
)
def test_one_wrong_field_is_refused_by_one_problem(field: str, text: str | None, code: str) -> None:
    """The problem names the field as it was sent, and a code with a remedy."""
    named = {"account_number": "learner", "certificate_series": "certificate_number"}
    assert problems(**{field: text}) == {(named.get(field, field), code)}


def test_an_unknown_kind_of_attempt_is_refused_with_the_known_ones() -> None:
    """The remedy can list them."""
    with pytest.raises(InvalidInput) as refused:
        parse_posting({**PLAIN, "attempt_kind": "补考"}, today=TODAY)
    (problem,) = refused.value.problems
    assert problem.facts["known"] == ("first", "resit", "retake", "deferred", "recognised")


def test_every_wrong_field_is_named_at_once() -> None:
    """A clerk mends a row in one go."""
    assert problems(
        learner="", course="B\n", result="", credits="3,5", awarded_on="today", extra="x"
    ) == {
        ("learner", "learner-missing"),
        ("course", "text-control-character"),
        ("result", "field-missing"),
        ("credits", "amount-unreadable"),
        ("awarded_on", "date-unreadable"),
        ("extra", "field-unknown"),
    }


@pytest.mark.parametrize("name", ["𬭎", "\U0002ebf0", "\ue000", "می\u200cخواهم"])
def test_a_name_with_rare_private_or_joined_characters_is_kept(name: str) -> None:
    """Names come before Unicode tables: unassigned and private characters are let through."""
    assert parse_posting({**PLAIN, "learner_name": name}, today=TODAY).learner.name == name


def test_identity_is_checked_alone_where_nothing_was_awarded() -> None:
    """Only whose result it is, of which course and term."""
    sound = {"learner": "1", "course": "B", "term": "T", "credits": "x"}
    assert identity_problems(sound, today=TODAY) == []
    found = identity_problems({"course": "B\t"}, today=TODAY)
    assert {(one.field, one.code) for one in found} == {
        ("learner", "learner-missing"),
        ("course", "text-control-character"),
        ("term", "field-missing"),
    }


@pytest.mark.parametrize("year", ["1899", "2999", "58", "一九五八", "-195"])
def test_a_year_of_birth_is_that_of_a_living_person(year: str) -> None:
    """It is what an account is claimed by, so a typing error must not pass."""
    with pytest.raises(InvalidInput) as refusal:
        parse_posting({**PLAIN, "learner_birth_year": year}, today=TODAY)
    assert [one.field for one in refusal.value.problems] == ["learner_birth_year"]
