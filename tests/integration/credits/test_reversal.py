"""An outcome that is taken back takes the credit recognised from it along, and frees the rest."""

import secrets
from collections.abc import Mapping

import pytest

from creditbank.access.actor import COMMAND_LINE
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from creditbank.conversion.amounts import Credits
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.balances import recognised_total
from creditbank.credits.queries import uses_of
from creditbank.credits.replay import ReplayReport, replay
from creditbank.credits.reverse import RevokeOutcome
from creditbank.errors import ReasonedRefusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.revoke import Revocation
from creditbank.writer.command import Moment
from ledger.leaf import decode
from ledger.read import leaf_count, read_leaf
from ledger.statement import JSONValue
from ledger.store_audit import audit_store
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import HOURS_RULE, with_rule_cap


def revocation(outcome: str, key: AccountKey, institution: str) -> RevokeOutcome:
    """Ask that an outcome be revoked by the institution that posted it."""
    return RevokeOutcome(
        Revocation(
            institution_id=institution,
            posted_with=COMMAND_LINE,
            outcome_id=outcome,
            key=key,
            status="void",
            reason="录入错误",
        )
    )


@pytest.fixture
def key(recognition: Recognition) -> AccountKey:
    """The key of a learner whose hours were posted: none of them is recognised yet."""
    recognition.hours("1", "2024春")
    return recognition.key(recognition.centre)


def revoke(recognition: Recognition, outcome: str, key: AccountKey) -> tuple[str, ...]:
    """Revoke an outcome of the centre; gives the conversions that were reversed for it."""
    command = revocation(outcome, key, recognition.centre)
    return recognition.bank.writer.write(command).answer.reversed


def total(bank: Bank, key: AccountKey) -> Credits:
    """Give what is recognised, from a log that is sound and conversions that all replay."""
    with bank.readers.reading() as connection:
        assert audit_store(connection, bank.verifier_keys).is_sound
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
        assert report.findings == ()
    with bank.readers.reading() as connection:
        assert replay(connection, bank.keystore).differences == ()
        return recognised_total(connection, key.account_id)


def leaves_of(bank: Bank, kind: str) -> list[Mapping[str, JSONValue]]:
    """Give the leaves of one type, in order."""
    with bank.readers.reading() as connection:
        count = leaf_count(connection)
        leaves = [decode(read_leaf(connection, index)) for index in range(count)]
    return [leaf for leaf in leaves if leaf["t"] == kind]


def test_every_conversion_that_used_a_part_is_reversed_and_the_rest_is_free(
    recognition: Recognition, key: AccountKey
) -> None:
    """T4: 100 hours and 12 gave 7; without the 100 nothing stands, and the 12 count anew."""
    bank = recognition.bank
    long, short = recognition.hours("100", "2025春"), recognition.hours("12", "2025秋")
    first = recognition.recognise(key, "class-hours", [long])
    second = recognition.recognise(key, "class-hours", [long, short])

    assert revoke(recognition, long, key) == (first, second)

    assert total(bank, key) == Credits(milli=0)
    later = recognition.hours("4", "2026春")
    anew = recognition.recognise(key, "class-hours", [short, later])
    assert total(bank, key) == Credits(milli=1_000)
    with bank.readers.reading() as connection:
        before, after = (uses_of(connection, [one])[one] for one in (second, anew))
        assert replay(connection, bank.keystore) == ReplayReport(
            conversions=3, applications=0, sealed=0, differences=()
        )
    # The hours of the short course are spent, released and spent again under one value.
    assert {use.nullifier for use in before} & {use.nullifier for use in after}


def test_a_reversal_releases_exactly_what_its_conversion_spent(
    recognition: Recognition, key: AccountKey
) -> None:
    """Outsiders see which conversion is taken back, and that no released value was not live."""
    outcomes = [recognition.hours("10", term) for term in ("2025春", "2025秋")]
    recognition.recognise(key, "class-hours", outcomes)

    revoke(recognition, outcomes[1], key)

    (made,), (undone,) = (leaves_of(recognition.bank, kind) for kind in ("convert", "reverse"))
    released, spent = undone["release"], made["spend"]
    assert isinstance(released, list)
    assert isinstance(spent, list)
    assert len(spent) == 2
    assert released == sorted(spent)
    assert undone["iss"] == made["iss"]
    with recognition.bank.readers.reading() as connection:
        ref = undone["ref"]
        assert isinstance(ref, int)
        assert decode(read_leaf(connection, ref)) == made


