"""A draft on what is held today: what a rule that never decided gives, and what filing gives."""

from pathlib import Path

from creditbank.bank import Bank
from creditbank.conversion.rule_file import RuleDocument
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule
from tests.fixtures.filings import CHAINED
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import CERTIFICATE_RULE
from tests.fixtures.simulated import Look, effects
from tests.fixtures.tampering import Operator
from tests.fixtures.terminal import Terminal

NEW, TAKEN = "certificate-anew", "certificate-courses"
BRAND_NEW = CERTIFICATE_RULE.replace(TAKEN, NEW).replace("DG-10", "ZX-10")
"""The rule of the example for courses of its own, as there never was one."""


def graded(version: str) -> RuleDocument:
    """Give a rule that asks for a grade, and its next version, which does not, and gives more."""
    text = CHAINED.format(name="graded", workflow="", decided_by="automatic")
    if version == "2":
        text = text.replace('version: "1"', 'version: "2"\nsupersedes: "1"', 1)
        text = text.replace("2010-01-01", "2026-01-01", 1).replace(
            "一}, credits: 3", "一}, credits: 4"
        )
        text = text.replace("  grades: [{scale: pass-fail, any_of: [合格]}]\n", "")
        text = text.replace("grade-not-stated, ", "")
    return RuleDocument.read(text)


def draft(recognition: Recognition, document: RuleDocument) -> None:
    """Draft it for the school."""
    command = DraftRule(institution_id=recognition.school, document=document, by="clerk")
    recognition.bank.writer.write(command)


def state(bank: Bank, account: str, name: str) -> None:
    """Write the state of an account into its table."""
    operator = Operator(bank)
    operator.run(f"UPDATE account SET state = '{name}' WHERE id = '{account}'")
    operator.close()


def test_a_rule_that_never_decided_says_what_it_gives_and_gives_just_that(
    recognition: Recognition, look: Look, bank: Bank, terminal: Terminal, tmp_path: Path
) -> None:
    """Whose certificate is free gets its amount, by the draft and by filing once it is published.

    One has expired, one is used up, one account was erased, one lies frozen.
    """
    certificates = {
        learner: recognition.certificate(learner, certificate_number=learner, awarded_on=day)
        for learner, day in (
            ("20230001", "2024-11-20"),
            ("20230002", "2015-01-31"),
            ("20230003", "2024-11-20"),
            ("20230004", "2024-11-20"),
            ("20230005", "2024-11-20"),
        )
    }
    used = recognition.key(learner="20230003")
    recognition.recognise(used, TAKEN, [certificates["20230003"]], ["DG-101"])
    bank.keystore.destroy([recognition.key(learner="20230004").account_id])
    frozen = recognition.key(learner="20230005").account_id
    draft(recognition, RuleDocument.read(BRAND_NEW))
    state(bank, frozen, "frozen")
    found = look(NEW)
    state(bank, frozen, "unclaimed")
    holders = found["holders"]
    assert (holders["known"], holders["computed"]) == (5, 5)
    assert effects(holders) == {
        "newly": (1, "0", "6"),
        "nothing": (2, "0", "0"),
        "not_in_use": (1, "0", None),
        "erased": (1, "0", None),
    }
    reasons = {one["code"]: one["decisions"] for one in holders["reasons"]}
    assert reasons == {"expired": 1, "already-consumed": 1}
    assert (found["version_before"], found["decided_by"]) == (None, "automatic")
    assert found["conversions"]["known"] == 0
    assert "示例学习者" not in str(found)
    assert effects(look(NEW, holders=2)["holders"]).keys() <= {"erased", "newly"}

    file = tmp_path / "draft.yaml"
    file.write_text(BRAND_NEW, "utf-8")
    told = terminal.run("rules", "simulate", str(file))
    assert "holders: newly 2: credits 0 → 12" in told.stdout, "the frozen one is in use again"

    recognition.bank.writer.write(PublishRule(document=RuleDocument.read(BRAND_NEW), by="somebody"))
    own, wished = recognition.key(), ["ZX-101", "ZX-102", "ZX-103"]
    recognition.recognise(own, NEW, [certificates["20230001"]], wished)
    assert effects(look(NEW)["conversions"]) == {"same": (1, "6", "6")}
    assert look(NEW)["holders"]["reasons"][0]["code"] == "already-consumed"


def test_a_version_that_takes_what_the_earlier_one_did_not_is_told_beside_it(
    recognition: Recognition, look: Look
) -> None:
    """Without a grade a person would have to decide; the next version does not ask for one."""
    stated = {"grade": "合格", "grade_scale": "pass-fail"}
    for learner, more in (("20230001", stated), ("20230002", {})):
        recognition.certificate(learner, certificate_number=learner, **more)
    draft(recognition, graded("1"))
    first = look("graded")["holders"]
    assert effects(first) == {"newly": (1, "0", "6"), "for_a_person": (1, "0", None)}
    assert [one["code"] for one in first["reasons"]] == ["grade-not-stated"]
    recognition.bank.writer.write(PublishRule(document=graded("1"), by="somebody"))
    draft(recognition, graded("2"))
    second = look("graded", "2")
    assert second["version_before"] == "1"
    assert effects(second["holders"]) == {"more": (1, "6", "7"), "newly": (1, "0", "7")}
