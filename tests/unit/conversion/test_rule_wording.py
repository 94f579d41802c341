"""A rule in words: the 中文 that is signed stays byte by byte, and English says the same."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from api.rule_words.pages import rule_changes, rule_lines, rule_page
from api.rule_words.wording import phrases
from creditbank.conversion.caps import Basis
from creditbank.conversion.fields import LearningClass
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import RecordedGrade
from creditbank.conversion.sources import AssuranceLevel
from creditbank.conversion.workflow import Decider, Role, StepName
from tests.fixtures.rules import HOURS_RULE
from tests.fixtures.worded_rules import composed, every_rule

SIGNED = Path(__file__).parents[2] / "fixtures" / "worded_rules_zh.txt"
HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]+")
CODES = {
    "class": LearningClass,
    "assurance": AssuranceLevel,
    "recorded": RecordedGrade,
    "basis": Basis,
    "step": StepName,
    "by": Decider,
    "role": Role,
}
RULES = every_rule()


def said(language: str) -> str:
    """Say every rule, what changed between two, and one page to sign."""
    lines = [line for rule in RULES for line in (*rule_lines(rule, language), "")]
    first, second = composed()[:2]
    lines += [*rule_changes(first, second, language), ""]
    return "\n".join([*lines, rule_page(RuleDocument.read(HOURS_RULE))]) + "\n"


def test_the_chinese_that_was_signed_stays_as_it_is() -> None:
    """A committee has signed pages of this wording; no byte of it changes."""
    assert said("zh") == SIGNED.read_text("utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_english_has_no_chinese_but_what_the_rule_itself_states(rule: Rule) -> None:
    """Names and titles stand as somebody stated them, the title in English where there is one."""
    stated = repr(rule)
    lines = rule_lines(rule, "en")
    assert lines[0] == f"Title: {rule.title.en or rule.title.zh}"
    assert len(lines) == len(rule_lines(rule, "zh"))
    assert [run for line in lines for run in HAN.findall(line) if run not in stated] == []
    assert not set("{}_") & set("".join(lines).replace(rule.id, ""))


@pytest.mark.parametrize("phrase", phrases())
def test_a_phrase_says_the_same_facts_in_both_languages(phrase: str) -> None:
    """No English is Chinese, and nothing that one states is kept from the other."""
    forms = phrases()[phrase]
    assert set(forms) - {"one"} == {"zh", "en"}
    assert HAN.search(forms["en"] + forms.get("one", "")) is None
    facts = {
        language: {name for _, name, _, _ in Formatter().parse(form) if name}
        for language, form in forms.items()
    }
    month_named = {name.removesuffix("_name") for name in facts["en"]}
    assert month_named == facts["zh"]
    assert facts.get("one", facts["en"]) == facts["en"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_phrase_is_said_of_some_rule(language: str) -> None:
    """Nothing is worded that no rule says, and nothing goes unseen by these tests."""
    text = said(language)
    unsaid = [
        phrase
        for phrase, forms in phrases().items()
        if re.search(re.sub(r"\\\{\w+\\\}", ".*", re.escape(forms[language])), text) is None
    ]
    assert unsaid == []


@pytest.mark.parametrize("kind", CODES)
def test_every_code_of_a_rule_has_a_phrase(kind: str) -> None:
    """What a rule may state can be said."""
    assert {f"{kind}-{code}" for code in get_args(CODES[kind])} <= set(phrases())
