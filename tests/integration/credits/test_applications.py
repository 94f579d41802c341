"""Recognised credit counts in an enrolment as far as its caps allow, and is final once entered."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Self

from sqlalchemy import Connection

from creditbank.access.actor import COMMAND_LINE
from creditbank.applications.balances import applied_balances
from creditbank.audits.own import audit_own
from creditbank.bank import open_bank
from creditbank.credits.recognise import RecogniseCredit
from creditbank.credits.replay import replay
from creditbank.credits.request import Knowledge
from creditbank.settings import Settings
from tests.fixtures.applying import School, enrol_in, publish_rules
from tests.fixtures.endings import ask, erase
from tests.fixtures.enrolled import is_sound
from tests.fixtures.lived_bank import wait_until_published
from tests.fixtures.merging import Two
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.tampering import Operator


def revoke(school: School, outcome: str) -> None:
    """Void an outcome as the school that posted it."""
    body = {"status": "void", "reason": "录错"}
    path = f"/api/v1/outcomes/{outcome}/revocation"
    assert school.client.post(path, json=body, headers=school.headers).status_code == 201


def is_sound_to_its_owner(school: School) -> bool:
    """Say whether her own audit, the full one and the replay find everything as it was decided."""
    bank, citizen = school.recognition.bank, school.citizen
    wait_until_published(bank)
    with bank.readers.snapshot() as connection:
        key = bank.keystore.get([citizen.id])[citizen.id]
        own = audit_own(connection, key, bank.evidence, bank.trust)
    assert own.findings == ()
    return is_sound(school.recognition)


def test_a_cap_hit_in_the_middle_leaves_credit_recognised_with_the_arithmetic(
    school: School,
) -> None:
    """T1: half of 80 may be applied and 36 are; of 3, 3 and 2 the first slot takes 3: 39 of 40."""
    school.convert("big")
    assert school.totals() == ("36", "36", "0")
    made = school.convert("postal")

    assert made["credits"] == "8"
    (applied,) = made["applied"]
    assert (applied["state"], applied["credits"]) == ("to_enter", "3")
    assert applied["places"] == [{"target": "L-1", "category": "专业课", "credits": "3"}]
    assert applied["codes"] == ["cap-programme"]
    assert school.totals() == ("44", "39", "0")
    (left,) = school.offers()
    assert (left["left_credits"], left["fits_credits"]) == ("5", "0")
    assert [line["facts"] for line in left["trace"]] == [
        {"limit_milli": 40_000, "used_milli": 39_000, "asked_milli": asked, "granted_milli": 0}
        for asked in (3_000, 2_000)
    ]
    assert all("40" in line["text"] and "39" in line["text"] for line in left["trace"])
    refused = school.accept(made["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-applied")
    proposed = school.client.get(
        f"/api/v1/proposals?enrolment={school.enrolment}", headers=school.citizen.headers
    ).json()["today"]
    assert (proposed["credits"], proposed["codes"]) == ("39", ["cap-programme"])
    assert is_sound_to_its_owner(school)


def test_what_a_reversal_frees_is_offered_and_never_applied_by_itself(school: School) -> None:
    """T4: the school is told to take out what it had entered; the citizen is asked."""
    first, second = school.convert("big"), school.convert("postal")
    big, postal = (one["applied"][0]["id"] for one in (first, second))
    assert school.enter(big).status_code == 201
    assert school.totals() == ("44", "39", "36")

    revoke(school, first["outcome"])

    assert school.totals() == ("8", "3", "0")
    assert school.messages() == [
        ("credit-to-enter", big),
        ("credit-to-enter", postal),
        ("credit-reversed", big),
    ]
    assert school.enter(big).status_code == 200
    (offer,) = school.offers()
    assert (offer["fits_credits"], offer["codes"]) == ("5", [])
    accepted = school.accept(second["id"])
    assert (accepted.status_code, accepted.json()["credits"]) == (201, "5")
    assert school.totals() == ("8", "8", "0")
    assert school.accept(second["id"]).json()["code"] == "offer-unknown"
    assert is_sound_to_its_owner(school)


def test_what_a_school_declines_is_free_again_and_may_be_applied_again(school: School) -> None:
    """The answer is final for the application, and the citizen reads why."""
    made = school.convert("postal")
    application = made["applied"][0]["id"]
    no_reason = school.enter(application, verdict="declined")
    assert [one["field"] for one in no_reason.json()["errors"]] == ["reason", "text"]

    assert [school.decline(application).status_code for _ in range(2)] == [201, 200]

    other = school.enter(application)
    assert (other.status_code, other.json()["code"]) == (409, "application-answered")
    assert school.totals() == ("8", "0", "0")
    path = f"/api/v1/conversions/{made['id']}"
    shown = school.client.get(path, headers=school.citizen.headers).json()["applied"]
    assert shown[0]["answer"] == {
        "on": "2026-01-05",
        "reason": "already-passed",
        "text": "该课程已修读合格",
    }
    notices = school.client.get("/api/v1/accounts/me/notices", headers=school.citizen.headers)
    assert "该课程已修读合格" in notices.text
    assert school.offers()[0]["fits_credits"] == "8"
    again = school.accept(made["id"]).json()["id"]
    assert school.enter(again).status_code == 201
    assert school.totals() == ("8", "8", "8")
    assert is_sound_to_its_owner(school)


def test_a_replay_names_an_application_that_does_not_follow_from_what_stood(
    school: School,
) -> None:
    """An answer that is turned round leaves the later application without the room it had."""
    made = school.convert("postal")
    first = made["applied"][0]["id"]
    assert school.decline(first).status_code == 201
    second = school.accept(made["id"]).json()["id"]
    bank, operator = school.recognition.bank, Operator(school.recognition.bank)
    operator.run("UPDATE application_entry SET verdict = 'entered'")
    operator.run(f"UPDATE application_part SET credits = 1 WHERE application_id = '{first}'")
    operator.close()
    with bank.readers.reading() as connection:
        found = [one.problem for one in replay(connection, bank.keystore).differences]
    assert found == [
        f"application {first}: its parts are not those of its result",
        f"application {second}: its plan is not that of its enrolment",
        f"application {second}: it is not of what was left of its conversion",
        f"application {second}: other credit was applied than it was applied beside",
    ]


def test_the_account_that_goes_on_has_what_was_applied_in_the_other(
    school: School,
    make_citizen: Callable[[], Citizen],
    merge: Callable[..., Any],
    part: Callable[..., Any],
) -> None:
    """She accepts what is offered there, too; apart again, every entry is as it was."""
    made = school.convert("postal")
    survivor = make_citizen()
    two = Two(school.citizen, survivor)
    assert merge(two).status_code == 201
    hers = replace(school, citizen=survivor)
    assert hers.totals() == ("8", "8", "0")
    assert hers.decline(made["applied"][0]["id"]).status_code == 201
    assert hers.offers()[0]["fits_credits"] == "8"
    assert hers.accept(made["id"]).status_code == 201
    assert hers.totals() == ("8", "8", "0")
    assert is_sound(school.recognition)
    assert part(two).status_code == 201
    assert is_sound(school.recognition)


class SlowRequest(RecogniseCredit):
    """A request whose process pauses between loading and writing."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Knowledge:
        """Load, then wait long enough for the other process to have loaded too."""
        known = super().load(connection, commands)
        time.sleep(0.5)
        return known


