"""Examine every part on which the bank stands, each by itself, so that one fault hides no other."""

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from certificates.errors import FontsMissing
from certificates.press import open_press
from creditbank.cache.open import open_cache
from creditbank.database import connected, is_present, open_reading_engine
from creditbank.doctor.finding import DOORS_OPEN, Finding
from creditbank.doctor.key_files import examine_key_files
from creditbank.errors import Refusal
from creditbank.installation.found import find_installation
from creditbank.migrations.run import revisions
from creditbank.settings import Settings
from ledger.read import read_head
from ledger.triggers import missing_triggers

CLOCK_SECONDS_MAX = 5
DISK_FREE_BYTES_MIN = 1 << 30
_NOT_EXAMINED = "not-examined"


def examine(settings: Settings, clock: Callable[[], datetime]) -> list[Finding]:
    """Examine databases, log, names, clock, key files, cache, disk, fonts and optional doors."""
    return [
        *_examine_bank(settings, clock),
        _examine_keystore(settings),
        examine_key_files(settings),
        _examine_cache(settings),
        _examine_disk(settings),
        _examine_fonts(settings),
        _examine_doors(settings),
    ]


def _examine_bank(settings: Settings, clock: Callable[[], datetime]) -> Sequence[Finding]:
    parts = ("triggers", "names", "clock")
    if not is_present(settings.bank_database):
        absent = Finding(part="database", code="database-absent")
        return [absent, *(Finding(part=part, code=_NOT_EXAMINED) for part in parts)]
    engine = open_reading_engine(settings.bank_database)
    try:
        stands = _examine_database(engine, "database", "bank")
        if not stands.is_passed:
            return [stands, *(Finding(part=part, code=_NOT_EXAMINED) for part in parts)]
        with connected(engine) as connection:
            return [
                stands,
                _examine_triggers(connection),
                _examine_names(connection, settings),
                _examine_clock(connection, clock()),
            ]
    finally:
        engine.dispose()


def _examine_keystore(settings: Settings) -> Finding:
    if not is_present(settings.key_database):
        return Finding(part="keystore", code="database-absent")
    engine = open_reading_engine(settings.key_database)
    try:
        return _examine_database(engine, "keystore", "keystore")
    finally:
        engine.dispose()


def _examine_database(engine: Engine, part: str, name: str) -> Finding:
    try:
        current, newest = revisions(engine, name)
    except Refusal as refusal:
        return Finding(part=part, code="database-unreachable", facts={"reason": _reason(refusal)})
    if current is None:
        return Finding(part=part, code="database-absent")
    if current != newest:
        facts = {"current": current, "newest": str(newest)}
        return Finding(part=part, code="revision-old", facts=facts)
    return Finding(part=part)


def _examine_triggers(connection: Connection) -> Finding:
    missing = missing_triggers(connection)
    if missing:
        return Finding(part="triggers", code="triggers-missing", facts={"names": tuple(missing)})
    return Finding(part="triggers")


def _examine_names(connection: Connection, settings: Settings) -> Finding:
    """Compare what is stored with what is set; an origin that moved must be confirmed."""
    installation = find_installation(connection)
    if installation is None:
        return Finding(part="names", code="database-absent")
    log = settings.default_ledger_origin()
    if installation.formers and settings.ledger_origin is None:
        log = installation.ledger_origin  # It stays when the bank moves.
    for variable, wanted, stored in (
        ("CREDITBANK_ISSUER_DID", settings.default_issuer_did(), installation.issuer_did),
        ("CREDITBANK_LEDGER_ORIGIN", log, installation.ledger_origin),
    ):
        if wanted != stored:
            facts = {"variable": variable, "wanted": wanted, "stored": stored}
            return Finding(part="names", code="name-differs", facts=facts)
    left = {one.origin for one in installation.formers} - {settings.origin}
    if unserved := left.difference(settings.former_origin_list):
        return Finding(part="names", code="origin-unserved", facts={"names": tuple(unserved)})
    return Finding(part="names")


def _examine_clock(connection: Connection, now: datetime) -> Finding:
    """Compare the clock with the newest leaf; a slow one would date new leaves before old ones."""
    behind = read_head(connection).last_at - int(now.timestamp())
    if behind > CLOCK_SECONDS_MAX:
        return Finding(part="clock", code="clock-behind", facts={"seconds": behind})
    return Finding(part="clock")


def _examine_cache(settings: Settings) -> Finding:
    cache = open_cache(settings.redis_url)
    try:
        cache.reach()
    except Refusal as refusal:
        return Finding(part="cache", code="redis-unreachable", facts={"reason": _reason(refusal)})
    finally:
        cache.close()
    return Finding(part="cache")


def _examine_disk(settings: Settings) -> Finding:
    if not settings.data_dir.exists():
        return Finding(part="disk", code="database-absent")
    free = shutil.disk_usage(settings.data_dir).free
    if free < DISK_FREE_BYTES_MIN:
        facts = {"free_mebibytes": free >> 20, "needed_mebibytes": DISK_FREE_BYTES_MIN >> 20}
        return Finding(part="disk", code="disk-full", facts=facts)
    return Finding(part="disk")


def _examine_fonts(settings: Settings) -> Finding:
    try:
        open_press(settings.fonts_dir, settings.record_families)
    except FontsMissing as missing:
        facts = {"families": missing.families, "folder": str(settings.fonts_dir)}
        return Finding(part="fonts", code="fonts-missing", facts=facts)
    return Finding(part="fonts")


def _examine_doors(settings: Settings) -> Finding:
    """Say which doors are open that are closed unless they are asked for."""
    if not settings.open_doors:
        return Finding(part="optional doors")
    facts = {"names": settings.open_doors}
    return Finding(part="optional doors", code=DOORS_OPEN, facts=facts)


def _reason(refusal: Refusal) -> str:
    """Give the first line of what the driver said; it names the server, never a password."""
    return str(refusal.__cause__).strip().partition("\n")[0]
