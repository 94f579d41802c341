"""Outcomes of one person that may be one course, posted by two providers (疑似重复).

Both stay as they were posted. The mark is read anew each time, from the titles of definitions and
what her own outcomes state, so that neither provider learns of the other.
"""

from collections import defaultdict
from datetime import date
from itertools import islice

from creditbank.conversion.alike import likeness, with_title
from creditbank.conversion.filing import Likeness, Outcome
from creditbank.conversion.titles import similar_title
from creditbank.outcomes.catalogue_view import OwnOutcomes
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.queries import StoredOutcome
from creditbank.outcomes.status import OutcomeStatus


def duplicate_candidates(own: OwnOutcomes) -> dict[str, str]:
    """Give for each outcome that may be a duplicate the earlier one that it may be."""
    groups: dict[str, list[StoredOutcome]] = defaultdict(list)
    for stored in sorted(own.outcomes, key=lambda one: one.entry_index):
        if stored.status == OutcomeStatus.ACTIVE and stored.id not in own.same:
            title = own.catalogue.definitions[stored.definition_id].title
            groups[similar_title(title)].append(stored)
    found: dict[str, str] = {}
    for group in groups.values():
        named = [_named(one, own) for one in group] if len(group) > 1 else []
        for place, one in enumerate(named):
            alike = (e.id for e in named[:place] if likeness(e, one) is Likeness.DUPLICATE)
            found.update((one.id, earlier) for earlier in islice(alike, 1))
    return found


def _named(stored: StoredOutcome, own: OwnOutcomes) -> Outcome:
    """Open an outcome as far as its name is concerned."""
    stated = own.stated(stored)
    awarded = PartialDate.parse(str(stated["awarded_on"]), today=date.max)
    series = stated.get("certificate_series")
    outcome = Outcome(
        id=stored.id,
        group=stored.id,
        is_active=True,
        outcome_class=stored.outcome_class,
        provider=stored.institution_id,
        course=str(stated["course"]),
        awarded_first=awarded.first_day,
        awarded_last=awarded.last_day,
        certificate_series=None if series is None else str(series),
    )
    return with_title(outcome, str(stated["title"]), str(stated["term"]))