def test_of_two_processes_that_apply_under_one_cap_exactly_one_fits(
    recognition: Recognition, settings: Settings
) -> None:
    """Both are recognised; the cap of 40 has room for one of the two beside 36."""
    rules = {"big": {"BIG": 36}, "one": {"L-1": 3}, "two": {"L-2": 3}}
    publish_rules(recognition, rules)
    outcomes = {
        name: recognition.certificate(
            certificate_series=name, certificate_number=name, term=f"2025{name}"
        )
        for name in rules
    }
    key = recognition.key()
    enrolment = enrol_in(recognition.bank, key, recognition.school)

    def asked(name: str) -> SlowRequest:
        plain = recognition.command(key, name, [outcomes[name]], list(rules[name])).request
        request = replace(plain, enrolment_id=enrolment)
        secrets = recognition.bank.keystore.secrets
        return SlowRequest(key=key, secrets=secrets, request=request, by=COMMAND_LINE)

    recognition.bank.writer.write(asked("big"))
    other = open_bank(settings)
    try:
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(recognition.bank.writer.write, asked("one"))
            second = threads.submit(other.writer.write, asked("two"))
            assert (first.exception(), second.exception()) == (None, None)
    finally:
        other.close()

    with recognition.bank.readers.reading() as connection:
        balance = applied_balances(connection, [key.account_id])[enrolment]
    assert str(balance.applied) == "39"
    assert is_sound(recognition)


def test_an_erased_learner_leaves_applications_that_lead_to_nobody(school: School) -> None:
    """They are counted on the ledger as sealed; her school is shown none of them."""
    application = school.convert("postal")["applied"][0]["id"]
    assert school.decline(application).status_code == 201
    assert ask(school.client, "POST", "erasure", school.citizen).status_code == 201
    bank = school.recognition.bank

    assert erase(bank) == 1

    assert is_sound(school.recognition)
    with bank.readers.reading() as connection:
        left = connection.exec_driver_sql("SELECT account_id, enrolment_id FROM application").one()
    assert (left[0] != school.citizen.id, left[1]) == (True, None)
    assert school.enter(application).status_code == 404
