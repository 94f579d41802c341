"""After a merge a person files as one: what either account used, filled and was given counts."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.conversion.days import civil_day
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.as_known import preview_as_known
from creditbank.credits.proposals import propose_conversions
from creditbank.credits.recognise import preview
from creditbank.errors import ReasonedRefusal
from tests.fixtures.endings import ask, erase
from tests.fixtures.enrolled import RULE, enrol
from tests.fixtures.merged_credit import TERM, Person
from tests.fixtures.people import Citizen
from tests.fixtures.rules import HOURS_RULE, with_rule_cap
from tests.fixtures.whose import audited
from tests.integration.credits.test_duplicate_candidates import post_english


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
    """T10: of a cap of 6, three and three of one result leave three; apart each has its own."""
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


def test_what_the_merged_account_used_and_filled_is_proposed_no_more(
    person: Person, merge: Callable[..., Any], part: Callable[..., Any]
) -> None:
    """T10: the best choice for an enrolment knows what was converted under the other number."""
    two, recognition = person.two, person.recognition
    text = RULE.format(name="plain", consumption="anywhere", more="decided_by: automatic", codes="")
    text = text.replace(", certificate_series: [电工]", "")
    text = text.replace(", series-not-accepted, no-outcome-left", "")
    recognition.publish(RuleDocument.read(text))

    def post(citizen: Citizen) -> str:
        stated = {"course": "DG-3", "awarded_on": "2024-11-20", "credits": "6"}
        return recognition.post(
            recognition.school, "", account_number=citizen.account_number, **stated
        )

    def proposed() -> list[str]:
        with person.bank.readers.reading() as connection:
            found = propose_conversions(
                connection,
                person.key(two.survivor),
                person.bank.keystore.secrets,
                enrolment,
                civil_day(person.bank.clock()),
            )
        return [str(one.application.credits) for one in found.proposals if one.steps]

    theirs, _ = post(two.merged), post(two.survivor)
    enrolment = enrol(recognition, person.key(two.survivor), "P1")
    assert proposed()[0] == "6"
    recognition.recognise(person.key(two.merged), "plain", [theirs], ["DQ-1", "DQ-2"])
    assert proposed()[0] == "6"
    merge(two)
    assert proposed() == []
    part(two)
    assert proposed()[0] == "6"


def test_what_was_filed_as_one_is_audited_once_the_merged_account_is_erased(
    client: TestClient, person: Person, merge: Callable[..., Any], part: Callable[..., Any]
) -> None:
    """What an erased account had used is believed: nobody can tell any more which it was."""
    two = person.two
    later = {one: person.hours(one, "32") for one in two}
    person.convert(two.survivor, later[two.survivor])
    person.convert(two.merged, later[two.merged])
    person.convert(two.merged, person.hours(two.merged, "20", "2024秋"))
    both = person.hours(two.survivor, "20", "2024秋"), person.hours(two.survivor, "12", "2024春")
    merge(two)
    person.convert(two.survivor, *both)
    part(two)
    ask(client, "POST", "erasure", two.merged)
    assert erase(person.bank) == 1
    assert audited(person.bank) == []
