"""Outcomes that nobody holds yet, imagined as exactly what a rule asks for and no more."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, TypeVar, get_args

from creditbank.conversion.accept import failing
from creditbank.conversion.amounts import ClassHours, StudyTime
from creditbank.conversion.filing import HoursUnit, Outcome
from creditbank.conversion.sources import AssuranceLevel, Sources

_T = TypeVar("_T")
_ASSURANCES = get_args(AssuranceLevel)
_ANY_CLASS = "formal"
_WILD = str.maketrans({"*": "", "?": "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An outcome that is lacking: all that is asked of it, and the one that credit is told for.

    `part` names the part of a bundle that it serves.
    """

    outcome: Outcome
    asks: tuple[Sources, ...]
    part: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imagining:
    """What holds for all that is imagined: the day of award, the courses held, who gives it."""

    today: date
    held: frozenset[str]
    provider: str

    def outcome(
        self,
        name: str,
        asks: Sequence[Sources],
        *,
        but_not: Collection[str] = (),
        hours: Mapping[HoursUnit, int] | None = None,
    ) -> Outcome | None:
        """Give one that meets all sources; None where there can be none.

        `hours` are 1/1000 class hours or minutes that it has at least.
        """
        bare = Outcome(
            id=name,
            group=name,
            is_active=True,
            outcome_class=_shared(one.classes for one in asks) or _ANY_CLASS,
            provider=_provider(asks) or self.provider,
            course=name,
            awarded_first=self.today,
            awarded_last=self.today,
            certificate_series=_shared(one.certificate_series for one in asks),
            assurance=_assurance(asks),
            **_level(asks),
            **_grade(asks),
            **_hours(asks, hours or {}),
        )
        possible = (replace(bare, course=code) for code in _courses(asks, name))
        return next(
            (
                one
                for one in possible
                if one.course not in self.held
                and one.course not in but_not
                and not any(any(failing(sources, one)) for sources in asks)
            ),
            None,
        )


def _shared(stated: Iterable[Sequence[_T]]) -> _T | None:
    """Give the first that all name which name any; the first of all where they name none alike."""
    named = [one for one in stated if one]
    if not named:
        return None
    return next((one for one in named[0] if all(one in other for other in named)), named[0][0])


def _provider(asks: Sequence[Sources]) -> str | None:
    return _shared(one.providers for one in asks) or _shared(one.provider_subtrees for one in asks)


def _courses(asks: Sequence[Sources], name: str) -> Iterator[str]:
    """Give the codes that are asked for, one for each pattern, or one of its own."""
    patterns = [text for one in asks for text in one.course_patterns]
    yield from (code for one in asks for code in one.courses)
    yield from (text.replace("*", name).translate(_WILD) for text in patterns)
    yield from (text.translate(_WILD) for text in patterns)
    if not (patterns or any(one.courses for one in asks)):
        yield name


class _Level(TypedDict):
    level_framework: str | None
    level: int | None


def _level(asks: Sequence[Sources]) -> _Level:
    """Give the least level of a framework that all name."""
    framework = _shared([each.framework for each in one.levels] for one in asks)
    least = [each.at_least for one in asks for each in one.levels if each.framework == framework]
    return _Level(level_framework=framework, level=max(least, default=None))


class _Grade(TypedDict):
    grade_scale: str | None
    grade: str | None


def _grade(asks: Sequence[Sources]) -> _Grade:
    """Give the least grade of a scale that all name: a number, or one that each lists."""
    scale = _shared([each.scale for each in one.grades] for one in asks)
    needed = [each for one in asks for each in one.grades if each.scale == scale]
    least = [each.at_least for each in needed if each.at_least is not None]
    listed = _shared(each.any_of for each in needed)
    return _Grade(grade_scale=scale, grade=str(max(least)) if least else listed)


class _Hours(TypedDict):
    class_hours: ClassHours | None
    hours: StudyTime | None


def _hours(asks: Sequence[Sources], more: Mapping[HoursUnit, int]) -> _Hours:
    needed = dict(more)
    for one in asks:
        if one.hours is not None:
            needed[one.hours.unit] = max(needed.get(one.hours.unit, 0), one.hours.units)
    milli, minutes = needed.get("class_hours"), needed.get("hours")
    return _Hours(
        class_hours=None if milli is None else ClassHours(milli=milli),
        hours=None if minutes is None else StudyTime(minutes=minutes),
    )


def _assurance(asks: Sequence[Sources]) -> str | None:
    named = [one.assurance_at_least for one in asks if one.assurance_at_least is not None]
    return max(named, key=_ASSURANCES.index, default=None)
