"""What a rule gives, in plain words for a committee."""

from collections.abc import Iterator

from api.rule_words.source_lines import level_said, sources_said
from api.rule_words.wording import Wording
from creditbank.conversion.amounts import print_scaled
from creditbank.conversion.shapes import (
    Bundle,
    CourseTarget,
    Elective,
    Exemption,
    FixedAmount,
    HoursPool,
    LevelFactor,
    Shape,
    SourceAmount,
)


def shape_lines(shape: Shape, unit: str, words: Wording) -> Iterator[str]:
    """Say what is asked for together, and what it gives; `unit` is `credits` or `points`."""
    if isinstance(shape, HoursPool):
        yield from _pool(shape, unit, words)
        return
    if isinstance(shape, Bundle):
        yield from _bundle(shape, words)
    else:
        yield words.say("courses")
    for target in shape.targets:
        said = words.listed("phrases", _target(target, unit, words))
        yield words.say(
            "target",
            title=words.either(target.title.zh, target.title.en),
            code=target.code,
            said=said,
        )


def _pool(pool: HoursPool, unit: str, words: Wording) -> Iterator[str]:
    yield words.say(
        "pool",
        hours=words.say(pool.unit, n=pool.per_credit),
        amount=words.say(unit, n=1),
        quantum=words.say(unit, n=pool.quantum),
    )
    placed = words.listed("phrases", _placed(pool.target, words))
    yield words.say(
        "pool-target",
        title=words.either(pool.target.title.zh, pool.target.title.en),
        code=pool.target.code,
        said=words.say("pool-said", said=placed) if placed else "",
        unit=words.say(f"unit-{pool.unit}"),
    )


def _bundle(bundle: Bundle, words: Wording) -> Iterator[str]:
    near = []
    if bundle.within_months is not None:
        near.append(words.say("within-months", n=bundle.within_months))
    if bundle.year_begins is not None:
        near.append(words.say("within-year", day=words.day_of_year(bundle.year_begins)))
    all_near = words.listed("also", near)
    yield words.say("bundle-near", near=all_near) if near else words.say("bundle")
    for part in bundle.parts:
        asked = sources_said(part.sources, words)
        yield words.say("part", name=part.name, n=part.at_least, sources=asked)


def _target(target: CourseTarget, unit: str, words: Wording) -> Iterator[str]:
    yield _amount(target, unit, words)
    if target.filled == "in_parts":
        yield words.say("in-parts")
    yield from _placed(target, words)
    if target.sources is not None:
        yield words.say("asks-more", sources=sources_said(target.sources, words))


def _placed(target: CourseTarget | Elective, words: Wording) -> Iterator[str]:
    if target.category is not None:
        yield words.say("in-category", category=target.category)
    if target.grade is not None:
        yield words.say("grade-recorded", grade=words.say(f"recorded-{target.grade}"))


def _amount(target: CourseTarget, unit: str, words: Wording) -> str:
    gives = target.gives
    if isinstance(gives, Exemption):
        return words.say("exemption", unit=words.say(f"unit-{unit}"))
    if isinstance(gives, SourceAmount):
        return _of_source(gives, target, unit, words)
    whole = words.say(unit, n=target.credits)
    if isinstance(gives, FixedAmount):
        amount = words.say(unit, n=gives.credits)
        is_part = target.credits is not None
        return words.say("fixed-of", amount=amount, whole=whole) if is_part else amount
    return whole


def _of_source(gives: SourceAmount, target: CourseTarget, unit: str, words: Wording) -> str:
    said = words.say("by-value")
    if gives.factor is not None:
        said += words.say("factor", factor=_factor(gives.factor))
    if gives.by_level:
        levels = (_level_factor(one, words) for one in gives.by_level)
        said += words.say("level-factors", these=words.listed("values", levels))
    if gives.quantum is not None:
        said += words.say("down-to", quantum=words.say(unit, n=gives.quantum))
    if gives.kind == "lesser":
        said += words.say("at-most", amount=words.say(unit, n=target.credits))
    return said


def _level_factor(one: LevelFactor, words: Wording) -> str:
    level = level_said(one.framework, one.level, words)
    return words.say("level-factor", level=level, factor=_factor(one.factor))


def _factor(thousandths: int) -> str:
    return print_scaled(thousandths, 3)
