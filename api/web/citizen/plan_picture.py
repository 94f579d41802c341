"""A plan as a picture: what each part of a programme asks for, what counts, what would come."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from api.v1.missing import LackView, MissingView
from api.v1.proposals import PlacedView, ProposalView

_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar; amounts are decimal strings, shares are in hundredths of its length.

    `name` is that of a category 课程模块, empty for the whole programme.
    """

    name: str
    required: str
    counted: str
    added: str
    missing: str
    counted_share: str
    added_share: str


def bars(lacks: MissingView, proposal: ProposalView | None) -> list[Bar]:
    """Give the whole programme first, then its categories."""
    places = [] if proposal is None else proposal.applied.places
    return [
        _bar("", lacks.total, places),
        *(
            _bar(one.category, one, [each for each in places if each.category == one.category])
            for one in lacks.categories
        ),
    ]


def _bar(name: str, lack: LackView, places: Iterable[PlacedView]) -> Bar:
    required, counted = Decimal(lack.required), Decimal(lack.covered)
    added = sum((Decimal(one.credits) for one in places), Decimal())
    return Bar(
        name=name,
        required=lack.required,
        counted=lack.covered,
        added=_plain(added),
        missing=_plain(max(required - counted - added, Decimal())),
        counted_share=_share(counted, required),
        added_share=_share(min(added, max(required - counted, Decimal())), required),
    )


def _share(part: Decimal, whole: Decimal) -> str:
    return _plain(round(min(part / whole, Decimal(1)) * _WHOLE, 2)) if whole else "0"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}" if amount else "0"
