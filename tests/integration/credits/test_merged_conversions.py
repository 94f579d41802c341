"""Two accounts of one person converted one result each: after their merge it counts once."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.actor import COMMAND_LINE
from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.balances import recognised_total
from creditbank.credits.as_known import preview_as_known
from creditbank.credits.queries import find_conversions
from creditbank.credits.recognise import preview
from creditbank.credits.replay import replay
from creditbank.credits.suspend import BefallOutcome
from creditbank.credits.tables import ConversionConflictRow
from creditbank.errors import ReasonedRefusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.befall import RecordEvent
from creditbank.outcomes.events import EventKind
from tests.fixtures.merging import Two
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import HOURS_RULE, with_rule_cap
from tests.fixtures.tampering import Change, Operator
from tests.fixtures.whose import audited
from tests.integration.credits.test_duplicate_candidates import post_english

Json = dict[str, Any]
TERM = "2025春"


class Person:
    """Two accounts of one person at a bank with rules."""

    def __init__(self, recognition: Recognition, two: Two) -> None:
        self.recognition, self.two, self.bank = recognition, two, recognition.bank

    def key(self, citizen: Citizen) -> AccountKey:
        """Give the key of one of them."""
        return self.bank.keystore.get([citizen.id])[citizen.id]

    def hours(self, citizen: Citizen, class_hours: str, term: str = TERM) -> str:
        """Post class hours to one of them; of one term they are one result."""
        return self.recognition.hours(class_hours, term, citizen.account_number)

    def convert(self, citizen: Citizen, *outcomes: str, rule: str = "class-hours") -> str:
        """Have outcomes of one of them converted."""
        return self.recognition.recognise(self.key(citizen), rule, outcomes)

    def status(self, conversion: str) -> str:
        """Give the status of a conversion."""
        with self.bank.readers.reading() as connection:
            return find_conversions(connection, [conversion])[conversion].status

    def befall(self, outcome: str, kind: EventKind) -> None:
        """Let the centre suspend or lift an outcome of the survivor."""
        event = RecordEvent(
            institution_id=self.recognition.centre,
            posted_with=COMMAND_LINE,
            outcome_id=outcome,
            key=self.key(self.two.survivor),
            kind=kind,
            reason="复核",
        )
        self.bank.writer.write(BefallOutcome(event))

    def total(self) -> str:
        """Give what counts in both, from a bank that is sound and conversions that all replay."""
        assert audited(self.bank) == []
        with self.bank.readers.reading() as connection:
            assert replay(connection, self.bank.keystore).differences == ()
            return str(recognised_total(connection, *(one.id for one in self.two)))


@pytest.fixture
def person(recognition: Recognition, two: Two) -> Person:
    """One person with two accounts, at a bank with both example rules."""
    return Person(recognition, two)


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
    credits = client.get("/api/v1/accounts/me/credits", headers=two.survivor.headers).json()
    assert credits["recognised"] == "2"


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


def test_hours_of_one_result_that_the_merged_account_left_are_still_the_survivor_s(
    person: Person, merge: Callable[..., Any], part: Callable[..., Any]
) -> None:
    """Of twenty hours sixteen were used there: the last four count here, the others not again."""
    two = person.two
    outcomes = {one: person.hours(one, "20") for one in two}
    person.convert(two.merged, outcomes[two.merged])
    more = person.hours(two.survivor, "12", "2024秋")
    assert merge(two).json()["frozen"] == []
    with pytest.raises(ReasonedRefusal, match="nothing-recognised"):
        person.convert(two.survivor, outcomes[two.survivor])
    own = person.convert(two.survivor, outcomes[two.survivor], more)
    assert person.total() == "2"
    part(two)
    assert person.total() == "2"
    assert merge(two).json()["frozen"] == []
    assert person.status(own) == "recognised"


def test_what_another_provider_names_alike_counts_once_in_both_accounts(
    person: Person, merge: Callable[..., Any], part: Callable[..., Any]
) -> None:
    """T5 over two accounts: the same course of one term is a duplicate, named with its entry."""
    two, recognition = person.two, person.recognition
    other = post_english(recognition, two.merged, recognition.school, "大学英语(一)")
    outcome = post_english(recognition, two.survivor, recognition.centre, "大學 英語（Ⅰ）")
    person.convert(two.merged, other)
    merge(two)
    with pytest.raises(ReasonedRefusal, match="already-consumed"):
        person.convert(two.survivor, outcome)
    third = person.hours(two.survivor, "16")
    person.convert(two.survivor, third)
    assert person.total() == "2"
    part(two)
    person.convert(two.survivor, outcome)
    assert person.total() == "3"


def test_caps_count_what_both_accounts_have_and_not_what_is_in_conflict(
    person: Person, merge: Callable[..., Any], part: Callable[..., Any]
) -> None:
    """T10: of a cap of 6, three and three of one result leave three; apart again each has its own."""
    two, recognition = person.two, person.recognition
    capped = with_rule_cap(HOURS_RULE, "6").replace("id: class-hours", "id: capped")
    recognition.publish(RuleDocument.read(capped))
    others = [person.hours(two.survivor, "48", f"2024-{number}") for number in range(3)]
    for one in two:
        person.convert(one, person.hours(one, "48"), rule="capped")
    merge(two)
    person.convert(two.survivor, others[0], rule="capped")
    with pytest.raises(ReasonedRefusal) as refused:
        person.convert(two.survivor, others[1], rule="capped")
    assert {one.code for one in refused.value.problems} >= {"cap-rule"}
    assert person.total() == "6"
    command = recognition.command(person.key(two.survivor), "capped", [others[1]])
    today = civil_day(person.bank.clock())
    with person.bank.readers.reading() as connection:
        now = preview(connection, command, today)
        known = preview_as_known(connection, command, today, today)
    assert now.filing == known.filing
    assert str(now.filing.recognised) == "6"
    part(two)
    assert person.total() == "9"
    with pytest.raises(ReasonedRefusal):  # Her own three, and those of meanwhile.
        person.convert(two.survivor, others[1], rule="capped")


def test_what_a_merged_account_used_outside_the_bank_is_used_up_for_the_survivor(
    client: TestClient, person: Person, merge: Callable[..., Any], part: Callable[..., Any]
) -> None:
    """T10: also where only one side is a conversion: a later one is frozen, a new one refused."""
    two = person.two
    path = "/api/v1/accounts/me/outside-uses"
    for term in (TERM, "2024秋"):
        stated = {"outcome": person.hours(two.merged, "32", term), "where": "示例省学分银行"}
        assert client.post(path, json=stated, headers=two.merged.headers).status_code == 201
    later = person.convert(two.survivor, person.hours(two.survivor, "32"))
    outcome = person.hours(two.survivor, "32", "2024秋")
    [frozen] = merge(two).json()["frozen"]
    assert frozen["conversion"] == later
    with pytest.raises(ReasonedRefusal, match="already-consumed"):
        person.convert(two.survivor, outcome)
    used = client.post(
        path, json={"outcome": outcome, "where": "示例学校"}, headers=two.survivor.headers
    )
    assert used.json()["code"] == "already-consumed"
    assert person.total() == "0"
    part(two)
    person.convert(two.survivor, outcome)
    assert person.total() == "4"


def test_one_certificate_of_two_accounts_was_converted_once_before_they_are_merged(
    person: Person, merge: Callable[..., Any]
) -> None:
    """T10, T18: a certificate number is used up whoever holds it, so nothing is frozen."""
    two, school = person.two, person.recognition.school
    outcomes = {
        one: person.recognition.post(
            school,
            "",
            account_number=one.account_number,
            course="DG-3",
            awarded_on="2024-11-20",
            certificate_series="电工",
            certificate_number="示例-0001",
        )
        for one in two
    }
    targets = ["DG-101"]
    rule = "certificate-courses"
    recognise = person.recognition.recognise
    first = recognise(person.key(two.merged), rule, [outcomes[two.merged]], targets)
    with pytest.raises(ReasonedRefusal, match="already-consumed"):
        recognise(person.key(two.survivor), rule, [outcomes[two.survivor]], targets)
    assert merge(two).json()["frozen"] == []
    assert person.status(first) == "recognised"
    assert person.total() != "0"


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
