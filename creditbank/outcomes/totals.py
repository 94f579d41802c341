"""What one person's outcomes add up to, by class; what counts as it stands the database adds up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, not_, or_, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.catalogue.queries import counts_each
from creditbank.database import table_of
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.catalogue_view import OwnOutcomes, catalogued, own_outcomes
from creditbank.outcomes.queries import standing_outcomes
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.tables import OutcomeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTotal:
    """Sums over the standing outcomes of a class: 1/1000 credits and class hours, minutes."""

    outcome_class: str
    outcomes: int
    credits: int
    class_hours: int
    minutes: int


_AMOUNTS = [table_of(OutcomeRow).c[name] for name in ("credits", "class_hours", "minutes")]
_NOT_STATED = -1
"""No amount is below 0."""
_IS_ONE = and_(
    not_(counts_each(col(OutcomeRow.definition_id))),
    *(
        func.min(func.coalesce(one, _NOT_STATED)) == func.max(func.coalesce(one, _NOT_STATED))
        for one in _AMOUNTS
    ),
)
"""Of these outcomes of a definition one counts, and whichever it is, it adds the same."""
_BY_DEFINITION = (
    select(
        col(OutcomeRow.definition_id),
        func.min(col(OutcomeRow.outcome_class)).label("outcome_class"),
        *(func.min(one).label(one.key) for one in _AMOUNTS),
    )
    .where(among(col(OutcomeRow.account_id)), col(OutcomeRow.status) == OutcomeStatus.ACTIVE.value)
    .group_by(col(OutcomeRow.definition_id))
)
_PLAIN = _BY_DEFINITION.having(or_(func.count() == 1, _IS_ONE)).subquery()
_SUMS = select(
    _PLAIN.c.outcome_class,
    func.count().label("outcomes"),
    *(func.sum(_PLAIN.c[one.key]).label(one.key) for one in _AMOUNTS),
).group_by(_PLAIN.c.outcome_class)
_OTHERS = _BY_DEFINITION.having(and_(func.count() > 1, not_(_IS_ONE)))


def totals_by_class(connection: Connection, keys: Mapping[str, AccountKey]) -> list[ClassTotal]:
    """Add up the outcomes that stand and count, by class; what was not stated adds nothing.

    `keys` are those of all accounts of the person, by account. Which of several outcomes of one
    definition counts is looked at where it matters; so is what was posted to accounts that were
    merged, which can be the same result twice. The connection must see one moment of the database.
    """
    if len(keys) > 1:
        return _summed(_counted(own_outcomes(connection, keys)))
    others = [row["definition_id"] for row in rows_among(connection, _OTHERS, keys)]
    plain = list(_plain(connection, keys))
    if not others:
        return _summed(plain)
    outcomes = standing_outcomes(connection, keys, others)
    own = OwnOutcomes(keys, outcomes, catalogued(connection, outcomes))
    return _summed([*plain, *_counted(own)])


def _plain(connection: Connection, keys: Mapping[str, AccountKey]) -> Iterator[ClassTotal]:
    for row in rows_among(connection, _SUMS, keys):
        yield ClassTotal(
            outcome_class=row["outcome_class"],
            outcomes=row["outcomes"],
            credits=int(row["credits"] or 0),
            class_hours=int(row["class_hours"] or 0),
            minutes=int(row["minutes"] or 0),
        )


def _counted(own: OwnOutcomes) -> Iterator[ClassTotal]:
    for one in own.outcomes:
        if one.id in own.counted:
            yield ClassTotal(
                outcome_class=one.outcome_class,
                outcomes=1,
                credits=one.credits or 0,
                class_hours=one.class_hours or 0,
                minutes=one.minutes or 0,
            )


def _summed(totals: Iterable[ClassTotal]) -> list[ClassTotal]:
    of_class: dict[str, list[ClassTotal]] = defaultdict(list)
    for one in totals:
        of_class[one.outcome_class].append(one)
    return [
        ClassTotal(
            outcome_class=name,
            outcomes=sum(one.outcomes for one in found),
            credits=sum(one.credits for one in found),
            class_hours=sum(one.class_hours for one in found),
            minutes=sum(one.minutes for one in found),
        )
        for name, found in sorted(of_class.items())
    ]
