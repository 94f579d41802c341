import json
from importlib.resources import files
from typing import Any

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from creditbank.conversion.cases import run_cases
from creditbank.conversion.rule_file import RuleDocument, json_schema
from creditbank.errors import InvalidInput
from creditbank.plain_yaml import load_plain_yaml
from tests.fixtures.rules import CERTIFICATE_RULE, HOURS_RULE

SCHEMA = json.loads(files("creditbank.conversion").joinpath("rule.schema.json").read_text("utf-8"))
OF_FORM = {
    "amount-negative", "field-missing", "field-unknown", "kind-unknown", "rule-day-wrong",
    "rule-decimal-wrong", "rule-hours-wrong", "rule-id-wrong", "rule-not-list",
    "rule-number-wrong", "rule-unit-unclear", "rule-used-hours-wrong", "rule-version-wrong",
}  # fmt: skip
"""What the form alone refuses; the rest contradicts something that the rule says elsewhere."""
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def problems(text: str) -> set[tuple[str, str]]:
    """Give what is wrong with a rule."""
    with pytest.raises(InvalidInput) as refused:
        RuleDocument.read(text)
    return {(problem.field, problem.code) for problem in refused.value.problems}


@pytest.mark.parametrize("text", [HOURS_RULE, CERTIFICATE_RULE])
def test_the_rules_of_the_examples_hold_their_own_cases(text: str) -> None:
    """They are what a bank starts from."""
    results = list(run_cases(RuleDocument.read(text)))
    assert [one.case.name for one in results if not one.has_passed] == []
    assert len(results) >= 5


def test_a_case_that_expects_other_credits_or_codes_fails() -> None:
    """A case that cannot fail would say nothing."""
    for old, new in (("credits: 6}", "credits: 7}"), (", codes: [below-quantum]", "")):
        results = list(run_cases(RuleDocument.read(HOURS_RULE.replace(old, new))))
        assert len([one for one in results if not one.has_passed]) == 1


def test_the_hash_is_that_of_the_canonical_json_of_the_file() -> None:
    """YAML and JSON of the same content are one rule; every other content is another."""
    content = load_plain_yaml(HOURS_RULE)
    as_json = RuleDocument.read(json.dumps(content, ensure_ascii=False))
    assert as_json == RuleDocument.read(HOURS_RULE)
    assert as_json.content == rfc8785.dumps(content)
    assert RuleDocument.parse(as_json.content) == as_json
    assert RuleDocument.read(HOURS_RULE.replace("16\n", "18\n")).sha256 != as_json.sha256


def test_the_schema_that_is_shipped_is_the_one_that_is_read() -> None:
    """Others validate their rules by it; it is closed everywhere."""
    assert json_schema() == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)
    objects = [one for one in (SCHEMA, *SCHEMA["$defs"].values()) if one["type"] == "object"]
    assert len(objects) > 10
    assert all(one["additionalProperties"] is False for one in objects)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format: creditbank/rule/v1", "format: creditbank/rule/v2"),
        ("id: class-hours", "id: Class Hours"),
        ('version: "1"', "version: ''"),
        ("reference:", "refrence:"),
        ("2010-01-01", "2010-02-30"),
        ("2010-01-01", "2010-1-1"),
        ("classes: [non_degree, venue]", "classes: [other]"),
        ("classes: [non_degree, venue]", "classes: venue"),
        ("kind: hours_pool", "kind: minutes_pool"),
        ("kind: hours_pool", "kind: courses"),
        ("unit: class_hours", "unit: days"),
        ("per_credit: 16", "per_credit: 1e3"),
        ("quantum: 0.5", "quantum: 0.12345"),
        ("quantum: 0.5", "quantum: -1"),
        ("consumption: anywhere", "consumption: nowhere"),
        ("consumption: anywhere", "caps: [{kind: rule}]\nconsumption: anywhere"),
        ("consumption: anywhere", "caps: [{kind: weekly, credits: 1}]\nconsumption: anywhere"),
        ("consumption: anywhere", "valid_for_months: 0\nconsumption: anywhere"),
        ("expect: {credits: 6}", "expect: {credits: 6, codes: [no-such-code]}"),
        ("used: 96", "used: some"),
        ("class_hours: 12}", "class_hours: 12, weight: 1}"),
        ("id: class-hours", "id: class-hours"),
        ("consumption: anywhere", "valid_for_months: 84\nconsumption: anywhere"),
        ("consumption: anywhere", "caps: [{kind: rule, credits: 8.125}]\nconsumption: anywhere"),
    ],
)
def test_schema_and_reader_agree_on_every_form(old: str, new: str) -> None:
    """What one refuses the other refuses too, so that a rule checked elsewhere is read here."""
    text = HOURS_RULE.replace(old, new)
    assert old == new or text != HOURS_RULE
    if VALIDATOR.is_valid(load_plain_yaml(text)):
        RuleDocument.read(text)
    else:
        codes = {code for _, code in problems(text)}
        assert codes <= OF_FORM


