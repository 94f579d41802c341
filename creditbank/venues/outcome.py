"""The outcome of class `venue` that a visit is: which result of the catalogue, and its number.

The sitting 考次 of a visit is its day, of a later one with its number: each is a result of its own,
and not another attempt at one. The statement says nothing of the hour; that lies with the check-in,
under the learner's key.
"""

from datetime import date

import orjson

from creditbank.conversion.amounts import StudyTime
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.learner_reference import AttemptKind, LearnerReference
from creditbank.outcomes.particulars import Assurance, Particulars
from creditbank.outcomes.posting import PostedOutcome
from creditbank.outcomes.records import Posting
from creditbank.venues.rule import Venue

RESULT = "到访 visited"


def posting_of_visit(
    venue: Venue, key: AccountKey, day: date, number: int, assurance: Assurance
) -> Posting:
    """Give the result of a learner's visit, the first of its day being 1."""
    rule = venue.rule_on(day)
    if rule is None:
        raise Refusal("venue-without-rule", day=day.isoformat())
    learner = LearnerReference(kind="account_number", value=key.number, name=None, birth_year=None)
    posted = PostedOutcome(
        learner=learner,
        course=venue.course,
        course_version=None,
        offering=venue.offering,
        term=day.isoformat() if number == 1 else f"{day.isoformat()}/{number}",
        attempt=1,
        attempt_kind=AttemptKind.FIRST,
        result=RESULT,
        grade=None,
        grade_scale=None,
        credits=None,
        class_hours=rule.class_hours,
        hours=None if rule.minutes is None else StudyTime(minutes=rule.minutes),
        awarded_on=PartialDate.parse(day.isoformat(), today=day),
        certificate=None,
        fields={},
        particulars=Particulars(assurance=assurance),
    )
    return Posting(posted=posted, key=key)


def day_tag(key: AccountKey, venue_id: str, day: date) -> bytes:
    """Give the keyed hash by which a learner's check-ins of one venue and day are found."""
    facts = {"check_in_day": day.isoformat(), "venue": venue_id}
    return key.natural_tag(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS))
