"""What a citizen states in a matter about outcomes: her own deposit 成果存储, or a missing result.

A deposit is declared 本人申报: it is shown to her at once, is no outcome, and counts nowhere.
"""

from collections.abc import Mapping
from datetime import date

from creditbank.conversion.amounts import AmountError, ClassHours
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.dates import DateError, PartialDate
from creditbank.outcomes.texts import stated_text_problem, text_problem

DEPOSIT_REQUIRED = ("title", "awarding_body", "awarded_on")
MISSING_RESULT_REQUIRED = ("course", "term", "text")

Content = dict[str, str]


def read_deposit(fields: Mapping[str, str | None], *, today: date) -> Content:
    """Read a deposit; raises `InvalidInput` that names every wrong field."""
    given, problems = _texts(fields, DEPOSIT_REQUIRED)
    flawed = {problem.field for problem in problems}
    if "awarded_on" not in flawed:
        try:
            PartialDate.parse(given["awarded_on"], today=today)
        except DateError as error:
            problems.append(FieldProblem(field="awarded_on", code=error.code))
    if "class_hours" in given and "class_hours" not in flawed:
        try:
            ClassHours.parse(given["class_hours"])
        except AmountError as error:
            problems.append(FieldProblem(field="class_hours", code=error.code))
    if problems:
        raise InvalidInput(problems)
    return given


def read_request(fields: Mapping[str, str | None], required: tuple[str, ...]) -> Content:
    """Read what is asked in words; raises `InvalidInput` that names every wrong field."""
    given, problems = _texts(fields, required)
    if problems:
        raise InvalidInput(problems)
    return given


def require_text(text: str) -> None:
    """Raise `InvalidInput` for a text of a step that says nothing or is malformed."""
    if (problem := stated_text_problem("text", text)) is not None:
        raise InvalidInput([problem])


def _texts(
    fields: Mapping[str, str | None], required: tuple[str, ...]
) -> tuple[Content, list[FieldProblem]]:
    given = {name: text for name, text in fields.items() if text}
    found = [stated_text_problem(name, given.get(name, "")) for name in required]
    found += [text_problem(name, text) for name, text in given.items() if name not in required]
    return given, [one for one in found if one is not None]
