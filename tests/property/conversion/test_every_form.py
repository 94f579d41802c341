"""Ten thousand requests at random, against every form of rule: decided, applied, never over a cap.

The sums are computed here anew, in the plainest way, from the outcomes and what was granted.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random, SystemRandom

from creditbank.conversion.amounts import ClassHours, Credits, StudyTime
from creditbank.conversion.apply import Application, Applying, apply_credit
from creditbank.conversion.caps import (
    CategoryCap,
    CertificatesCap,
    ClassCap,
    PeriodCap,
    PlanCap,
    ProviderCap,
    ScopedCap,
    Share,
)
from creditbank.conversion.decide import ENGINES, decide
from creditbank.conversion.decision import DECISIONS, Decision
from creditbank.conversion.filing import FILINGS, Filing, FilledTarget, Outcome, Use
from creditbank.conversion.plan import Category, CountedCredit, CreditSource, Plan, Slot
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import HoursPool
from tests.fixtures.rules import RULES

REQUESTS = 10_000
DOCUMENTS = [RuleDocument.read(file.read_text("utf-8")) for file in sorted(RULES.glob("*.yaml"))]
CATEGORIES = ("A", "B")
PROVIDERS = ("p", "q", "provider", "self-study-authority", "inst")
CLASSES = ("formal", "vocational", "non_degree", "venue")
NOTHING = Credits(milli=0)


def test_every_request_is_decided_applied_and_within_every_cap() -> None:
    """The engine is total, and no cap is exceeded beyond what was counted before."""
    seed = SystemRandom().getrandbits(64)
    print("seed", seed)  # noqa: T201 - pytest shows it where the test fails
    chance = Random(seed)  # noqa: S311 - cases, no secrets
    granted = applied = 0
    for _ in range(REQUESTS):
        document = chance.choice(DOCUMENTS)
        filing = _filing(document.rule, chance)
        decision = decide(document, filing)
        _check_decision(document, filing, decision)
        caps = _caps(chance)
        found = _applied(document.rule, filing, decision, caps)
        if found is not None and filing.plan is not None:
            _check_caps(caps, filing.plan, filing.counted, found.applied)
            _check_slots(filing.plan, filing.counted, found.applied)
            applied += bool(found.applied)
        granted += bool(decision.grants)
    assert granted > REQUESTS // 20
    assert applied > REQUESTS // 100


def _check_decision(document: RuleDocument, filing: Filing, decision: Decision) -> None:
    assert decision.grants or decision.codes
    assert bool(decision.grants) == bool(decision.parts)
    targets = [one.target for one in decision.grants]
    assert len(set(targets)) == len(targets)
    stored = DECISIONS.validate_json(DECISIONS.dump_json(decision))
    again = FILINGS.validate_json(FILINGS.dump_json(filing))
    assert ENGINES[stored.engine](document, again) == decision == stored


def _applied(
    rule: Rule, filing: Filing, decision: Decision, caps: list[ScopedCap]
) -> Application | None:
    if filing.plan is None or rule.unit == "points":
        return None
    used = {part.outcome for part in decision.parts}
    sources = tuple(one.source for one in filing.outcomes if one.id in used)
    wanted = [
        Applying(
            credit=CountedCredit(
                target=one.target,
                category=one.category,
                credits=one.credits,
                rule=rule.id,
                sources=sources,
            ),
            may_be_split=one.in_parts,
        )
        for one in decision.grants
    ]
    return apply_credit(filing.plan, caps, {}, wanted, filing.counted)


def _check_slots(
    plan: Plan, before: Iterable[CountedCredit], applied: Iterable[CountedCredit]
) -> None:
    """No slot holds more than it takes, and one that is not exemptible takes nothing."""
    for slot in plan.slots:
        old = sum(one.credits.milli for one in before if one.target == slot.code)
        new = sum(one.credits.milli for one in applied if one.target == slot.code)
        assert new == 0 or old + new <= slot.credits.milli
        assert new == 0 or slot.is_exemptible


def _check_caps(
    caps: Iterable[ScopedCap],
    plan: Plan,
    before: Iterable[CountedCredit],
    applied: Iterable[CountedCredit],
) -> None:
    for cap in caps:
        after = [*before, *applied]
        if isinstance(cap, CertificatesCap):
            old, new = (_certificates(cap, credit) for credit in (before, after))
            assert len(new) <= max(cap.at_most, len(old))
            continue
        limit = cap.credits or (cap.share or Share(percent=0, quantum=NOTHING)).of(plan.credits)
        for concerned in _sums(cap, after):
            new_sum = sum(one.credits.milli for one in concerned)
            old_sum = sum(one.credits.milli for one in concerned if one in before)
            assert new_sum <= max(limit.milli, old_sum)


def _certificates(cap: CertificatesCap, credit: Iterable[CountedCredit]) -> set[str]:
    return {
        source.certificate
        for one in credit
        if cap.category in {None, one.category}
        for source in one.sources
        if source.certificate is not None
    }


def _sums(cap: ScopedCap, credit: list[CountedCredit]) -> Iterator[list[CountedCredit]]:
    """Give each set of credit that a cap bounds."""
    if isinstance(cap, PlanCap):
        yield credit
    elif isinstance(cap, CategoryCap):
        yield [one for one in credit if one.category == cap.category]
    elif isinstance(cap, ClassCap):
        yield [one for one in credit if {s.outcome_class for s in one.sources} & {*cap.classes}]
    elif isinstance(cap, ProviderCap):
        for provider in PROVIDERS:
            yield [one for one in credit if provider in {s.provider for s in one.sources}]
    elif isinstance(cap, PeriodCap):
        for year in range(2018, 2028):
            begins, ends = date(year, 9, 1), date(year + 1, 9, 1)
            yield [
                one
                for one in credit
                if any(
                    begins <= day < ends
                    for source in one.sources
                    if source.outcome_class not in cap.classes_not_counted
                    for day in (source.awarded_first, source.awarded_last)
                )
            ]


def _caps(chance: Random) -> list[ScopedCap]:
    some = Credits(milli=chance.randrange(0, 40) * 500)
    known: list[ScopedCap] = [
        PlanCap(kind="programme", share=Share(percent=5_000, quantum=Credits(milli=500))),
        CategoryCap(kind="category", category="A", credits=some),
        ClassCap(kind="class", classes=("vocational", "venue"), credits=some),
        ProviderCap(kind="provider", credits=some),
        PeriodCap(
            kind="period", begins=((9, 1),), credits=some, classes_not_counted=("vocational",)
        ),
        CertificatesCap(kind="certificates", at_most=chance.randint(1, 3)),
    ]
    return chance.sample(known, chance.randint(0, len(known)))


def _filing(rule: Rule, chance: Random) -> Filing:
    shape = rule.shape
    codes = [shape.target.code] if isinstance(shape, HoursPool) else [t.code for t in shape.targets]
    targets = tuple(chance.sample(codes, chance.randint(0, len(codes))))
    counted = tuple(_counted(codes, chance) for _ in range(chance.randint(0, 3)))
    return Filing(
        filed_on=date(2026, 3, 1) + timedelta(days=chance.randint(-900, 900)),
        outcomes=tuple(_outcome(rule, f"o{n}", chance) for n in range(chance.randint(1, 6))),
        targets=targets,
        filled=tuple(
            FilledTarget(code=one.target, entry=1, credits=chance.choice([None, one.credits]))
            for one in counted
            if one.target in targets
        ),
        recognised=Credits(milli=chance.choice([0, 0, 1_000, 20_000])),
        plan=_plan(rule, codes, chance),
        counted=counted,
        identity_level=chance.choice([None, 0, 1, 2]),
    )


def _plan(rule: Rule, codes: list[str], chance: Random) -> Plan | None:
    if chance.random() < 0.1:
        return None
    cases = [case.plan.plan for case in rule.tests if case.plan is not None]
    if cases and chance.random() < 0.7:
        return chance.choice(cases)
    sizes = [1, 2, 2, 3, 3, 4, 10]
    return Plan(
        programme="P" if rule.programme is None else rule.programme.code,
        version=chance.choice(["2024", "2025"]),
        level=chance.choice([None, "本科"]),
        credits=Credits(milli=chance.choice([10, 80, 120]) * 1000),
        categories=tuple(Category(code=one, credits=Credits(milli=20_000)) for one in CATEGORIES),
        slots=tuple(
            Slot(
                code=code,
                category=chance.choice(CATEGORIES),
                credits=Credits(milli=chance.choice(sizes) * 1000),
                is_exemptible=chance.random() < 0.9,
                in_parts=chance.random() < 0.5,
            )
            for code in codes
            if chance.random() < 0.9
        ),
    )


def _counted(codes: list[str], chance: Random) -> CountedCredit:
    ended = date(2025, 1, 1) + timedelta(days=chance.randint(0, 700))
    source = CreditSource(
        outcome_class=chance.choice(CLASSES),
        provider=chance.choice(PROVIDERS),
        awarded_first=ended,
        awarded_last=ended,
        certificate=chance.choice([None, "x", "y", "z"]),
    )
    return CountedCredit(
        target=chance.choice([*codes, "X"]),
        category=chance.choice([None, *CATEGORIES]),
        credits=Credits(milli=chance.randint(1, 20) * 500),
        rule=chance.choice(["r", "other"]),
        sources=(source,),
    )


def _outcome(rule: Rule, name: str, chance: Random) -> Outcome:
    """Give an outcome like one of the rule's own cases, with some of it changed."""
    like = chance.choice([one for case in rule.tests for one in case.outcomes])
    first = like.awarded_on + timedelta(days=chance.choice([0, 0, 0, -1, 1, 40, -400]))
    last = first + timedelta(days=chance.choice([0, 0, 0, 30, 364]))
    scopes = ["anywhere", "programme  P", "level 本科"]
    uses = (Use(entry=3, scope=chance.choice(scopes)),) if chance.random() < 0.1 else ()
    is_whole = chance.random() < 0.8
    hours, study = like.class_hours, like.hours
    return Outcome(
        id=name,
        group=chance.choice([name, name, name, "g"]),
        is_active=chance.random() < 0.95,
        outcome_class=like.outcome_class if is_whole else chance.choice(CLASSES),
        provider=like.provider if is_whole else chance.choice(PROVIDERS),
        course=like.course,
        awarded_first=first,
        awarded_last=last,
        certificate_series=like.certificate_series,
        value=like.value if is_whole else chance.choice([None, NOTHING, Credits(milli=1)]),
        class_hours=None if hours is None else ClassHours.parse(hours),
        hours=None if study is None else StudyTime.parse(study),
        uses=uses,
        provider_above=like.provider_above,
        level_framework=like.level_framework,
        level=like.level if is_whole else chance.choice([None, 0, 99]),
        grade=like.grade if is_whole else chance.choice([None, "优", "", "60"]),
        grade_scale=like.grade_scale,
        assurance=like.assurance,
        home_bank=like.home_bank,
        home_use=like.home_use,
    )
