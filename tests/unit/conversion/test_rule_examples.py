"""The example rules: each form that a bank needs, decided as its own cases say."""

import re
from pathlib import Path

import pytest

from api.decision_view import line_text
from api.problems import load_problems
from api.rule_words.pages import rule_changes, rule_page
from creditbank.conversion.cases import run_cases
from creditbank.conversion.rule_file import RuleDocument
from tests.fixtures.rules import RULES

EXAMPLES = sorted(RULES.glob("*.yaml"))


def holds(name: str, *cases: str) -> None:
    """Assert that every case of an example comes out as it says, and that these are among them."""
    document = RuleDocument.read((RULES / f"{name}.yaml").read_text("utf-8"))
    results = list(run_cases(document))
    failed = [
        (one.case.name, str(one.credits), str(one.applied), one.codes)
        for one in results
        if not one.has_passed
    ]
    assert failed == []
    assert set(cases) <= {one.case.name for one in results}


def test_one_certificate_fills_three_courses() -> None:
    """R01; and T1: recognised 8, applied 3 where the programme's cap leaves 4."""
    holds(
        "courier-courses",
        "一张证书认定三门课程",
        "专业已计入三十六学分，上限四十，只再计入第一门",
    )


def test_a_certificate_gives_no_more_than_its_cap_and_its_value() -> None:
    """R02."""
    holds("certificate-courses", "学分值为六的证书申请两门四学分课程，认定一门")


def test_a_core_course_asks_for_a_higher_level_than_a_foundation_course() -> None:
    """R03."""
    holds("certificate-by-level", "初级证书不得认定核心课程")


def test_exemptions_are_a_share_of_a_category_and_never_of_practice() -> None:
    """R04."""
    holds("compulsory-exemption", "四十学分的百分之三十五为十四，正好用满", "实践环节不得免修")


def test_each_kind_of_provider_has_its_share() -> None:
    """R05."""
    holds("credit-by-provider", "自学考试课程超过二十学分", "本校课程不受限制")


def test_terms_and_years_count_by_the_day_a_course_ended() -> None:
    """R06, and the borders of T7."""
    holds(
        "credit-by-term",
        "八月三十一日结束的课程属于第一学期，已满二十四学分",
        "九月一日结束的课程属于第二学期",
        "证书不计入学期学分",
    )


def test_one_institution_gives_no_more_than_its_part() -> None:
    """R07."""
    holds("credit-of-one-institution", "同一机构正好一百零五学分", "同一机构超过一百零五学分")


def test_so_many_certificates_count_and_no_more() -> None:
    """R08."""
    holds("number-of-certificates", "第四张证书不计", "第二张通识证书不计")


def test_an_award_counts_for_seven_years_and_once() -> None:
    """R09, and the borders of T2."""
    holds("seven-years", "第七年最后一日仍可申请", "次日不再受理", "闰日授予的成果至二月二十八日")


def test_points_weigh_credits_by_level() -> None:
    """R10."""
    holds("points-by-level", "四学分乘以四点五为十八积分")


def test_learning_from_experience_is_a_share_of_the_programme_whole_or_not_at_all() -> None:
    """R11."""
    holds("learning-from-experience", "120 学分的专业至多 36 学分", "超出后不作部分认定")


def test_transfer_fills_half_of_a_programme_or_what_residency_leaves() -> None:
    """R12 and R13."""
    holds(
        "transfer-of-credit",
        "八十学分的专业转入至多一半",
        "在读要求百分之七十五，认定五十四，计入三十",
    )


def test_hours_give_credit_down_to_the_quantum() -> None:
    """R14, and T19: what is left over counts later."""
    holds("class-hours", "一百学时认定六学分", "七学时不足半学分")


def test_full_hours_give_points_and_no_credit() -> None:
    """R15: points are no credit, and no rule of the examples makes credit of them."""
    holds("venue-points", "九十分钟记一积分")
    document = RuleDocument.read((RULES / "venue-points.yaml").read_text("utf-8"))
    assert document.rule.unit == "points"


def test_a_higher_level_fills_more_courses_and_the_highest_of_a_series_counts() -> None:
    """R16, T9's levels, and T17: an upgrade gives the difference."""
    holds(
        "electrician-levels",
        "特级技师认定 10 学分",
        "学徒工不予认定",
        "同一系列两张证书只认定等级高的一张",
        "先认定三级，一年后升二级再得二学分",
    )


def test_any_three_venues_and_a_reflection_within_a_year() -> None:
    """R17."""
    holds("museum-walk", "三个场馆加心得认定一学分", "同一场馆去两次只算一个", "每个专业一次")


def test_a_course_of_another_bank_counts_where_that_bank_signed_its_use() -> None:
    """R18."""
    holds("shared-course", "对方银行已登记在此使用", "没有对方银行的使用记录由人判断")


@pytest.mark.parametrize("part", ["written", "oral"])
def test_each_part_of_a_test_fills_half_of_a_course(part: str) -> None:
    """R19."""
    holds(f"english-{part}", "另一部分已认定，再得二学分", "课程已满不再认定")


def test_a_grade_is_compared_on_the_scales_of_the_rule_alone() -> None:
    """R20."""
    holds("minimum-grade", "七十四点九分不予认定", "其他成绩制由人判断")


def test_two_courses_of_one_year_are_one_course_together() -> None:
    """R21."""
    holds("accounting-bundle", "同一年度的两门课程", "缺一门不予认定", "不在同一年度")


def test_a_degree_course_exempts_from_an_examination_part() -> None:
    """R22."""
    holds("theory-exemption", "八十分免考理论部分，不计学分")


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_each_example_prints_as_one_page_of_chinese(file: Path) -> None:
    """A committee signs it: title, hash and places for signatures, and no word of the code."""
    document = RuleDocument.read(file.read_text("utf-8"))
    page = rule_page(document)
    assert document.rule.title.zh in page
    assert page.count("签字") == 2
    words = set(re.findall(r"[A-Za-z_]{2,}", page.replace(document.rule.id, "")))
    assert not words & {
        "None",
        "True",
        "False",
        "exempt",
        "copied",
        "in_parts",
        "applied",
        "source",
    }
    assert rule_changes(document.rule, document.rule, "zh") == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_line_of_every_case_is_said_in_words(file: Path, language: str) -> None:
    """No fact is left unfilled, whether the test passed or failed."""
    document = RuleDocument.read(file.read_text("utf-8"))
    for result in run_cases(document):
        for line in result.trace:
            text = line_text(line, load_problems(), language)
            assert text
            assert not set("{}") & set(text), (line.code, text)
