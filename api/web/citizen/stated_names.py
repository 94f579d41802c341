"""What outcomes are called where they are named by their ids."""

from collections.abc import Iterable

from api.v1.standing_views import OwnOutcome
from api.web.names import Named


def titles_of(outcomes: Iterable[OwnOutcome]) -> dict[str, Named]:
    """Give the titles of outcomes by id."""
    return {one.id: _title(one) for one in outcomes}


def _title(one: OwnOutcome) -> Named:
    english = one.stated.get("title_en")
    return Named(str(one.stated["title"]), None if english is None else str(english))
