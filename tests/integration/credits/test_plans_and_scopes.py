"""Credit for an enrolment: whose plan says what may be filled, and what is used up where."""

from dataclasses import replace

import pytest

from creditbank.catalogue.enrolments_file import EnrolmentState
from creditbank.catalogue.programmes import read_programmes
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.conversion.plan import total_of
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.balances import recognised_total
from creditbank.credits.proposals import Proposed, propose_conversions
from creditbank.credits.queries import grants_of
from creditbank.credits.show import get_conversion
from creditbank.errors import InvalidInput, ReasonedRefusal, Refusal
from creditbank.planning.integer_programme import NotSolved
from tests.fixtures.enrolled import PLAN, PROGRAMMES, convert, enrol, is_sound, rule
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import RULES
from tests.fixtures.terminal import Terminal


def test_one_outcome_counts_in_two_programmes_where_the_rule_says_so(
    recognition: Recognition,
) -> None:
    """T15: scope programme lets both succeed, each once; a use anywhere leaves nothing."""
    recognition.publish(rule("per-programme", "programme"))
    recognition.publish(rule("once", "anywhere"))
    outcome, key = recognition.certificate(), recognition.key()
    first, second = enrol(recognition, key, "P1"), enrol(recognition, key, "P2")

    convert(recognition, key, "per-programme", outcome, first)
    conversion = convert(recognition, key, "per-programme", outcome, second)
    for enrolment, rule_id in ((first, "per-programme"), (second, "once"), (None, "once")):
        with pytest.raises(ReasonedRefusal) as refused:
            convert(recognition, key, rule_id, outcome, enrolment)
        assert refused.value.code == "already-consumed"

    with recognition.bank.readers.reading() as connection:
        assert recognised_total(connection, key.account_id) == Credits(milli=12_000)
        opened = get_conversion(connection, key, conversion)
        grants = grants_of(connection, [conversion])[conversion]
    assert opened.stored.enrolment_id == second
    assert opened.filing.plan is not None
    assert [slot.code for slot in opened.filing.plan.slots] == ["DQ-1", "DQ-2", "DQ-9"]
    assert {(one.target, one.category, one.grade) for one in grants} == {
        ("DQ-1", "专业课", "exempt"),
        ("DQ-2", "专业课", None),
    }
    assert is_sound(recognition)


def test_one_outcome_counts_once_at_a_level_where_the_rule_says_so(
    recognition: Recognition,
) -> None:
    """Two programmes of other levels both take it; the same level does not take it again."""
    recognition.publish(rule("per-level", "level"))
    outcome, key = recognition.certificate(), recognition.key()
    first, second = enrol(recognition, key, "P1"), enrol(recognition, key, "P2")
    convert(recognition, key, "per-level", outcome, first)
    convert(recognition, key, "per-level", outcome, second)
    with pytest.raises(ReasonedRefusal, match="already-consumed"):
        convert(recognition, key, "per-level", outcome, first)
    assert is_sound(recognition)


def test_a_cap_on_what_is_recognised_counts_the_conversions_before(
    recognition: Recognition,
) -> None:
    """The second certificate finds three of four credits of the category gone."""
    cap = "caps: [{kind: category, category: 专业课, credits: 4, basis: recognised}]"
    recognition.publish(rule("capped", "programme", f"{cap}\ndecided_by: automatic"))
    key_of = (
        recognition.certificate(),
        recognition.certificate(certificate_number="示例-0002", term="2025秋"),
    )
    key = recognition.key()
    enrolment = enrol(recognition, key, "P1")
    conversion = convert(recognition, key, "capped", key_of[0], enrolment)
    with recognition.bank.readers.reading() as connection:
        opened = get_conversion(connection, key, conversion)
    assert [one.target for one in opened.decision.grants] == ["DQ-1"]
    with pytest.raises(ReasonedRefusal) as refused:
        convert(recognition, key, "capped", key_of[1], enrolment)
    found = {one.code: one.facts for one in refused.value.problems}
    assert found["cap-category"] == {"limit": "4", "used": "3", "asked": "3", "granted": "0"}
    assert is_sound(recognition)


