"""Courses, API keys and the way with files of an institution, at the pages."""

import re
from collections.abc import Callable

import pytest

from creditbank.access.api_keys import keys_of_institution
from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.outcomes.batches.practice import asking_two_persons
from tests.fixtures.bank import COURSES, Provider
from tests.fixtures.pages import Visitor

COURSE = {
    "code": "EEE",
    "version": "1",
    "title": "示例课程",
    "outcome_class": "formal",
    "scheme": "open-university-example",
    "credits": "3",
    "valid_from": "2024-01-01",
}


@pytest.fixture
def head(
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> Visitor:
    """The administrator of a provider at her browser."""
    return signed_in(make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR))


def test_a_course_is_added_and_submitted_by_forms(head: Visitor) -> None:
    """What is wrong is told at its field and kept; the page then says how its votes stand."""
    wrong = head.post("/desk/courses/new", **{**COURSE, "credits": "3,5", "title": ""})
    assert (wrong.status_code, 'href="#title"' in wrong.text) == (422, True)
    assert 'value="3,5"' in wrong.text
    wrong = head.post("/desk/courses/new", **{**COURSE, "credits": "3,5"})
    assert (wrong.status_code, 'href="#credits"' in wrong.text) == (422, True)

    address = head.post("/desk/courses/new", **COURSE).headers["location"]
    page = head.get(address).text
    assert ("示例课程" in page, "Not certified" in page) == (True, True)
    wrong = head.post(f"{address}/submission", valid_from="", level="x")
    assert (wrong.status_code, 'href="#valid_from"' in wrong.text) == (422, True)
    assert 'value="x"' in wrong.text
    done = head.post(f"{address}/submission", valid_from="2024-01-01", credits="3")
    assert done.headers["location"] == address
    assert "Votes: 0 for, 0 against, 0 recused; 3 have to vote." in head.get(address).text


def test_courses_are_found_by_code_or_title(head: Visitor) -> None:
    """A text that none has says so."""
    assert re.findall(r">(\w+)</a></th>", head.get("/desk/courses").text) == ["BBB", "DDD", "FFF"]
    assert re.findall(r">(\w+)</a></th>", head.get("/desk/courses?find=SOCIAL").text) == ["BBB"]
    assert "No course has this code" in head.get("/desk/courses?find=nothing").text


def test_a_catalogue_file_says_each_wrong_place_and_is_taken_whole(head: Visitor) -> None:
    """Nothing is added while one place is wrong; no file at all is told at its field."""
    right = COURSES.read_text("utf-8").replace("code: BBB", "code: GGG")
    for text, said in (
        (right.replace("2013-01-01", "2013", 1), "courses.0.valid_from"),
        ("a: [", 'href="#file"'),
        ("", 'href="#file"'),
    ):
        file = {"file": ("courses.yaml", text.encode())}
        answer = head.request("POST", "/desk/courses/file", files=file)
        assert (answer.status_code, said in answer.text) == (422, True), text[:20]
    file = {"file": ("courses.yaml", right.encode())}
    assert head.request("POST", "/desk/courses/file", files=file).status_code == 303
    assert "GGG" in head.get("/desk/courses").text


def test_a_key_is_shown_once_and_ends_after_being_asked(
    head: Visitor, bank: Bank, provider: Provider
) -> None:
    """No page shows its secret again."""
    issued = head.post("/desk/institution/api-keys")
    [key] = re.findall(r'<p class="code">(\S+)</p>', issued.text)
    assert issued.headers["cache-control"] == "no-store"
    key_id = key.split("_")[1]
    page = head.get("/desk/institution").text
    assert (key_id in page, key in page) == (True, False)
    assert "End this key?" in head.get(f"/desk/institution/api-keys/{key_id}").text
    unreasoned = head.post(f"/desk/institution/api-keys/{key_id}/end")
    assert (unreasoned.status_code, 'href="#reason"' in unreasoned.text) == (422, True)
    ended = head.post(f"/desk/institution/api-keys/{key_id}/end", reason="系统停用")
    assert ended.status_code == 303

    with bank.readers.reading() as connection:
        ended = {
            one.id: one.revoked_at for one in keys_of_institution(connection, provider.institution)
        }
    assert ended[key_id] is not None
    assert list(ended.values()).count(None) == 1


def test_the_second_person_is_asked_for_and_no_longer(
    head: Visitor, bank: Bank, provider: Provider
) -> None:
    """In effect at once."""
    own = provider.institution
    for word, asked in (("yes", {own}), ("no", set())):
        assert head.post("/desk/institution/practice", two_persons=word).status_code == 303
        with bank.readers.reading() as connection:
            assert asking_two_persons(connection, [own]) == asked
