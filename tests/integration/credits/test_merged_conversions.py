"""Two accounts of one person converted one result each: after their merge it counts once."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import IssueApiKey
from creditbank.access.roles import Role
from creditbank.credits.examine import examine_opened
from creditbank.credits.queries import find_conversions
from creditbank.credits.tables import ConversionConflictRow
from creditbank.errors import ReasonedRefusal
from creditbank.outcomes.events import EventKind
from tests.fixtures.merged_credit import TERM, Person
from tests.fixtures.merging import Two
from tests.fixtures.people import Citizen
from tests.fixtures.tampering import Change, Operator
from tests.fixtures.whose import audited


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job leaves reviews to the test."""
    monkeypatch.setattr("creditbank.jobs.batch_worker.examine_opened", lambda _: None)


@pytest.mark.parametrize("first", ["merged", "survivor"])
def test_of_one_result_that_both_accounts_converted_the_later_conversion_is_frozen(
    client: TestClient, person: Person, merge: Callable[..., Any], first: str
) -> None:
    """T10: whichever was later is frozen, nothing is deleted, and she reads why."""
    two = person.two
    order = two if first == "merged" else (two.survivor, two.merged)
    outcomes = {one: person.hours(one, "32") for one in two}
    counts, later = (person.convert(one, outcomes[one]) for one in order)
    assert person.total() == "4"

    answer = merge(two)

    assert answer.status_code == 201, answer.text
    with person.bank.readers.reading() as connection:
        entry = find_conversions(connection, [counts])[counts].entry_index
    assert answer.json()["frozen"] == [{"conversion": later, "counts": [entry]}]
    assert (person.status(counts), person.status(later)) == ("recognised", "frozen")
    assert person.total() == "2"
    read = client.get(f"/api/v1/conversions/{later}", headers=two.survivor.headers).json()
    [why] = read["conflicts"]
    assert (read["status"], read["credits"], why["counts_entry"]) == ("frozen", "2", entry)
    read = client.get(f"/api/v1/conversions/{counts}", headers=two.survivor.headers).json()
    assert (read["status"], read["conflicts"]) == ("recognised", [])
    notices = client.get("/api/v1/accounts/me/notices", headers=two.survivor.headers).json()
    told = [one for one in notices["notices"] if one["subject"] == "conversion-in-conflict"]
    assert len(told) == 1
    assert f"entry {entry}" in told[0]["text"]
    balance = client.get("/api/v1/accounts/me/credits", headers=two.survivor.headers).json()
    assert balance["recognised"] == "2"


def test_merging_again_says_the_same_and_parting_lets_both_count_as_before(
    person: Person, merge: Callable[..., Any], part: Callable[..., Any]
) -> None:
    """T10: a merge can be undone; merged once more the same one is frozen."""
    two = person.two
    counts, later = (person.convert(one, person.hours(one, "32")) for one in two)
    first = merge(two).json()
    assert merge(two).json() == first
    assert person.total() == "2"

    assert part(two).status_code == 201

    assert [person.status(one) for one in (counts, later)] == ["recognised", "recognised"]
    assert person.total() == "4"
    assert merge(two).json() == first
    assert person.status(later) == "frozen"
    assert person.total() == "2"


