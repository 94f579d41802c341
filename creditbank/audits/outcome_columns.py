"""What each clear column of an outcome must be, by what its statement says. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from creditbank.audits.statements import Fields
from creditbank.catalogue.definition import Definition, definition_id
from creditbank.conversion.amounts import ClassHours, Credits
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.queries import StoredOutcome
from creditbank.outcomes.stated import stated_natural_key
from creditbank.outcomes.status import OutcomeStatus
from ledger.statement import JSONValue

_WITHOUT_TAG = frozenset({OutcomeStatus.SUPERSEDED, OutcomeStatus.VOID})

_PRINTED: Mapping[str, Callable[[StoredOutcome], JSONValue]] = MappingProxyType(
    {
        "class": lambda outcome: outcome.outcome_class,
        "credits": lambda outcome: _printed(Credits, outcome.credits),
        "class_hours": lambda outcome: _printed(ClassHours, outcome.class_hours),
        "minutes": lambda outcome: outcome.minutes,
        "corrects": lambda outcome: outcome.corrects_id,
        "offering": lambda outcome: outcome.offering,
    }
)
"""For each of these stated fields, how the row's column is printed in a statement."""

_COLUMNS = MappingProxyType({"class": "outcome_class", "corrects": "corrects_id"})
"""The columns whose name is not that of the field."""

_DEFINED: Mapping[str, Callable[[Definition], JSONValue]] = MappingProxyType(
    {
        "class": lambda definition: definition.outcome_class.value,
        "course": lambda definition: definition.code,
        "course_version": lambda definition: definition.version,
        "title": lambda definition: definition.title,
        "title_en": lambda definition: definition.title_en,
        "course_valid_from": lambda definition: definition.stated_first_day,
    }
)
"""For each of these stated fields, what the definition says."""


def wrong_columns(outcome: StoredOutcome, stated: Fields, key: AccountKey) -> list[str]:
    """Name the columns of a row that are not what its statement says."""
    wrong = [
        _COLUMNS.get(name, name)
        for name, give in _PRINTED.items()
        if give(outcome) != stated.get(name)
    ]
    if outcome.awarded_month != _month(stated):
        wrong.append("awarded_month")
    if outcome.definition_id != _definition_id(outcome, stated):
        wrong.append("definition_id")
    if outcome.natural_tag != _natural_tag(outcome, stated, key):
        wrong.append("natural_tag")
    return wrong


def wrong_in_definition(
    outcome: StoredOutcome, stated: Fields, definition: Definition
) -> list[str]:
    """Name what a definition says otherwise than an outcome of it states."""
    if definition.institution_id != outcome.institution_id:
        return ["institution_id"]
    return [name for name, give in _DEFINED.items() if give(definition) != stated.get(name)]


def _printed(kind: type[Credits | ClassHours], amount: int | None) -> str | None:
    return None if amount is None else str(kind(milli=amount))


def _month(stated: Fields) -> str:
    return PartialDate.parse(str(stated["awarded_on"]), today=date.max).month


def _definition_id(outcome: StoredOutcome, stated: Fields) -> str:
    course, version = str(stated["course"]), str(stated["course_version"])
    first_day = stated.get("course_valid_from")
    return definition_id(
        outcome.institution_id, course, version, None if first_day is None else str(first_day)
    )


def _natural_tag(outcome: StoredOutcome, stated: Fields, key: AccountKey) -> bytes | None:
    if outcome.status in _WITHOUT_TAG:
        return None
    return key.natural_tag(stated_natural_key(stated, outcome.institution_id))
