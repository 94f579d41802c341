"""What the catalogue says of recorded outcomes: certified or not, which counts, what hours mean.

None of it is stated: it is read anew, as of the day of each award.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy import Connection

from creditbank.catalogue.certification import Certification, Standing, standing
from creditbank.catalogue.definition import Counting, Definition
from creditbank.catalogue.queries import certifications_of, definitions_by_id, schemes_of
from creditbank.catalogue.scheme import Scheme
from creditbank.conversion.amounts import print_scaled
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields
from creditbank.outcomes.counting import Passed, counting
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.merged import same_results
from creditbank.outcomes.queries import StoredOutcome, outcomes_of_account
from creditbank.outcomes.status import OutcomeStatus
from ledger.statement import JSONValue

Stated = Mapping[str, JSONValue]

_MILLI_PLACES = 3


@dataclass(frozen=True)
class Catalogued:
    """The definitions of some outcomes, with their certifications and schemes."""

    definitions: Mapping[str, Definition]
    certifications: Mapping[str, Sequence[Certification]]
    schemes: Mapping[str, Mapping[str, Scheme]]

    def standing(self, outcome: StoredOutcome, stated: Stated) -> Standing:
        """Say whether its definition was certified when it was awarded."""
        awarded = _awarded_on(stated)
        certifications = self.certifications.get(outcome.definition_id, ())
        return standing(certifications, first_day=awarded.first_day, last_day=awarded.last_day)

    def class_minutes(self, outcome: StoredOutcome) -> str | None:
        """Give its class hours in minutes, by the scheme's 45, 50 or 60 minutes a class hour."""
        if outcome.class_hours is None:
            return None
        minutes = self._scheme(outcome).minutes_per_class_hour
        return print_scaled(outcome.class_hours * minutes, _MILLI_PLACES)

    def passed(self, outcome: StoredOutcome, stated: Stated) -> Passed:
        """Give an outcome as it is compared with others of its definition."""
        grade, scale_name = stated.get("grade"), stated.get("grade_scale")
        scale = self._scheme(outcome).scale(str(scale_name))
        return Passed(
            outcome_id=outcome.id,
            awarded_on=_awarded_on(stated),
            attempt=int(str(stated["attempt"])),
            entry_index=outcome.entry_index,
            scale=None if scale_name is None else str(scale_name),
            rank=None if grade is None or scale is None else scale.rank(str(grade)),
        )

    def _scheme(self, outcome: StoredOutcome) -> Scheme:
        definition = self.definitions[outcome.definition_id]
        return self.schemes[definition.institution_id][definition.scheme_id]


def catalogued(connection: Connection, outcomes: Sequence[StoredOutcome]) -> Catalogued:
    """Load what the catalogue says of these outcomes."""
    ids = {one.definition_id for one in outcomes}
    definitions = definitions_by_id(connection, ids)
    institutions = {one.institution_id for one in definitions.values()}
    return Catalogued(
        definitions=definitions,
        certifications=certifications_of(connection, ids),
        schemes={one: schemes_of(connection, one) for one in institutions},
    )


@dataclass(frozen=True)
class OwnOutcomes:
    """Every outcome of one person's accounts beside what the catalogue says of them.

    `keys` are those of her account and of accounts that were merged into it, by account.
    """

    keys: Mapping[str, AccountKey]
    outcomes: Sequence[StoredOutcome]
    catalogue: Catalogued
    same: Mapping[str, str] = field(default_factory=dict)
    """For what was posted to two accounts that were merged, the outcome that counts instead."""
    _opened: dict[str, Stated] = field(default_factory=dict, init=False, repr=False)

    def stated(self, outcome: StoredOutcome) -> Stated:
        """Open what was stated of an outcome; each is opened once."""
        if outcome.id not in self._opened:
            key = self.keys[outcome.account_id]
            opened = open_fields(key, "outcome", outcome.id, outcome.sealed_statement)
            self._opened[outcome.id] = opened
        return self._opened[outcome.id]

    @cached_property
    def counted(self) -> frozenset[str]:
        """The standing outcomes that count: of each definition one or each, as it says."""
        return self.counted_among(self.outcomes)

    def counted_among(self, outcomes: Sequence[StoredOutcome]) -> frozenset[str]:
        """Give those of these outcomes that stand and count; only repeated ones are opened."""
        return frozenset(self._counted(outcomes))

    def _counted(self, outcomes: Sequence[StoredOutcome]) -> Iterator[str]:
        groups: dict[str, list[StoredOutcome]] = defaultdict(list)
        active = {one.id for one in self.outcomes if one.status == OutcomeStatus.ACTIVE}
        for one in outcomes:
            if one.id in active and self.same.get(one.id) not in active:
                groups[one.definition_id].append(one)
        for definition_id, group in groups.items():
            if len(group) == 1:
                yield group[0].id
                continue
            policy = self.catalogue.definitions[definition_id].counting
            if policy is Counting.EACH:
                yield from (one.id for one in group)
                continue
            passed = [self.catalogue.passed(one, self.stated(one)) for one in group]
            yield counting(passed, policy).outcome_id


def own_outcomes(connection: Connection, keys: Mapping[str, AccountKey]) -> OwnOutcomes:
    """Load every outcome of one person's accounts, and what the catalogue says of them."""
    outcomes = outcomes_of_account(connection, *keys)
    # Only what was merged can be the same result twice.
    same = same_results(connection, [one.id for one in outcomes]) if len(keys) > 1 else {}
    return OwnOutcomes(keys, outcomes, catalogued(connection, outcomes), same)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassHourTotal:
    """Class hours of one class and category in a year: 1/1000 class hours, 1/1000 minutes."""

    outcome_class: str
    category: str | None
    outcomes: int
    class_hours: int
    class_minutes: int


def class_hours_of_year(own: OwnOutcomes, year: int) -> list[ClassHourTotal]:
    """Add up the class hours that were awarded in a year, by class and category.

    A definition that was achieved twice in the year counts as it says.
    """
    awarded = [one for one in own.outcomes if one.awarded_month[:4] == f"{year:04}"]
    counted = own.counted_among(awarded)
    sums: dict[tuple[str, str | None], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in awarded:
        if one.id in counted and one.class_hours is not None:
            definition = own.catalogue.definitions[one.definition_id]
            minutes = own.catalogue.schemes[definition.institution_id][definition.scheme_id]
            amounts = (1, one.class_hours, one.class_hours * minutes.minutes_per_class_hour)
            total = sums[one.outcome_class, definition.category]
            total[:] = [old + new for old, new in zip(total, amounts, strict=True)]
    return [
        ClassHourTotal(
            outcome_class=outcome_class,
            category=category,
            outcomes=count,
            class_hours=hours,
            class_minutes=minutes,
        )
        for (outcome_class, category), (count, hours, minutes) in sorted(
            sums.items(), key=lambda item: (item[0][0], item[0][1] or "")
        )
    ]


def _awarded_on(stated: Stated) -> PartialDate:
    return PartialDate.parse(str(stated["awarded_on"]), today=date.max)
