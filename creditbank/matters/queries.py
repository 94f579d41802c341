"""Questions about matters."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, Select, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import chunks, table_of
from creditbank.keystore.account_key import AccountKey, place
from creditbank.matters.matter import UNDECIDED, MatterKind, MatterState, Progress
from creditbank.matters.tables import MatterRow, MatterStepRow

Content = dict[str, str]
EVIDENCE = "evidence"
"""Under which name the sealed content lists pieces of evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A stored matter; what was asked is still under seal."""

    id: str
    kind: str
    account_id: str
    institution_id: str | None
    about_id: str | None
    disputed_id: str | None
    conversion_id: str | None
    appeal_of: str | None
    notice_id: str | None
    state: str
    received_on: str
    due_on: str | None
    days_left: int | None
    outcome_id: str | None
    sealed_content: bytes

    @property
    def progress(self) -> Progress:
        """Where it is, and how its clock stands."""
        return Progress(
            state=MatterState(self.state),
            due_on=None if self.due_on is None else date.fromisoformat(self.due_on),
            days_left=self.days_left,
        )

    def content(self, key: AccountKey) -> Content:
        """Open what was asked, in words; raises `SealBroken`."""
        return {name: text for name, text in self._opened(key).items() if isinstance(text, str)}

    def evidence(self, key: AccountKey) -> list[str]:
        """Open which pieces of evidence it names, by id; raises `SealBroken`."""
        named = self._opened(key).get(EVIDENCE, [])
        return named if isinstance(named, list) else []

    def _opened(self, key: AccountKey) -> dict[str, str | list[str]]:
        opened: dict[str, str | list[str]] = orjson.loads(
            key.open(content_place(self.id), self.sealed_content)
        )
        return opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stored step; what was said is still under seal."""

    matter_id: str
    number: int
    kind: str
    code: str | None
    taken_by: str
    taken_at: int
    sealed_text: bytes

    def text(self, key: AccountKey) -> str:
        """Open what was said; raises `SealBroken`."""
        return key.open(text_place(self.matter_id, self.number), self.sealed_text).decode()


_COLUMNS = [table_of(MatterRow).c[name] for name in Matter.__slots__]
_STEPS = [table_of(MatterStepRow).c[name] for name in Step.__slots__]
_OF_ACCOUNTS = (
    select(*_COLUMNS).where(among(col(MatterRow.account_id))).order_by(col(MatterRow.id).desc())
)


def sealed_with(
    matter: Matter, key: AccountKey, evidence: Sequence[str], entropy: Callable[[int], bytes]
) -> bytes:
    """Seal what a matter asks anew, with more pieces of evidence."""
    named = list(dict.fromkeys([*matter.evidence(key), *evidence]))
    content = orjson.dumps({**matter.content(key), EVIDENCE: named})
    return key.seal(content_place(matter.id), content, entropy)


def content_place(matter_id: str) -> bytes:
    """Name the place of what a matter asks."""
    return place("matter", matter_id, "sealed_content")


def text_place(matter_id: str, number: int) -> bytes:
    """Name the place of what was said with a step."""
    return place("matter_step", f"{matter_id}/{number}", "sealed_text")


def find_matters(connection: Connection, ids: Collection[str]) -> dict[str, Matter]:
    """Give those of these matters that exist, by id."""
    found = _read(connection, select(*_COLUMNS).where(col(MatterRow.id).in_(ids)))
    return {one.id: one for one in found}


def matters_of_accounts(
    connection: Connection,
    account_ids: Collection[str],
    kinds: Collection[MatterKind] = tuple(MatterKind),
) -> list[Matter]:
    """Give the matters of these kinds of one person's accounts, newest first."""
    found = (Matter(**row) for row in rows_among(connection, _OF_ACCOUNTS, account_ids))
    return [one for one in found if one.kind in kinds]


def appeals_of(connection: Connection, matter_ids: Collection[str]) -> dict[str, Matter]:
    """Give the appeal against each of these matters that was not withdrawn, by matter."""
    found: dict[str, Matter] = {}
    for chunk in chunks(list(matter_ids)):
        wanted = select(*_COLUMNS).where(
            col(MatterRow.appeal_of).in_(chunk),
            col(MatterRow.state) != MatterState.WITHDRAWN.value,
        )
        found |= {str(one.appeal_of): one for one in _read(connection, wanted)}
    return found


def matters_about(
    connection: Connection,
    *,
    outcomes: Collection[str] = (),
    conversions: Collection[str] = (),
) -> list[Matter]:
    """Give the disputes of these outcomes and the appeals against these conversions, newest last.

    Those that their learner withdrew are left out.
    """
    found: list[Matter] = []
    for column, ids in ((MatterRow.disputed_id, outcomes), (MatterRow.conversion_id, conversions)):
        for chunk in chunks(list(ids)):
            wanted = select(*_COLUMNS).where(
                col(column).in_(chunk), col(MatterRow.state) != MatterState.WITHDRAWN.value
            )
            found += _read(connection, wanted.order_by(col(MatterRow.id)))
    return found


def undecided_matters(
    connection: Connection, institution_ids: Collection[str], today: date
) -> list[Matter]:
    """Give what these institutions have to decide: late ones first, then by the last day.

    What was returned waits for its citizen and comes last.
    """
    found: list[Matter] = []
    for chunk in chunks(list(institution_ids)):
        wanted = select(*_COLUMNS).where(
            col(MatterRow.institution_id).in_(chunk),
            col(MatterRow.state).in_([state.value for state in UNDECIDED]),
        )
        found += _read(connection, wanted)
    return sorted(
        found,
        key=lambda one: (not one.progress.is_late(today), one.due_on or "9999", one.id),
    )


def steps_of(connection: Connection, matter_ids: Collection[str]) -> dict[str, list[Step]]:
    """Give the steps of these matters in their order, by matter."""
    found: dict[str, list[Step]] = {matter_id: [] for matter_id in matter_ids}
    for chunk in chunks(list(matter_ids)):
        wanted = select(*_STEPS).where(col(MatterStepRow.matter_id).in_(chunk))
        ordered = wanted.order_by(col(MatterStepRow.number))
        for row in connection.execute(ordered).mappings():
            found[row["matter_id"]].append(Step(**row))
    return found


def _read(connection: Connection, wanted: Select[*tuple[object, ...]]) -> list[Matter]:
    return [Matter(**row) for row in connection.execute(wanted).mappings()]