def test_practice_is_not_exemptible_and_a_programme_must_be_named(
    recognition: Recognition,
) -> None:
    """The plan says which of its courses cannot be filled by conversion."""
    recognition.publish(rule("per-programme", "programme"))
    outcome, key = recognition.certificate(), recognition.key()
    enrolment = enrol(recognition, key, "P1")
    command = recognition.command(key, "per-programme", [outcome], ("DQ-9",))
    for named, code in ((enrolment, "not-exemptible"), (None, "programme-not-stated")):
        asked = replace(command, request=replace(command.request, enrolment_id=named))
        with pytest.raises(ReasonedRefusal) as refused:
            recognition.bank.writer.write(asked)
        assert code in {one.code for one in refused.value.problems}


@pytest.mark.parametrize(
    ("programme", "state", "code"),
    [
        ("P0", EnrolmentState.ACTIVE, "plan-not-stated"),
        ("P1", EnrolmentState.GRADUATED, "enrolment-not-active"),
        (None, EnrolmentState.ACTIVE, "enrolment-unknown"),
    ],
)
def test_an_enrolment_that_cannot_take_credit_is_refused(
    recognition: Recognition, programme: str | None, state: EnrolmentState, code: str
) -> None:
    """Each for its own reason; nothing is used."""
    recognition.publish(rule("per-programme", "programme"))
    outcome, key = recognition.certificate(), recognition.key()
    named = "nothing" if programme is None else enrol(recognition, key, programme, state)
    with pytest.raises(Refusal) as refused:
        convert(recognition, key, "per-programme", outcome, named)
    assert refused.value.code == code


def test_points_are_no_credit(recognition: Recognition) -> None:
    """R15: they are recognised as points, and the credit balance stays as it was."""
    recognition.publish(RuleDocument.read((RULES / "venue-points.yaml").read_text("utf-8")))
    outcome = recognition.post(
        recognition.centre,
        course="SF-1",
        term="2025春",
        awarded_on="2025-06-30",
        hours="1.5",
    )
    key = recognition.key(recognition.centre)
    conversion = recognition.recognise(key, "venue-points", [outcome])
    with recognition.bank.readers.reading() as connection:
        opened = get_conversion(connection, key, conversion)
        assert recognised_total(connection, key.account_id) == Credits(milli=0)
    assert (opened.decision.points, opened.stored.credits) == (Credits(milli=1_000), 0)
    assert is_sound(recognition)


def test_a_higher_certificate_of_the_series_gives_the_difference(
    recognition: Recognition,
) -> None:
    """T17: the lower one filled two courses; the higher one fills the third, eight in all."""
    recognition.publish(rule("levels", "anywhere"))
    lower = recognition.certificate()
    higher = recognition.certificate(certificate_number="示例-0002", term="2025秋")
    key = recognition.key()
    recognition.recognise(key, "levels", [lower], ("DQ-1",))
    conversion = recognition.recognise(key, "levels", [higher], ("DQ-1", "DQ-2"))
    with recognition.bank.readers.reading() as connection:
        opened = get_conversion(connection, key, conversion)
        assert recognised_total(connection, key.account_id) == Credits(milli=6_000)
    assert opened.stored.codes == ["target-taken"]
    assert is_sound(recognition)


def test_a_rule_that_persons_decide_by_takes_no_filing_by_itself(recognition: Recognition) -> None:
    """Nothing is granted before the chain has run."""
    chain = "decided_by: chain\nworkflow: {steps: [{step: recognition, by: receiving}]}"
    recognition.publish(rule("chained", "anywhere", chain))
    outcome, key = recognition.certificate(), recognition.key()
    with pytest.raises(Refusal, match="rule-decided-by-persons"):
        convert(recognition, key, "chained", outcome, None)


def test_an_identity_level_and_a_window_are_asked_for(recognition: Recognition) -> None:
    """An account that nobody claimed is of level 0."""
    terms = "decided_by: automatic\nworkflow: {identity_level: 2}"
    recognition.publish(rule("identified", "anywhere", terms))
    outcome, key = recognition.certificate(), recognition.key()
    with pytest.raises(ReasonedRefusal) as refused:
        convert(recognition, key, "identified", outcome, None)
    assert [one.facts for one in refused.value.problems] == [{"level": "0", "least": "2"}]


