"""A decision in words: its trace line by line in 中文 or English, amounts as decimal strings."""

from collections.abc import Iterable
from functools import cache

from api.problems import Problems, load_problems
from creditbank.conversion.amounts import ClassHours, StudyTime
from creditbank.conversion.decision import Decision, Grant, Line, Part
from creditbank.errors import FieldProblem


def decision_view(decision: Decision, problems: Problems, language: str) -> dict[str, object]:
    """Give everything that a decision says; each line of its trace has a text."""
    return {
        "engine": decision.engine,
        "rule_sha256": decision.rule_sha256,
        "credits": str(decision.credits),
        "points": str(decision.points),
        "grants": [_grant(grant) for grant in decision.grants],
        "uses": [use_view(part) for part in decision.parts],
        "codes": list(decision.codes),
        "needs_a_person": decision.needs_a_person,
        "trace": trace_view(decision.trace, problems, language),
    }


def trace_view(trace: Iterable[Line], problems: Problems, language: str) -> list[dict[str, object]]:
    """Give the lines of a trace, each with a text."""
    return [_line(line, problems, language) for line in trace]


def line_text(line: Line, problems: Problems, language: str) -> str:
    """Say what a test found."""
    words = _passed() if line.has_passed else problems
    problem = FieldProblem(field=line.subject or "", code=line.code.value, facts=line.shown)
    return str(words.field(problem, language)["detail"])


def _line(line: Line, problems: Problems, language: str) -> dict[str, object]:
    return {
        "test": line.step.value,
        "subject": line.subject,
        "passed": line.has_passed,
        "code": line.code.value,
        "facts": dict(line.facts),
        "text": line_text(line, problems, language),
    }


def _grant(grant: Grant) -> dict[str, object]:
    said: dict[str, object] = {"target": grant.target, grant.unit: str(grant.credits)}
    stated = (("category", grant.category), ("grade", grant.grade))
    said.update((name, value) for name, value in stated if value is not None)
    return {**said, "exempts": True} if grant.exempts else said


def use_view(part: Part) -> dict[str, str]:
    """Give what a conversion uses of an outcome: all of it, or hours from and to."""
    if part.unit is None:
        return {"outcome": part.outcome, "part": "all"}
    start, end = (
        str(ClassHours(milli=at) if part.unit == "class_hours" else StudyTime(minutes=at))
        for at in (part.start, part.end)
    )
    return {"outcome": part.outcome, "part": part.unit, "from": start, "to": end}


@cache
def _passed() -> Problems:
    return load_problems("decision_lines.yaml")