def test_staff_reverse_a_conversion_in_conflict_and_parting_does_not_bring_it_back(
    client: TestClient,
    person: Person,
    merge: Callable[..., Any],
    part: Callable[..., Any],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """T10: the door of appeals takes it, and what it used stays used up by the other account."""
    two = person.two
    outcome = person.hours(two.survivor, "32")
    person.convert(two.merged, person.hours(two.merged, "32"))
    later = person.convert(two.survivor, outcome)
    merge(two)
    path = f"/api/v1/conversions/{later}/reversal"
    school = make_staff(person.recognition.school, Role.CHECKER)
    answer = client.post(path, json={"text": "同一成果已转换"}, headers=school)
    assert answer.status_code == 201, answer.text
    assert person.total() == "2"
    with pytest.raises(ReasonedRefusal, match="already-consumed"):
        person.convert(two.survivor, outcome)
    part(two)
    assert person.status(later) == "reversed"
    assert person.total() == "2"
    person.convert(two.survivor, outcome)
    assert person.total() == "4"


def test_a_conversion_in_conflict_stays_frozen_when_its_outcome_is_no_longer_suspended(
    person: Person, merge: Callable[..., Any], part: Callable[..., Any]
) -> None:
    """Two reasons to be frozen: it counts again when neither is left."""
    two = person.two
    person.convert(two.merged, person.hours(two.merged, "32"))
    outcome = person.hours(two.survivor, "32")
    later = person.convert(two.survivor, outcome)
    merge(two)
    person.befall(outcome, EventKind.SUSPENDED)
    person.befall(outcome, EventKind.LIFTED)
    assert person.status(later) == "frozen"
    person.befall(outcome, EventKind.SUSPENDED)
    part(two)
    assert person.status(later) == "frozen"
    assert person.total() == "2"
    person.befall(outcome, EventKind.LIFTED)
    assert person.status(later) == "recognised"
    assert person.total() == "4"


def test_three_accounts_of_one_person_keep_the_earliest_use_whoever_is_parted(
    person: Person,
    make_citizen: Callable[[], Citizen],
    merge: Callable[..., Any],
    part: Callable[..., Any],
) -> None:
    """T10: once the earliest is apart again the second counts, and the third stays frozen."""
    two, third = person.two, make_citizen()
    made = [person.convert(one, person.hours(one, "32")) for one in (two.merged, third)]
    made.append(person.convert(two.survivor, person.hours(two.survivor, "32")))
    merge(two)
    merge(Two(third, two.survivor))
    assert [person.status(one) for one in made] == ["recognised", "frozen", "frozen"]
    assert person.total() == "2"
    part(two)
    assert [person.status(one) for one in made] == ["recognised", "recognised", "frozen"]
    assert audited(person.bank) == []


def test_a_correction_in_the_merged_account_is_examined_and_holds_no_other_review_up(
    client: TestClient, person: Person, merge: Callable[..., Any], asleep: None
) -> None:
    """T11 after T10: what gives the same is made anew there, though nobody files there any more."""
    del asleep
    two, bank = person.two, person.bank
    outcome = person.hours(two.merged, "32")
    made = person.convert(two.merged, outcome)
    merge(two)
    key = bank.writer.write(IssueApiKey(institution_id=person.recognition.centre)).answer
    body = {
        "course": "SF-1", "term": TERM, "result": "合格", "awarded_on": "2025-06-29",
        "class_hours": "32", "reason": "录入错误",
    }  # fmt: skip
    path = f"/api/v1/outcomes/{outcome}/correction"
    answer = client.post(path, json=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text
    examine_opened(bank)
    assert person.status(made) == "reversed"
    assert person.total() == "2"


def test_a_changed_conflict_is_found(person: Person, merge: Callable[..., Any]) -> None:
    """T10: every column, and a conflict that is not there any more."""
    two = person.two
    for one in two:
        person.convert(one, person.hours(one, "32"))
    merge(two)
    assert audited(person.bank) == []
    operator = Operator(person.bank)
    for column in sorted(ConversionConflictRow.model_fields.keys() - {"until"}):
        with operator.changed(Change("conversion_conflict", column)):
            found = [str(one) for one in audited(person.bank)]
            assert any("conversion_conflict" in one for one in found), column
    operator.run("UPDATE conversion_conflict SET until = since + 1")
    operator.run("UPDATE conversion SET status = 'recognised'")
    assert any("until is not" in str(one) for one in audited(person.bank))
    operator.run("DELETE FROM conversion_conflict")
    assert any("conversion_conflict" in str(one) for one in audited(person.bank))
    operator.close()
