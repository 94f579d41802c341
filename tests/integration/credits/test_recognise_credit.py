"""Credit is recognised once for each part of an outcome, and every decision can be repeated."""

from datetime import date

import pytest

from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.credits.balances import recognised_total
from creditbank.credits.queries import find_conversions, uses_of
from creditbank.credits.recognise import preview
from creditbank.credits.reverse import RevokeOutcome
from creditbank.credits.show import get_conversion
from creditbank.errors import InvalidInput, ReasonedRefusal, Refusal
from creditbank.outcomes.revoke import Revocation
from ledger.leaf import decode
from ledger.read import read_leaf
from ledger.store_audit import audit_store
from tests.fixtures.recognition import Recognition

TWO_COURSES = ("DG-101", "DG-102")


def refused(recognition: Recognition, command: object) -> ReasonedRefusal:
    """Give the refusal of a command."""
    with pytest.raises(ReasonedRefusal) as raised:
        recognition.bank.writer.write(command)  # type: ignore[arg-type]  # Any command will do.
    return raised.value


def test_a_certificate_fills_the_courses_that_its_value_allows(recognition: Recognition) -> None:
    """R02: value 6 and two courses of 4 give 4; the second course is refused with the sum."""
    outcome = recognition.certificate()
    key = recognition.key()

    conversion = recognition.recognise(key, "certificate-courses", [outcome], TWO_COURSES)

    with recognition.bank.readers.reading() as connection:
        opened = get_conversion(connection, key, conversion)
        assert recognised_total(connection, key.account_id) == Credits(milli=4_000)
    assert opened.decision.credits == Credits(milli=4_000)
    assert [grant.target for grant in opened.decision.grants] == ["DG-101"]
    assert opened.stored.codes == ["cap-certificate-value"]
    failed = opened.decision.failures[0]
    assert failed.subject == "DG-102"
    assert failed.facts == {
        "limit_milli": 6_000,
        "used_milli": 4_000,
        "asked_milli": 4_000,
        "granted_milli": 0,
    }


def test_hours_that_were_left_over_count_with_later_ones(recognition: Recognition) -> None:
    """T19: 100 hours give 6, then 12 more give the seventh; no hour is used twice."""
    first = recognition.hours("100", "2025春")
    key = recognition.key(recognition.centre)
    recognition.recognise(key, "class-hours", [first])
    with recognition.bank.readers.reading() as connection:
        assert recognised_total(connection, key.account_id) == Credits(milli=6_000)

    second = recognition.hours("12", "2025秋")
    conversion = recognition.recognise(key, "class-hours", [first, second])

    with recognition.bank.readers.reading() as connection:
        assert recognised_total(connection, key.account_id) == Credits(milli=7_000)
        used = [use.part for use in uses_of(connection, [conversion])[conversion]]
    assert {(part.outcome, part.start, part.end) for part in used} == {
        (first, 96_000, 100_000),
        (second, 0, 12_000),
    }
    again = refused(recognition, recognition.command(key, "class-hours", [first, second]))
    assert again.code == "already-consumed"


def test_what_is_used_is_refused_with_the_entry_that_used_it(recognition: Recognition) -> None:
    """The answer names the ledger entry and every test that failed."""
    outcome = recognition.certificate()
    key = recognition.key()
    conversion = recognition.recognise(key, "certificate-courses", [outcome], ["DG-101"])
    with recognition.bank.readers.reading() as connection:
        stored = find_conversions(connection, [conversion])[conversion]

    command = recognition.command(key, "certificate-courses", [outcome], TWO_COURSES)
    refusal = refused(recognition, command)

    assert refusal.code == "already-consumed"
    assert refusal.facts == {"entry": stored.entry_index}
    assert [(problem.field, problem.code) for problem in refusal.problems] == [
        (outcome, "already-consumed"),
        ("DG-101", "target-taken"),
        ("conversion", "no-outcome-left"),
    ]


def test_a_certificate_posted_under_two_accounts_is_used_once(recognition: Recognition) -> None:
    """T18: the certificate is the unit, whoever holds it; an erased account does not free it."""
    mine, other = recognition.certificate(), recognition.certificate("20230002")
    key, other_key = recognition.key(), recognition.key(learner="20230002")
    recognition.recognise(key, "certificate-courses", [mine], ["DG-101"])
    recognition.bank.keystore.destroy([key.account_id])

    command = recognition.command(other_key, "certificate-courses", [other], ["DG-101"])

    assert refused(recognition, command).code == "already-consumed"


def test_two_requests_of_one_transaction_cannot_use_one_outcome(recognition: Recognition) -> None:
    """The second is decided with what the first used, before anything is written."""
    outcome = recognition.certificate()
    command = recognition.command(recognition.key(), "certificate-courses", [outcome], ["DG-101"])
    writer = recognition.bank.writer
    futures = [writer.submit(command) for _ in range(4)]

    errors = [future.exception() for future in futures]

    assert [error for error in errors if error is None] == [None]
    assert {error.code for error in errors if isinstance(error, Refusal)} == {"already-consumed"}


