"""Entries are found by kind, institution and day: all of them, once, the newest first."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.database import open_writing_engine
from creditbank.statistics import find_entries
from creditbank.statistics.find_entries import EntryFinder, FoundEntries, Wanted
from ledger.append import append, lock_head
from ledger.leaf import LeafDraft
from ledger.read import read_leaves_with_indexes
from ledger.said import Said, said_in
from tests.fixtures.bank import Provider
from tests.fixtures.terminal import Terminal

DAYS = [date(2031, 3, day) for day in (1, 2, 3)]
ISSUERS = ("inst-one", "inst-two")
ENTRIES = "/api/v1/entries"
ONE_ENGINE = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What is asked of the database is tried on both by the test of every combination."""


@pytest.fixture
def filled(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> list[Said]:
    """A ledger of several blocks of eight leaves over three days, and what its leaves say."""
    monkeypatch.setattr(find_entries, "BLOCK", 8)
    monkeypatch.setattr(find_entries, "FEW", 2)
    engine = open_writing_engine(bank.settings.bank_database)
    for number, day in enumerate(DAYS):
        first = datetime.combine(day, time(), CIVIL_TIME).astimezone(UTC)
        for at in (first, first + timedelta(days=1, seconds=-1)):
            with engine.begin() as connection:
                head = lock_head(connection)
                more = list(drafts(head.size, 13 - 5 * number))
                append(connection, head, more, origin=bank.signer.name, now=at)
    engine.dispose()
    with bank.readers.reading() as connection:
        rows = read_leaves_with_indexes(connection, 0, 1_000)
    return [one for index, leaf in rows if (one := said_in(index, leaf)) is not None]


def drafts(first: int, count: int) -> Iterator[LeafDraft]:
    """Make drafts: many accounts erased, here and there a batch."""
    for number in range(first, first + count):
        digest = number.to_bytes(32, "big")
        parts = {"object": digest} if number % 7 == 0 else {"acct": digest}
        kind = "batch" if number % 7 == 0 else "tombstone"
        yield LeafDraft(t=kind, id=digest[16:], iss=ISSUERS[number % 3 == 0], **parts)


def is_meant(one: Said, wanted: Wanted) -> bool:
    """Say by the leaf alone whether an entry is wanted."""
    day = datetime.fromtimestamp(one.at, CIVIL_TIME).date()
    in_days = (wanted.since or day) <= day <= (wanted.until or day)
    return in_days and wanted.is_met(one.kind, one.issuer)


def walk(bank: Bank, finder: EntryFinder, wanted: Wanted, limit: int) -> Iterator[FoundEntries]:
    """Go through all pages, each of one read."""
    before = None
    while True:
        with bank.readers.snapshot() as connection:
            found = finder.find(connection, wanted, before=before, limit=limit, reads=1)
        yield found
        if found.before is None:
            return
        assert before is None or found.before < before
        before = found.before


def test_every_combination_gives_what_the_leaves_say(bank: Bank, filled: list[Said]) -> None:
    """Read for the first time, and by what is remembered of the blocks; counted once all is."""
    finder = EntryFinder()
    kinds, issuers = (None, "batch", "tombstone", "override"), (None, *ISSUERS)
    spans = [(None, None), (DAYS[1], None), (None, DAYS[1]), (DAYS[1], DAYS[1]),
             (date.min, date.max), (DAYS[2] + timedelta(days=1), None)]  # fmt: skip
    for kind, issuer, (since, until) in product(kinds, issuers, spans):
        wanted = Wanted(kind=kind, issuer=issuer, since=since, until=until)
        meant = [one for one in reversed(filled) if is_meant(one, wanted)]
        for limit in (3, 100):
            pages = list(walk(bank, finder, wanted, limit))
            assert [one for page in pages for one in page.entries] == meant, wanted
            assert pages[-1].total == len(meant), wanted
            assert {page.total for page in pages} <= {None, len(meant)}


@ONE_ENGINE
def test_a_search_reads_no_more_than_its_part_and_goes_on_where_it_stopped(
    bank: Bank, filled: list[Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the ledger is; what was read once is not read again."""
    read: list[tuple[int, int]] = []

    def reading(connection: Any, start: int, end: int) -> list[tuple[int, bytes]]:
        read.append((start, end))
        return read_leaves_with_indexes(connection, start, end)

    monkeypatch.setattr(find_entries, "read_leaves_with_indexes", reading)
    finder, wanted = EntryFinder(), Wanted(kind="override", until=DAYS[2])
    with bank.readers.snapshot() as connection:
        first = finder.find(connection, wanted, limit=3, reads=2)
        whole = [one for one in read if one[1] - one[0] == find_entries.BLOCK]
        assert (first.entries, first.total, len(whole)) == ([], None, 2)
        assert first.before is not None
        second = finder.find(connection, wanted, limit=3, reads=100)
        assert (second.before, second.total) == (None, 0)
    whole = [one for one in read if one[1] - one[0] == find_entries.BLOCK]
    assert len(whole) == len(set(whole)) == len(filled) // find_entries.BLOCK


@ONE_ENGINE
def test_who_audits_walks_all_pages_over_http_and_at_a_terminal(
    bank: Bank,
    client: TestClient,
    make_staff: Callable[..., dict[str, str]],
    provider: Provider,
    terminal: Terminal,
) -> None:
    """Each link leads on; the command reads the same and says how to go on."""
    auditor = make_staff(bank.installation.institution_id, Role.AUDITOR)
    found, path = [], f"{ENTRIES}?kind=institution&limit=1"
    while path:
        answer = client.get(path, headers=auditor)
        page = answer.json()
        found += page["entries"]
        path = page["next"] or ""
        assert answer.headers.get("Link") == (f'<{path}>; rel="next"' if path else None)
    assert page["total"] == len(found) == 2
    assert (found[0]["kind"], found[0]["institution_name"]) == ("institution", "开放大学")
    asked = ("ledger", "find", "--kind", "institution")
    assert terminal.answer(*asked)["entries"] == found
    shown = terminal.run(*asked, "--limit", "1")
    assert f"index={found[0]['index']} kind=institution" in shown.stdout
    assert f"--before {found[0]['index']}" in shown.stderr
    own = client.get(f"{ENTRIES}?institution={provider.institution}", headers=auditor).json()
    assert [own["total"], own["next"]] == [len(own["entries"]), None]
    assert {one["institution"] for one in own["entries"]} == {provider.institution}


@ONE_ENGINE
@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"since": "2026-03-02", "until": "2026-03-01"}, {"until": "days-reversed"}),
        ({"since": "soon", "until": "2026-13-01"},
         {"since": "date-unreadable", "until": "date-unreadable"}),
        ({"kind": "rules", "institution": "inst-none"},
         {"kind": "kind-unknown", "institution": "institution-unknown"}),
    ],
)  # fmt: skip
def test_what_is_asked_for_wrongly_is_told_at_its_field(
    bank: Bank,
    client: TestClient,
    make_staff: Callable[..., dict[str, str]],
    terminal: Terminal,
    asked: dict[str, str],
    wrong: dict[str, str],
) -> None:
    """Everything at once."""
    auditor = make_staff(bank.installation.institution_id, Role.AUDITOR)
    answer = client.get(ENTRIES, params=asked, headers=auditor)
    assert answer.status_code == 422
    assert {one["field"]: one["code"] for one in answer.json()["errors"]} == wrong
    options = [part for name, value in asked.items() for part in (f"--{name}", value)]
    assert all(name in terminal.refused("ledger", "find", *options) for name in wrong)
