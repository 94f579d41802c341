"""How an outcome stands, as its provider and its learner see it."""

from datetime import date
from typing import Any, Self

from pydantic import Field

from api.response import Response
from api.v1.stated_views import Stated, shown
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
    stated: Stated

    @classmethod
    def of(cls, one: Standing, today: date) -> Self:
        """Give an outcome's JSON form."""
        return cls(**_view(one, today))


class OwnOutcome(OutcomeView):
    """One's own outcome; what renewed it may be of any provider."""

    renewed_by: str | None

    @classmethod
    def of(cls, one: Standing, today: date) -> Self:
        """Give an outcome's JSON form."""
        return cls(renewed_by=one.renewed_by, **_view(one, today))


def _view(one: Standing, today: date) -> dict[str, Any]:
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
        "stated": shown(one.stated),
    }
