"""How an outcome stands, as its provider and its learner see it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from pydantic import Field

from api.response import Response
from api.v1.stated_views import Stated, shown
from creditbank.catalogue.certification import Standing as Certified
from creditbank.outcomes.catalogue_view import Catalogued, OwnOutcomes
from creditbank.outcomes.standing import Event, Standing


class EventView(Response):
    """What befell an outcome: `suspended`, `lifted` or `extended`, why, and when."""

    kind: str
    reason: str
    valid_until: str | None
    recorded_on: str

    @classmethod
    def of(cls, event: Event) -> Self:
        """Give an event's JSON form."""
        until = event.valid_until
        return cls(
            kind=event.kind,
            reason=event.reason,
            valid_until=None if until is None else str(until),
            recorded_on=event.day.isoformat(),
        )


class OutcomeView(Response):
    """One outcome with everything that was stated of it, and how it stands."""

    id: str
    status: str
    reason: str | None = Field(description="Why it was taken back.")
    expired: bool = Field(description="Its validity, extensions included, is over (已过有效期).")
    valid_until: str | None
    superseded_by: str | None
    events: list[EventView]
    recorded_on: str
    entry_index: int
    certification: Certified = Field(
        description="Whether its definition was certified 已认证 when it was awarded."
    )
    class_minutes: str | None = Field(description="Class hours in minutes, by the scheme.")
    stated: Stated

    @classmethod
    def of(cls, one: Standing, catalogue: Catalogued, today: date) -> Self:
        """Give an outcome's JSON form."""
        return cls(**_view(one, catalogue, today))


class OwnOutcome(OutcomeView):
    """One's own outcome; what renewed it may be of any provider."""

    renewed_by: str | None
    same_as: str | None = Field(
        description="Another outcome of hers that is the same result, of which one counts."
    )
    duplicate_candidate_of: str | None = Field(
        description="Another outcome of hers that may be the same course of the same term, from"
        " another provider 疑似重复: one of the two can be converted, and she chooses which."
    )
    counts: bool = Field(
        description="False for all but one of several outcomes of one definition, and for what"
        " no longer stands."
    )

    @classmethod
    def of_own(
        cls, one: Standing, own: OwnOutcomes, candidates: Mapping[str, str], today: date
    ) -> Self:
        """Give an outcome's JSON form."""
        return cls(
            renewed_by=one.renewed_by,
            same_as=own.same.get(one.stored.id),
            duplicate_candidate_of=candidates.get(one.stored.id),
            counts=one.stored.id in own.counted,
            **_view(one, own.catalogue, today),
        )


def _view(one: Standing, catalogue: Catalogued, today: date) -> dict[str, Any]:
    until = one.valid_until
    return {
        "id": one.stored.id,
        "status": one.stored.status,
        "reason": one.reason,
        "expired": one.is_expired(today),
        "valid_until": None if until is None else str(until),
        "superseded_by": one.superseded_by,
        "events": [EventView.of(event) for event in one.events],
        "recorded_on": one.recorded_on.isoformat(),
        "entry_index": one.stored.entry_index,
        "certification": catalogue.standing(one.stored, one.stated),
        "class_minutes": catalogue.class_minutes(one.stored),
        "stated": shown(one.stated),
    }
