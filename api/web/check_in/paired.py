"""A browser that is a device of a shift: its key lies in a cookie, and opens nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime

from api.dependencies import throttle_client
from api.throttling import PER_DEVICE
from api.web.cookies import DEVICE
from api.web.page import Page
from creditbank.access.actor import Actor, Scope
from creditbank.access.tokens import authenticate
from creditbank.errors import Refusal
from creditbank.venues.scan import Station, station_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDevice:
    """The device that a browser is, and where it works."""

    actor: Actor
    station: Station

    @property
    def ends_at(self) -> str:
        """When its shift ends."""
        return datetime.fromtimestamp(self.station.shift.ends_at, UTC).isoformat()


def paired_device(page: Page) -> PairedDevice | None:
    """Give the device that the browser is, None for no device and for one that works no more."""
    text = page.request.cookies.get(DEVICE)
    if text is None:
        return None
    try:
        return _device(page, text)
    except Refusal as refusal:
        if refusal.code == "too-many-requests":
            raise
        return None


def _device(page: Page, text: str) -> PairedDevice:
    bank = page.bank
    now = bank.clock()
    with bank.readers.reading() as connection:
        actor = authenticate(connection, text, now)
        actor.require(Scope.CHECK_INS_WRITE)
        station = station_of(connection, actor.id)
    throttle_client(page.request, bank, PER_DEVICE, actor.id)
    station.require_working(now)
    return PairedDevice(actor=actor, station=station)
