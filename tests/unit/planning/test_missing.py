"""What an enrolment lacks, and what its caps leave, to the last thousandth."""

from datetime import date

from creditbank.conversion.amounts import Credits
from creditbank.conversion.caps import (
    CategoryCap,
    CertificatesCap,
    PlanCap,
    ProviderCap,
    Share,
)
from creditbank.conversion.filing import FilledTarget, Outcome
from creditbank.conversion.plan import Category, CountedCredit, CreditSource, Plan, Slot
from creditbank.planning.missing import Audit, audit
from creditbank.planning.question import Question
from tests.fixtures.planning import rule_document

DAY = date(2025, 3, 1)


def credits_of(text: str) -> Credits:
    """Read credits."""
    return Credits.parse(text)


def audited() -> Audit:
    """Audit a plan of two categories in which 3.5 credits count, by two providers."""
    plan = Plan(
        programme="P",
        version="1",
        institution="school",
        credits=credits_of("20"),
        categories=(
            Category(code="K", credits=credits_of("8")),
            Category(code="L", credits=credits_of("12")),
        ),
        slots=(
            Slot(code="X", category="K", credits=credits_of("3")),
            Slot(code="Y", category="K", credits=credits_of("2"), in_parts=True),
            Slot(code="Z", category="L", credits=credits_of("4")),
            Slot(code="T", category="L", credits=credits_of("6"), is_exemptible=False),
        ),
    )
    own = Outcome(
        id="own",
        group="own",
        is_active=True,
        outcome_class="formal",
        provider="school",
        course="T",
        awarded_first=DAY,
        awarded_last=DAY,
    )
    return audit(
        Question(
            outcomes=[own],
            rules=[
                rule_document(
                    "r", "courses", [("X", credits_of("3"), False)], parts=[("A", 1)], cap="5"
                )
            ],
            plan=plan,
            plan_caps=[
                PlanCap(kind="programme", share=Share(percent=5_000, quantum=credits_of("0.5"))),
                CategoryCap(kind="category", category="K", credits=credits_of("3.5")),
                ProviderCap(kind="provider", credits=credits_of("3")),
                CertificatesCap(kind="certificates", at_most=1),
            ],
            filed_on=date(2026, 3, 1),
            applied=[counted("X", "3", "p"), counted("Y", "0.5", "q")],
            filled={"school": [FilledTarget(code="Z", entry=7, credits=credits_of("0"))]},
            recognised={("r", "anywhere"): credits_of("3")},
        )
    )


def counted(target: str, worth: str, provider: str) -> CountedCredit:
    """Give credit that counts, of a certificate."""
    source = CreditSource(
        outcome_class="vocational",
        provider=provider,
        awarded_first=DAY,
        awarded_last=DAY,
        certificate="one",
    )
    return CountedCredit(
        target=target, category="K", credits=credits_of(worth), rule="r", sources=(source,)
    )


def test_slots_categories_and_the_whole_are_told_apart() -> None:
    """An exempted course lacks nothing; the school's own result covers nothing by itself."""
    found = audited()
    assert [(str(one.covered), str(one.missing)) for one in found.slots] == [
        ("3", "0"),
        ("0.5", "1.5"),
        ("0", "0"),
        ("0", "6"),
    ]
    assert [one.is_exempted for one in found.slots] == [False, False, True, False]
    assert found.slots[3].results == ("own",)
    assert [(str(one.covered), str(one.missing)) for one in found.categories] == [
        ("3.5", "4.5"),
        ("0", "12"),
    ]
    assert (str(found.covered), str(found.missing)) == ("3.5", "16.5")


def test_each_cap_says_its_limit_and_what_it_leaves() -> None:
    """Half of 20 credits; a full category; each provider; the one certificate; a rule."""
    caps = audited().caps
    found = [(one.kind, one.rule, one.key, one.limit, one.used, one.left) for one in caps]
    assert found == [
        ("programme", None, None, 10_000, 3_500, 6_500),
        ("category", None, None, 3_500, 3_500, 0),
        ("provider", None, "p", 3_000, 3_000, 0),
        ("provider", None, "q", 3_000, 500, 2_500),
        ("certificates", None, None, 1, 1, 0),
        ("rule", "r", None, 5_000, 3_000, 2_000),
    ]
