"""The frameworks of levels, and the maps between them: published data."""

from fastapi import APIRouter

from api.dependencies import CurrentBank, Public
from api.response import Response
from creditbank.catalogue.levels import Framework, frameworks_by_id

router = APIRouter(prefix="/api/v1/levels", tags=["catalogue"], dependencies=[Public])


class LevelView(Response):
    """One level as printed; a higher ordinal is higher within its own framework only."""

    ordinal: int
    name: str
    name_en: str | None


class LevelMapView(Response):
    """What this framework's ordinals are in another, by its source."""

    to: str
    source: str
    pairs: dict[int, int]


class FrameworkView(Response):
    """One framework."""

    id: str
    title: str
    title_en: str | None
    source: str
    levels: list[LevelView]
    maps: list[LevelMapView]


class FrameworkList(Response):
    """Every framework; levels of two without a map between them are not compared."""

    frameworks: list[FrameworkView]


@router.get("")
def list_frameworks(bank: CurrentBank) -> FrameworkList:
    """List the frameworks of levels with their maps."""
    with bank.readers.reading() as connection:
        found = frameworks_by_id(connection).values()
    return FrameworkList(frameworks=[_framework(one) for one in found])


def _framework(one: Framework) -> FrameworkView:
    return FrameworkView(
        id=one.id,
        title=one.title,
        title_en=one.title_en,
        source=one.source,
        levels=[
            LevelView(ordinal=level.ordinal, name=level.name, name_en=level.name_en)
            for level in one.levels
        ],
        maps=[LevelMapView(to=each.to, source=each.source, pairs=each.pairs) for each in one.maps],
    )