def test_the_leaf_names_the_rule_and_shows_one_value_for_each_part(
    recognition: Recognition,
) -> None:
    """Outsiders see that a published rule decided and that no live value repeats."""
    outcome = recognition.hours("16", "2025春")
    key = recognition.key(recognition.centre)
    conversion = recognition.recognise(key, "class-hours", [outcome])

    with recognition.bank.readers.reading() as connection:
        opened = get_conversion(connection, key, conversion)
        leaf = decode(read_leaf(connection, opened.stored.entry_index))
        uses = uses_of(connection, [conversion])[conversion]
        assert audit_store(connection, recognition.bank.verifier_keys).is_sound
    assert leaf["t"] == "convert"
    assert leaf["rule"] == recognition.rules["class-hours"].sha256
    assert leaf["stmt"] == opened.statement.digest.hex()
    assert leaf["spend"] == [use.nullifier.hex() for use in uses]


def test_a_preview_says_the_same_and_writes_nothing(recognition: Recognition) -> None:
    """The citizen sees the decision before she confirms it."""
    outcome = recognition.certificate()
    command = recognition.command(recognition.key(), "certificate-courses", [outcome], TWO_COURSES)
    today = civil_day(recognition.bank.clock())
    with recognition.bank.readers.reading() as connection:
        seen = preview(connection, command, today).judgement
        assert recognised_total(connection, command.key.account_id) == Credits(milli=0)

    conversion = recognition.bank.writer.write(command).answer

    with recognition.bank.readers.reading() as connection:
        assert get_conversion(connection, command.key, conversion).decision == seen


def test_outcomes_of_others_and_unknown_ones_are_alike_refused(recognition: Recognition) -> None:
    """Nothing is learned about what is not one's own."""
    recognition.certificate()
    other = recognition.certificate("20230002", certificate_number="示例-0002")
    for outcome in (other, "0" * 32):
        command = recognition.command(recognition.key(), "certificate-courses", [outcome])
        with pytest.raises(Refusal, match="conversion-outcomes-wrong"):
            recognition.bank.writer.write(command)


def test_an_outcome_that_no_longer_stands_gives_nothing(recognition: Recognition) -> None:
    """A revoked certificate is refused for its status."""
    outcome = recognition.certificate()
    revocation = Revocation(
        institution_id=recognition.school,
        posted_with="test",
        outcome_id=outcome,
        key=recognition.key(),
        status="void",
        reason="录入错误",
    )
    recognition.bank.writer.write(RevokeOutcome(revocation))

    command = recognition.command(recognition.key(), "certificate-courses", [outcome], ["DG-101"])
    refusal = refused(recognition, command)

    assert refusal.code == "nothing-recognised"
    assert (outcome, "status-not-active") in {
        (problem.field, problem.code) for problem in refusal.problems
    }


def test_a_form_counts_from_the_day_it_was_received(recognition: Recognition) -> None:
    """T20: handed in on the last day and typed later, it is not late."""
    outcome = recognition.certificate(awarded_on="2017-01-15")
    key, today = recognition.key(), civil_day(recognition.bank.clock())
    for received, codes in ((date(2024, 1, 15), ()), (date(2024, 1, 16), ("expired",))):
        asked = recognition.command(
            key, "certificate-courses", [outcome], ["DG-101"], received_on=received
        )
        with recognition.bank.readers.reading() as connection:
            assert preview(connection, asked, today).judgement.codes[:1] == codes


def test_a_form_cannot_have_been_received_tomorrow(recognition: Recognition) -> None:
    """Nobody chooses a later version or a later award."""
    outcome = recognition.certificate()
    command = recognition.command(
        recognition.key(), "certificate-courses", [outcome], received_on=date.max
    )
    with pytest.raises(InvalidInput) as raised:
        recognition.bank.writer.write(command)
    assert [one.code for one in raised.value.problems] == ["date-in-future"]


@pytest.mark.parametrize(
    ("outcomes", "targets", "problem"),
    [
        ([], ["DG-101"], ("outcomes", "list-length-wrong")),
        (["a", "a"], ["DG-101"], ("outcomes", "list-repeated")),
        (["a"], ["DG-101"] * 51, ("targets", "list-length-wrong")),
    ],
)
def test_a_malformed_request_names_its_field(
    recognition: Recognition, outcomes: list[str], targets: list[str], problem: tuple[str, str]
) -> None:
    """Before anything is looked up."""
    recognition.certificate()
    command = recognition.command(recognition.key(), "certificate-courses", outcomes, targets)
    with pytest.raises(InvalidInput) as raised:
        recognition.bank.writer.write(command)
    assert problem in [(one.field, one.code) for one in raised.value.problems]
