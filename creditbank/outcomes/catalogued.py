"""Whether an institution may post a result: the catalogue knows it, it speaks for itself. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from creditbank.catalogue.calendar import Sessions
from creditbank.catalogue.choose import choose
from creditbank.catalogue.definition import Definition, OutcomeClass
from creditbank.catalogue.scheme import Scheme
from creditbank.conversion.amounts import Grade
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.history import History, InstitutionKind
from creditbank.outcomes.particulars import Attestation, Particulars
from creditbank.outcomes.posting import PostedOutcome

AS_PRINTED = "none"
"""The grade scale of a grade that is on none: it is kept as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What one institution can award, and when it says that it offers it."""

    definitions: Mapping[str, Sequence[Definition]]
    schemes: Mapping[str, Scheme]
    sessions: Sessions

    def in_own_words(self, posted: PostedOutcome) -> PostedOutcome:
        """Give the result with the institution's own name of its term."""
        term = self.sessions.own_name(posted.term)
        return posted if term == posted.term else replace(posted, term=term)


def require_entitled(stated: Particulars, provider: History, bodies: Mapping[str, History]) -> None:
    """Refuse what is stated of others: only the bank attests originals, only a body posts for all.

    What two persons entered from an archive may be of any body. Raises `InvalidInput`.
    """
    named = {one.institution for one in stated.awarded_by if one.institution is not None}
    problems: list[FieldProblem] = []
    if unknown := sorted(named - bodies.keys()):
        facts = {"institution": "、".join(unknown)}
        problems.append(FieldProblem(field="awarding_body", code="body-unknown", facts=facts))
    elif stated.awarded_by and stated.attestation is None and provider.id not in named:
        problems.append(FieldProblem(field="awarding_body", code="body-not-yours"))
    is_bank = provider.registered.kind == InstitutionKind.BANK
    if stated.attestation is Attestation.ORIGINAL and not is_bank:
        problems.append(FieldProblem(field="attestation", code="attestation-not-yours"))
    if problems:
        raise InvalidInput(problems)


def require_catalogued(posted: PostedOutcome, catalogue: Catalogue) -> Definition:
    """Give the definition that a result names; raises `InvalidInput` when the catalogue says no."""
    definition = find_definition(posted, catalogue.definitions)
    require_scheme(posted, catalogue.schemes[definition.scheme_id])
    catalogue.sessions.require_offering(posted.offering, definition)
    if not _is_own_day(posted, definition):
        catalogue.sessions.require_term(posted.term)
    return definition


def _is_own_day(posted: PostedOutcome, definition: Definition) -> bool:
    """Say whether this is a visit whose sitting 考次 is its day, which is in no calendar."""
    is_visit = definition.outcome_class is OutcomeClass.VENUE
    return is_visit and posted.term.partition("/")[0] == posted.awarded_on.first_day.isoformat()


def find_definition(
    posted: PostedOutcome, definitions: Mapping[str, Sequence[Definition]]
) -> Definition:
    """Give the definition that a result names: the stated version, else the one valid then.

    A code that some definition has with more zeros before it is "course-zeros-lost".
    """
    awarded = posted.awarded_on
    if posted.course not in definitions and (longer := _with_zeros(posted.course, definitions)):
        facts = {"known": longer}
        raise InvalidInput([FieldProblem(field="course", code="course-zeros-lost", facts=facts)])
    return choose(
        definitions.get(posted.course, ()),
        posted.course_version,
        first_day=awarded.first_day,
        last_day=awarded.last_day,
    )


def _with_zeros(code: str, codes: Iterable[str]) -> list[str]:
    """Give the codes of which this is what a spreadsheet makes when it takes them for numbers."""
    if not (code.isascii() and code.isdigit()):
        return []
    return [one for one in codes if one != code and one.lstrip("0") == code]


def require_scheme(posted: PostedOutcome, scheme: Scheme) -> None:
    """Refuse credits that are no multiple of the quantum, and grades that are not on a scale."""
    problems: list[FieldProblem] = []
    if posted.credits is not None and not posted.credits.is_multiple_of(scheme.quantum):
        facts = {"quantum": str(scheme.quantum)}
        problems.append(FieldProblem(field="credits", code="amount-not-multiple", facts=facts))
    if posted.grade is not None and posted.grade_scale is None:
        problems.append(FieldProblem(field="grade_scale", code="grade-scale-missing"))
    if posted.grade is not None and posted.grade_scale not in {None, AS_PRINTED}:
        scale = scheme.scale(str(posted.grade_scale))
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


def exact_grade(posted: PostedOutcome, scheme: Scheme) -> Grade | None:
    """Give the exact value of a grade that the scheme allows, where its scale has one.

    Of a grade without a scale, or on a scale that nobody knows, nothing is derived.
    """
    scale = None if posted.grade_scale is None else scheme.scale(posted.grade_scale)
    return None if posted.grade is None or scale is None else scale.exact(posted.grade)