def test_a_conversion_that_did_not_use_the_outcome_stands(
    recognition: Recognition, key: AccountKey
) -> None:
    """Of 7 credits the first 6 stay, and the hours left over then are free again."""
    long, short = recognition.hours("100", "2025春"), recognition.hours("12", "2025秋")
    recognition.recognise(key, "class-hours", [long])
    second = recognition.recognise(key, "class-hours", [long, short])

    assert revoke(recognition, short, key) == (second,)

    assert total(recognition.bank, key) == Credits(milli=6_000)
    later = recognition.hours("12", "2026春")
    recognition.recognise(key, "class-hours", [long, later])
    assert total(recognition.bank, key) == Credits(milli=7_000)


def test_an_outcome_that_was_taken_back_is_not_recognised_again(
    recognition: Recognition, key: AccountKey
) -> None:
    """It is free of uses, and refused for its status."""
    outcome = recognition.hours("16", "2025春")
    recognition.recognise(key, "class-hours", [outcome])
    revoke(recognition, outcome, key)

    with pytest.raises(ReasonedRefusal, match="nothing-recognised") as raised:
        recognition.recognise(key, "class-hours", [outcome])

    assert (outcome, "status-not-active") in {
        (problem.field, problem.code) for problem in raised.value.problems
    }
    assert total(recognition.bank, key) == Credits(milli=0)


def test_repeating_a_revocation_appends_nothing(recognition: Recognition, key: AccountKey) -> None:
    """T4: the second one is answered, and names no conversion."""
    outcome = recognition.hours("16", "2025春")
    recognition.recognise(key, "class-hours", [outcome])
    revoke(recognition, outcome, key)
    with recognition.bank.readers.reading() as connection:
        size = leaf_count(connection)

    assert revoke(recognition, outcome, key) == ()

    with recognition.bank.readers.reading() as connection:
        assert leaf_count(connection) == size


def test_a_certificate_posted_anew_fills_the_course_anew(recognition: Recognition) -> None:
    """A clerk's error costs the holder nothing: unit and course are free after the reversal."""
    void = recognition.certificate()
    key = recognition.key()
    recognition.recognise(key, "certificate-courses", [void], ["DG-101"])
    recognition.bank.writer.write(revocation(void, key, recognition.school))
    assert total(recognition.bank, key) == Credits(milli=0)

    anew = recognition.certificate()
    recognition.recognise(key, "certificate-courses", [anew], ["DG-101"])

    assert total(recognition.bank, key) == Credits(milli=4_000)


def test_credit_that_a_cap_refused_can_be_had_after_a_reversal(
    recognition: Recognition, key: AccountKey
) -> None:
    """T4: the cap counts only what stands."""
    capped = with_rule_cap(HOURS_RULE, "6").replace("id: class-hours", "id: capped-hours")
    recognition.publish(RuleDocument.read(capped))
    long, short = recognition.hours("96", "2025春"), recognition.hours("16", "2025秋")
    recognition.recognise(key, "capped-hours", [long])
    with pytest.raises(ReasonedRefusal) as raised:
        recognition.recognise(key, "capped-hours", [short])
    assert [problem.code for problem in raised.value.problems] == ["cap-rule"]

    revoke(recognition, long, key)
    recognition.recognise(key, "capped-hours", [short])

    assert total(recognition.bank, key) == Credits(milli=1_000)


def test_two_revocations_of_one_transaction_reverse_a_conversion_once(
    recognition: Recognition, key: AccountKey
) -> None:
    """The second is decided with what the first took back, before anything is written."""
    outcomes = [recognition.hours("10", term) for term in ("2025春", "2025秋")]
    conversion = recognition.recognise(key, "class-hours", outcomes)
    commands = [revocation(one, key, recognition.centre) for one in outcomes]
    with recognition.bank.readers.reading() as connection:
        state = RevokeOutcome.load(connection, commands)
        moment = Moment(
            now=recognition.bank.clock(),
            log=recognition.bank.settings.origin,
            next_index=leaf_count(connection),
            entropy=secrets.token_bytes,
        )

    first = commands[0].decide(state, moment)
    second = commands[1].decide(first.state, moment.after(len(first.leaves)))

    assert (first.answer.reversed, second.answer.reversed) == ((conversion,), ())
    assert [leaf.t for leaf in (*first.leaves, *second.leaves)] == ["revoke", "reverse", "revoke"]