def test_a_plan_that_contradicts_itself_is_refused_by_field(recognition: Recognition) -> None:
    """The category of a slot must be one of the plan."""
    text = PROGRAMMES + PLAN.format(code="P1", level="专科").replace(
        "code: DQ-2, category: 专业课", "code: DQ-2, category: 别的"
    )
    with pytest.raises(InvalidInput) as refused:
        read_programmes(text, recognition.school)
    assert [(one.field, one.code) for one in refused.value.problems] == [
        ("programmes.1.plan.slots.1.category", "category-unknown")
    ]


def test_the_best_conversions_are_proposed_and_give_what_was_proposed(
    recognition: Recognition,
) -> None:
    """What is asked for step by step counts as proposed; then nothing more is to be had."""
    bank = recognition.bank
    recognition.publish(rule("once", "anywhere"))
    recognition.certificate()
    recognition.certificate(certificate_number="示例-0002", term="2025秋")
    key = recognition.key()
    enrolment = enrol(recognition, key, "P1")

    def proposed() -> Proposed:
        with bank.readers.reading() as connection:
            secrets = bank.keystore.secrets
            return propose_conversions(connection, key, secrets, enrolment, civil_day(bank.clock()))

    first = proposed()
    assert (str(total_of(first.today)), first.proposals[0].is_proved) == ("0", True)
    best = first.proposals[0]
    assert str(best.application.credits) == "6"
    for step in best.steps:
        command = recognition.command(key, step.document.rule.id, step.outcomes, step.targets)
        asked = replace(command.request, enrolment_id=enrolment)
        bank.writer.write(replace(command, request=asked))
    after = proposed()
    assert tuple(after.today) == best.application.applied
    assert [str(one.application.credits) for one in after.proposals] == ["0"]
    assert is_sound(recognition)


def test_a_citizen_sees_the_proposals_for_her_own_enrolment_alone(
    recognition: Recognition, terminal: Terminal
) -> None:
    """At the counter by her account's number; another enrolment is unknown."""
    recognition.publish(rule("once", "anywhere"))
    recognition.certificate()
    key = recognition.key()
    enrolment = enrol(recognition, key, "P1")
    base = ("conversions", "propose", "--account", key.number, "--enrolment")
    told = terminal.answer(*base, enrolment, typed=())
    assert told["applied_today"] == "0"
    assert told["proposals"][0]["applied"] == "6"
    assert told["proposals"][0]["steps"][0]["targets"] == ["DQ-1", "DQ-2"]
    assert "enrolment-unknown" in terminal.refused(*base, "x", typed=())


def test_where_the_solver_proves_nothing_the_answer_says_so(
    recognition: Recognition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is proposed that is not known to be the most."""

    def fail(_question: object) -> None:
        raise NotSolved("status")

    monkeypatch.setattr("creditbank.credits.proposals.propose", fail)
    recognition.publish(rule("once", "anywhere"))
    recognition.certificate()
    key = recognition.key()
    enrolment = enrol(recognition, key, "P1")
    bank = recognition.bank
    with (
        bank.readers.reading() as connection,
        pytest.raises(Refusal, match="proposals-not-proved"),
    ):
        propose_conversions(
            connection, key, bank.keystore.secrets, enrolment, civil_day(bank.clock())
        )


def test_what_a_rule_gave_in_another_programme_is_no_part_of_its_cap_here(
    recognition: Recognition,
) -> None:
    """Scope programme: six credits in each of two programmes under a cap of six."""
    cap = "caps: [{kind: rule, credits: 6}]\ndecided_by: automatic"
    recognition.publish(rule("per-programme", "programme", cap))
    outcome, key = recognition.certificate(), recognition.key()
    first, second = enrol(recognition, key, "P1"), enrol(recognition, key, "P2")
    convert(recognition, key, "per-programme", outcome, first)
    bank = recognition.bank
    with bank.readers.reading() as connection:
        found = propose_conversions(
            connection, key, bank.keystore.secrets, second, civil_day(bank.clock())
        )
    assert str(found.proposals[0].application.credits) == "6"
    convert(recognition, key, "per-programme", outcome, second)
    assert is_sound(recognition)
