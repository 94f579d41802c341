"""Whether the catalogue allows a posted result: its definition, and the scheme of that. Pure."""

from collections.abc import Mapping, Sequence

from creditbank.catalogue.choose import choose
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.scheme import Scheme
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.posting import PostedOutcome


def require_catalogued(
    posted: PostedOutcome,
    definitions: Mapping[str, Sequence[Definition]],
    schemes: Mapping[str, Scheme],
) -> Definition:
    """Give the definition that a result names; raises `InvalidInput` when the catalogue says no."""
    definition = find_definition(posted, definitions)
    require_scheme(posted, schemes[definition.scheme_id])
    return definition


def find_definition(
    posted: PostedOutcome, definitions: Mapping[str, Sequence[Definition]]
) -> Definition:
    """Give the definition that a result names: the stated version, else the one valid then."""
    awarded = posted.awarded_on
    return choose(
        definitions.get(posted.course, ()),
        posted.course_version,
        first_day=awarded.first_day,
        last_day=awarded.last_day,
    )


def require_scheme(posted: PostedOutcome, scheme: Scheme) -> None:
    """Refuse credits that are no multiple of the quantum, and grades that are not on a scale."""
    problems: list[FieldProblem] = []
    if posted.credits is not None and not posted.credits.is_multiple_of(scheme.quantum):
        facts = {"quantum": str(scheme.quantum)}
        problems.append(FieldProblem(field="credits", code="amount-not-multiple", facts=facts))
    if posted.grade is not None and posted.grade_scale is None:
        problems.append(FieldProblem(field="grade_scale", code="grade-scale-missing"))
    if posted.grade is not None and posted.grade_scale is not None:
        scale = scheme.scale(posted.grade_scale)
        if scale is None:
            known = [one.id for one in scheme.grade_scales]
            problems.append(
                FieldProblem(
                    field="grade_scale", code="grade-scale-unknown", facts={"known": known}
                )
            )
        elif (code := scale.problem(posted.grade)) is not None:
            problems.append(FieldProblem(field="grade", code=code))
    if problems:
        raise InvalidInput(problems)