@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}])
def test_neither_takes_another_type_for_a_text(value: Any) -> None:
    """No null for what is absent, no number for an amount."""
    content: Any = load_plain_yaml(HOURS_RULE)
    for place in ("effective_until", "version", "valid_for_months"):
        wrong = {**content, place: value}
        assert not VALIDATOR.is_valid(wrong)
        with pytest.raises(InvalidInput):
            RuleDocument.parse(json.dumps(wrong).encode())


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("approver: 学分银行管理委员会", "approver: 学分标准 编制组", "approver",
         "rule-approver-is-author"),
        ("sources:", "effective_until: 2010-01-01\nsources:", "effective_until",
         "rule-period-empty"),
        ("sources:", "effective_until: 2020-01-01\nsources:", "tests.0.filed_on",
         "rule-case-outside"),
        ("sources:", 'supersedes: "1"\nsources:', "supersedes", "rule-supersedes-wrong"),
        ("per_credit: 16", "per_credit: 0", "shape.per_credit", "amount-not-positive"),
        ("quantum: 0.5", "quantum: 0", "shape.quantum", "amount-not-positive"),
        ("per_credit: 16", "per_credit: 0.001", "shape.quantum", "rule-quantum-uneven"),
        ("consumption:", "caps: [{kind: certificate_value}]\nconsumption:", "caps.0",
         "rule-cap-misplaced"),
        ("consumption:", "caps: [{kind: rule, credits: 1}, {kind: rule, credits: 2}]\nconsumption:",
         "caps", "rule-name-repeated"),
        ("name: 七学时不足半学分", "name: 一百学时认定六学分", "tests", "rule-name-repeated"),
        ("{id: b, class: venue", "{id: a, class: venue", "tests.2.outcomes", "rule-name-repeated"),
        ("class_hours: 12}", "hours: 0.001}", "tests.2.outcomes.1.hours",
         "amount-not-whole-minutes"),
        ("class_hours: 12}", "class_hours: 12, certificate_number: x}",
         "tests.2.outcomes.1.certificate_series", "field-missing"),
    ],
)  # fmt: skip
def test_a_rule_that_contradicts_itself_is_refused_by_place(
    old: str, new: str, place: str, code: str
) -> None:
    """Each problem has a code of its own."""
    assert (place, code) in problems(HOURS_RULE.replace(old, new))


def test_courses_are_named_once_and_give_credit() -> None:
    """A course of nothing would be an exemption, which this form does not say."""
    assert problems(CERTIFICATE_RULE.replace("code: DG-102", "code: DG-101")) == {
        ("shape.targets", "rule-name-repeated")
    }
    zero = CERTIFICATE_RULE.replace(
        "Electrical safety}, credits: 2", "Electrical safety}, credits: 0"
    )
    assert ("shape.targets.2.credits", "amount-not-positive") in problems(zero)
