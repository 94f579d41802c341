"""What a rule asks of an outcome, and a test's result in words, for every door alike."""

from collections.abc import Iterator, Mapping

from api.decision_view import line_text
from api.problems import Problems
from creditbank.conversion.decision import Line
from creditbank.conversion.filing import Outcome
from creditbank.conversion.sources import GradeNeeded, Sources
from creditbank.planning.imagined import Wanted


def wanted_view(wanted: Wanted) -> dict[str, object]:
    """Show an outcome that is lacking: all that is asked, and the least that would be enough."""
    return {
        "part": wanted.part,
        "asks": [asks for one in wanted.asks if (asks := dict(_asked(one)))],
        "least": least_view(wanted),
    }


def least_view(wanted: Wanted) -> dict[str, str]:
    """Show the least outcome that is enough."""
    return dict(_stated(wanted.outcome))


def line_view(line: Line, problems: Problems, language: str) -> dict[str, object]:
    """Show one test with its arithmetic and its words."""
    return {
        "code": line.code.value,
        "subject": line.subject,
        "facts": line.shown,
        "text": line_text(line, problems, language),
    }


def _asked(sources: Sources) -> Iterator[tuple[str, object]]:
    """Give what sources state, in the words of a rule's file."""
    lists: Mapping[str, tuple[str, ...]] = {
        "classes": sources.classes,
        "providers": sources.providers,
        "provider_subtrees": sources.provider_subtrees,
        "courses": sources.courses,
        "course_patterns": sources.course_patterns,
        "certificate_series": sources.certificate_series,
    }
    yield from ((name, list(stated)) for name, stated in lists.items() if stated)
    if sources.levels:
        levels = [
            {"framework": one.framework, "at_least": str(one.at_least)} for one in sources.levels
        ]
        yield "levels", levels
    if sources.grades:
        yield "grades", [_grade(one) for one in sources.grades]
    if sources.hours is not None:
        yield "hours", {"unit": sources.hours.unit, "at_least": sources.hours.at_least}
    if sources.assurance_at_least is not None:
        yield "assurance_at_least", sources.assurance_at_least
    if sources.awarded_until is not None:
        yield "awarded_until", sources.awarded_until.isoformat()


def _grade(needed: GradeNeeded) -> dict[str, object]:
    if needed.at_least is None:
        return {"scale": needed.scale, "any_of": list(needed.any_of)}
    return {"scale": needed.scale, "at_least": str(needed.at_least)}


def _stated(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Give what an imagined outcome states; a code that nobody asked for is left out."""
    stated = {
        "course": None if outcome.course == outcome.id else outcome.course,
        "class": outcome.outcome_class,
        "certificate_series": outcome.certificate_series,
        "level_framework": outcome.level_framework,
        "level": outcome.level,
        "grade_scale": outcome.grade_scale,
        "grade": outcome.grade,
        "class_hours": outcome.class_hours,
        "hours": outcome.hours,
        "value": outcome.value,
        "assurance": outcome.assurance,
        "provider": outcome.provider or None,
    }
    yield from ((name, str(value)) for name, value in stated.items() if value is not None)
