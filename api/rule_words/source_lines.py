"""Which outcomes a rule takes, in plain words for a committee."""

from collections.abc import Iterator

from api.rule_words.wording import Wording
from creditbank.conversion.sources import GradeNeeded, LevelNeeded, Sources


def sources_said(sources: Sources, words: Wording) -> str:
    """Say all that a rule asks of an outcome, or that it takes any."""
    return words.listed("clauses", _lines(sources, words)) or words.say("any")


def level_said(framework: str, level: int, words: Wording) -> str:
    """Name a level of a framework."""
    return words.say("level", framework=framework, level=level)


def classes_said(classes: tuple[str, ...], kind: str, words: Wording) -> str:
    """Name classes of outcomes, joined as `list-{kind}` says."""
    return words.listed(kind, (words.say(f"class-{one}") for one in classes))


def _lines(sources: Sources, words: Wording) -> Iterator[str]:
    named = {
        "providers": sources.providers,
        "provider_subtrees": sources.provider_subtrees,
        "courses": (*sources.courses, *sources.course_patterns),
        "certificate_series": sources.certificate_series,
        "banks": sources.banks,
    }
    if sources.classes:
        yield words.say("of-classes", these=classes_said(sources.classes, "any", words))
    for what, values in named.items():
        if values:
            yield words.say(f"of-{what}", these=words.listed("any", values))
    if sources.levels:
        yield words.say("of-levels", these=_levels(sources.levels, words))
    yield from _achieved(sources, words)
    if sources.awarded_from is not None:
        yield words.say("awarded-from", day=sources.awarded_from)
    if sources.awarded_until is not None:
        yield words.say("awarded-until", day=sources.awarded_until)


def _achieved(sources: Sources, words: Wording) -> Iterator[str]:
    if sources.grades:
        grades = (_grade(one, words) for one in sources.grades)
        yield words.say("of-grades", these=words.listed("or", grades))
    if sources.hours is not None:
        amount = words.say(sources.hours.unit, n=sources.hours.at_least)
        yield words.say("of-hours", amount=amount)
    if sources.assurance_at_least is not None:
        level = words.say(f"assurance-{sources.assurance_at_least}")
        yield words.say("of-assurance", level=level)


def _levels(levels: tuple[LevelNeeded, ...], words: Wording) -> str:
    return words.listed("or", (level_said(one.framework, one.at_least, words) for one in levels))


def _grade(needed: GradeNeeded, words: Wording) -> str:
    if needed.at_least is not None:
        return words.say("grade-least", scale=needed.scale, least=needed.at_least)
    return words.say("grade-any", scale=needed.scale, these=words.listed("any", needed.any_of))
