"""Enrol learners 学籍: learner by programme version and student number, with a state and days.

The school names a learner by its own learner number, under which she must be known already. Student
number and days are sealed under her key; a later file changes state and days of what is there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import orjson
from sqlalchemy import Connection, func, select, update
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.catalogue.enrolments_file import EnrolmentLine, EnrolmentState, RefusedLine
from creditbank.catalogue.programmes import Programme, programmes_of
from creditbank.catalogue.tables import EnrolmentRow
from creditbank.database import Readers, chunks, table_of
from creditbank.errors import FieldProblem
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.store import KeyStore
from creditbank.learners.account_state import RECEIVING, AccountState, require_receiving
from creditbank.learners.find import learner_tag
from creditbank.learners.queries import account_states, merged_into
from creditbank.writer.command import Decision, Moment

_ID_BYTES = 16
_OF_ACCOUNTS = (
    select(table_of(EnrolmentRow))
    .where(among(col(EnrolmentRow.account_id)))
    .order_by(col(EnrolmentRow.id))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolling:
    """One enrolment as it shall be, with its learner's key, and those of her merged accounts."""

    key: AccountKey
    programme: Programme
    line: EnrolmentLine
    merged: tuple[AccountKey, ...] = ()

    @property
    def tags(self) -> list[tuple[bytes, AccountKey]]:
        """By what the same enrolment is known again, in whichever of her accounts it lies.

        Nobody without the key that stands behind each can make it.
        """
        named = orjson.dumps(["enrolment", self.programme.id, self.line.student_number])
        return [(key.natural_tag(named), key) for key in (self.key, *self.merged)]

    @property
    def facts(self) -> bytes:
        """What is sealed of it."""
        days = {"from": self.line.from_day, "until": self.line.until_day}
        return orjson.dumps({"student_number": self.line.student_number, **days})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEnrolment:
    """A stored enrolment: its clear facts, the rest still under seal."""

    id: str
    sameness_tag: bytes
    account_id: str
    programme_id: str
    institution_id: str
    state: str
    sealed_facts: bytes

    def open(self, key: AccountKey) -> dict[str, str | None]:
        """Give `student_number`, `from` and `until`; raises `SealBroken`."""
        facts: dict[str, str | None] = orjson.loads(key.open(_place(self.id), self.sealed_facts))
        return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """How many enrolments were added, changed, and as they were."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The enrolments that are there by their tags, and the states of the learners' accounts."""

    known: Mapping[bytes, StoredEnrolment]
    accounts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """Ask that these enrolments of an institution stand as they are given."""

    institution_id: str
    enrolling: Sequence[Enrolling]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load those that are there."""
        every = [one for command in commands for one in command.enrolling]
        tags = [tag for one in every for tag, _ in one.tags]
        found: dict[bytes, StoredEnrolment] = {}
        for chunk in chunks(tags):
            named = col(EnrolmentRow.sameness_tag).in_(chunk)
            rows = connection.execute(select(table_of(EnrolmentRow)).where(named)).mappings()
            found.update((row["sameness_tag"], StoredEnrolment(**row)) for row in rows)
        ids = {one.key.account_id for one in every}
        return State(known=found, accounts=account_states(connection, ids))

    def decide(self, state: State, moment: Moment) -> Decision[State, Enrolled]:
        """Add what is new and change what differs; the newest row of the same enrolment counts.

        Raises a `Refusal` as `require_receiving` does, where a state changed since it was matched.
        """
        known, new, changed, unchanged = dict(state.known), set[bytes](), set[bytes](), 0
        for one in self.enrolling:
            require_receiving(state.accounts.get(one.key.account_id, AccountState.UNCLAIMED))
            tag, key = next((each for each in one.tags if each[0] in known), one.tags[0])
            before = known.get(tag)
            if before is not None and _is_same(before, one, key):
                unchanged += 1
                continue
            known[tag] = self._stored(one, before, (tag, key), moment)
            (new if tag not in state.known else changed).add(tag)
        return Decision(
            answer=Enrolled(added=len(new), changed=len(changed), unchanged=unchanged),
            state=State(known=known, accounts=state.accounts),
            rows={EnrolmentRow: [_row(known[tag]) for tag in new]},
            changes=[
                update(EnrolmentRow)
                .where(col(EnrolmentRow.sameness_tag) == tag)
                .values(state=known[tag].state, sealed_facts=known[tag].sealed_facts)
                for tag in changed
            ],
        )

    def _stored(
        self,
        one: Enrolling,
        before: StoredEnrolment | None,
        known_by: tuple[bytes, AccountKey],
        moment: Moment,
    ) -> StoredEnrolment:
        tag, key = known_by
        name = moment.entropy(_ID_BYTES).hex() if before is None else before.id
        return StoredEnrolment(
            id=name,
            sameness_tag=tag,
            account_id=key.account_id,
            programme_id=one.programme.id,
            institution_id=self.institution_id,
            state=one.line.state.value,
            sealed_facts=key.seal(_place(name), one.facts, moment.entropy),
        )


def match_lines(
    lines: Sequence[EnrolmentLine | RefusedLine],
    *,
    institution_id: str,
    readers: Readers,
    keystore: KeyStore,
) -> tuple[list[Enrolling], list[RefusedLine]]:
    """Find learner and programme of each row; gives what is matched, and what is refused.

    A row is refused with "account-unknown", "learner-not-taken" or "programme-unknown", beside what
    reading refused.
    """
    tags = {
        line.number: learner_tag(keystore.secrets, institution_id, "learner_number", line.learner)
        for line in lines
        if isinstance(line, EnrolmentLine)
    }
    keys = keystore.find(list(tags.values()))
    with readers.reading() as connection:
        programmes = programmes_of(connection, institution_id)
        ids = {key.account_id for key in keys.values()}
        states, merged = account_states(connection, ids), merged_into(connection, ids)
    earlier = keystore.get({one for some in merged.values() for one in some})
    matched: list[Enrolling] = []
    refused: list[RefusedLine] = []
    for line in lines:
        if isinstance(line, RefusedLine):
            refused.append(line)
            continue
        key = keys.get(tags[line.number])
        programme = _programme(line, programmes)
        account = "account-unknown" if key is None else _state_problem(states.get(key.account_id))
        if key is None or account is not None or programme is None:
            refused.append(_unmatched(line, account, programme))
        else:
            own = tuple(earlier[one] for one in merged.get(key.account_id, ()))
            matched.append(Enrolling(key=key, programme=programme, line=line, merged=own))
    return matched, refused


def enrolments_of_accounts(
    connection: Connection, account_ids: Collection[str]
) -> list[StoredEnrolment]:
    """Give the enrolments of all accounts of a learner, by id."""
    return [StoredEnrolment(**row) for row in rows_among(connection, _OF_ACCOUNTS, account_ids)]


def find_enrolments(connection: Connection, ids: Collection[str]) -> dict[str, StoredEnrolment]:
    """Give those of these enrolments that exist, by id."""
    found: dict[str, StoredEnrolment] = {}
    for chunk in chunks(list(ids)):
        wanted = select(table_of(EnrolmentRow)).where(col(EnrolmentRow.id).in_(chunk))
        rows = connection.execute(wanted).mappings()
        found.update((row["id"], StoredEnrolment(**row)) for row in rows)
    return found


def count_enrolments(connection: Connection, institution_id: str) -> int:
    """Count the enrolments at an institution that are active."""
    wanted = select(func.count()).where(
        col(EnrolmentRow.institution_id) == institution_id,
        col(EnrolmentRow.state) == EnrolmentState.ACTIVE.value,
    )
    return int(connection.scalar(wanted) or 0)


def enrolments_at(
    connection: Connection, institution_ids: Collection[str], *, after: str = "", limit: int
) -> list[StoredEnrolment]:
    """Give the enrolments at these institutions by id, those after one."""
    wanted = (
        select(table_of(EnrolmentRow))
        .where(col(EnrolmentRow.institution_id).in_(institution_ids), col(EnrolmentRow.id) > after)
        .order_by(col(EnrolmentRow.id))
        .limit(limit)
    )
    return [StoredEnrolment(**row) for row in connection.execute(wanted).mappings()]


def _programme(line: EnrolmentLine, programmes: Sequence[Programme]) -> Programme | None:
    """Give the plan of this code and version that was the newest when the enrolment began."""
    fitting = [
        one
        for one in programmes
        if (one.code, one.version) == (line.programme, line.programme_version)
        and one.valid_from <= line.from_day
    ]
    return max(fitting, key=lambda one: one.valid_from, default=None)


def _unmatched(
    line: EnrolmentLine, account: str | None, programme: Programme | None
) -> RefusedLine:
    problems = []
    if account is not None:
        problems.append(FieldProblem(field="learner", code=account))
    if programme is None:
        problems.append(FieldProblem(field="programme", code="programme-unknown"))
    return RefusedLine(number=line.number, problems=tuple(problems))


def _state_problem(state: str | None) -> str | None:
    is_taken = state is None or state in RECEIVING - {AccountState.DECEASED}
    return None if is_taken else "learner-not-taken"


def _is_same(stored: StoredEnrolment, one: Enrolling, key: AccountKey) -> bool:
    return stored.state == one.line.state and orjson.dumps(stored.open(key)) == one.facts


def _row(stored: StoredEnrolment) -> dict[str, object]:
    return {name: getattr(stored, name) for name in StoredEnrolment.__slots__}


def _place(enrolment_id: str) -> bytes:
    return place("enrolment", enrolment_id, "sealed_facts")
