"""Questions about filings."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.conversion.filing import Finding
from creditbank.credits.request import Request
from creditbank.database import chunks, table_of
from creditbank.filings.chain import UNDECIDED, FilingState, Progress
from creditbank.filings.tables import FilingRow, FilingStepRow
from creditbank.keystore.account_key import AccountKey, place


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFiling:
    """A stored filing; what was asked is still under seal."""

    id: str
    account_id: str
    institution_id: str
    rule_id: str
    rule_version: str
    rule_sha256: str
    appeal_of: str | None
    received_on: str
    state: str
    place: int
    due_on: str | None
    days_left: int | None
    is_disputed: bool
    conversion_id: str | None
    refusal: str | None
    notice_id: str | None
    sealed_request: bytes

    @property
    def progress(self) -> Progress:
        """Where it is, as it was stored by the last act."""
        return Progress(
            state=FilingState(self.state),
            place=self.place,
            due_on=None if self.due_on is None else date.fromisoformat(self.due_on),
            days_left=self.days_left,
            is_disputed=self.is_disputed,
        )

    def request(self, key: AccountKey) -> Request:
        """Open what was asked; raises `SealBroken`."""
        opened: dict[str, Any] = orjson.loads(key.open(request_place(self.id), self.sealed_request))
        return Request(
            rule_id=self.rule_id,
            outcome_ids=tuple(opened["outcomes"]),
            targets=tuple(opened["targets"]),
            received_on=date.fromisoformat(self.received_on),
            enrolment_id=opened["enrolment"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was said with an act, found by it, and why it departs from precedents.

    `evidence` names the pieces that were shown with it.
    """

    text: str
    findings: Sequence[Finding] = ()
    departure: str | None = None
    evidence: Sequence[str] = ()

    def seal(self) -> bytes:
        """Give them as they are sealed."""
        return orjson.dumps(
            {
                "text": self.text,
                "departure": self.departure,
                "evidence": list(self.evidence),
                "findings": [
                    {"outcome": one.outcome, "code": one.code, "is_met": one.is_met}
                    for one in self.findings
                ],
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStep:
    """A stored act; what was said is still under seal."""

    filing_id: str
    number: int
    act: str
    step: str
    code: str | None
    taken_by: str
    taken_at: int
    sealed_words: bytes = field(repr=False)

    def words(self, key: AccountKey) -> Words:
        """Open what was said; raises `SealBroken`."""
        at = words_place(self.filing_id, self.number)
        opened: dict[str, Any] = orjson.loads(key.open(at, self.sealed_words))
        found = [Finding(**one) for one in opened["findings"]]
        return Words(
            text=opened["text"],
            findings=found,
            departure=opened["departure"],
            evidence=opened.get("evidence", ()),
        )


_ROWS_A_READ = 500
_COLUMNS = [table_of(FilingRow).c[name] for name in StoredFiling.__slots__]
_STEPS = [table_of(FilingStepRow).c[name] for name in StoredStep.__slots__]
_OF_ACCOUNTS = (
    select(*_COLUMNS).where(among(col(FilingRow.account_id))).order_by(col(FilingRow.id).desc())
)


def request_place(filing_id: str) -> bytes:
    """Name the place of what a filing asks."""
    return place("filing", filing_id, "sealed_request")


def words_place(filing_id: str, number: int) -> bytes:
    """Name the place of what was said with an act."""
    return place("filing_step", f"{filing_id}/{number}", "sealed_words")


def findings_of(steps: Sequence[StoredStep], key: AccountKey) -> tuple[Finding, ...]:
    """Give what was found in these acts; of several findings of one test the last counts."""
    found = {(one.outcome, one.code): one for step in steps for one in step.words(key).findings}
    return tuple(found[name] for name in sorted(found))


def find_filings(connection: Connection, ids: Collection[str]) -> dict[str, StoredFiling]:
    """Give those of these filings that exist, by id."""
    found: dict[str, StoredFiling] = {}
    for chunk in chunks(list(ids)):
        some = _read(connection, select(*_COLUMNS).where(col(FilingRow.id).in_(chunk)))
        found.update((one.id, one) for one in some)
    return found


def filings_of_accounts(connection: Connection, ids: Collection[str]) -> list[StoredFiling]:
    """Give the filings of one person's accounts, newest first."""
    return [StoredFiling(**row) for row in rows_among(connection, _OF_ACCOUNTS, ids)]


def undecided_filings(
    connection: Connection, institution_ids: Collection[str] | None = None
) -> list[StoredFiling]:
    """Give what is under way at these institutions, or at all: by the last day, then by id."""
    wanted = select(*_COLUMNS).where(col(FilingRow.state).in_([state.value for state in UNDECIDED]))
    found: list[StoredFiling] = []
    if institution_ids is None:
        found = _read(connection, wanted)
    else:
        for chunk in chunks(list(institution_ids)):
            found += _read(connection, wanted.where(col(FilingRow.institution_id).in_(chunk)))
    return sorted(found, key=lambda one: (one.due_on or "9999", one.id))


def refusals_by_rule(
    connection: Connection, institutions: Collection[str] | None = None
) -> dict[tuple[str, str], int]:
    """Count the refused filings of each rule by their reason, of these institutions or of all."""
    wanted = (
        select(col(FilingRow.rule_id), col(FilingRow.refusal), func.count())
        .where(col(FilingRow.refusal).is_not(None))
        .group_by(col(FilingRow.rule_id), col(FilingRow.refusal))
    )
    if institutions is not None:
        wanted = wanted.where(col(FilingRow.institution_id).in_(institutions))
    return {(row[0], str(row[1])): int(row[2]) for row in connection.execute(wanted)}


def refused_filings(
    connection: Connection, rule_id: str, most: int, before: str | None = None
) -> list[StoredFiling]:
    """Give so many filings that persons refused under any version of a rule, the newest first.

    `before` is the id of one: those older than it are given. One whose refusal was appealed against
    is left out: the appeal counts.
    """
    wanted = select(*_COLUMNS).where(_refused(rule_id))
    if before is not None:
        wanted = wanted.where(col(FilingRow.id) < before)
    return _read(connection, wanted.order_by(col(FilingRow.id).desc()).limit(most))


def count_refused_filings(connection: Connection, rule_id: str) -> int:
    """Count the filings that `refused_filings` gives of a rule."""
    wanted = select(func.count()).select_from(FilingRow).where(_refused(rule_id))
    return int(connection.execute(wanted).scalar_one())


def _refused(rule_id: str) -> ColumnElement[bool]:
    appealed = select(col(FilingRow.appeal_of)).where(col(FilingRow.appeal_of).is_not(None))
    return and_(
        col(FilingRow.rule_id) == rule_id,
        col(FilingRow.state) == FilingState.REFUSED.value,
        col(FilingRow.id).not_in(appealed),
    )


def every_filing(connection: Connection) -> Iterator[list[StoredFiling]]:
    """Give every filing, some hundred at a time, by id."""
    after = ""
    while True:
        wanted = select(*_COLUMNS).where(col(FilingRow.id) > after).order_by(col(FilingRow.id))
        page = _read(connection, wanted.limit(_ROWS_A_READ))
        if not page:
            return
        yield page
        after = page[-1].id


def filings_of_conversions(
    connection: Connection, conversion_ids: Collection[str]
) -> dict[str, StoredFiling]:
    """Give the filing by which persons decided each of these conversions, by conversion."""
    found: dict[str, StoredFiling] = {}
    for chunk in chunks(list(conversion_ids)):
        wanted = select(*_COLUMNS).where(col(FilingRow.conversion_id).in_(chunk))
        found |= {str(one.conversion_id): one for one in _read(connection, wanted)}
    return found


def appeals_of(connection: Connection, ids: Collection[str]) -> dict[str, StoredFiling]:
    """Give the appeal against each of these filings that there is one against, by filing."""
    found = _read(connection, select(*_COLUMNS).where(col(FilingRow.appeal_of).in_(ids)))
    return {str(one.appeal_of): one for one in found}


def steps_of(connection: Connection, filing_ids: Collection[str]) -> dict[str, list[StoredStep]]:
    """Give the acts of these filings in their order, by filing."""
    found: dict[str, list[StoredStep]] = defaultdict(list)
    for chunk in chunks(list(filing_ids)):
        wanted = select(*_STEPS).where(col(FilingStepRow.filing_id).in_(chunk))
        for row in connection.execute(wanted.order_by(col(FilingStepRow.number))).mappings():
            found[row["filing_id"]].append(StoredStep(**row))
    return found


def _read(connection: Connection, wanted: Select[*tuple[object, ...]]) -> list[StoredFiling]:
    return [StoredFiling(**row) for row in connection.execute(wanted).mappings()]
