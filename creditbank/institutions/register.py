"""Register an institution: a row, and a public leaf with its document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Self

import orjson
import rfc8785
from sqlalchemy import Connection

from creditbank.codes.lists import list_year
from creditbank.conversion.days import civil_day, read_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.end import require_posting
from creditbank.institutions.history import History, Institution, InstitutionKind
from creditbank.institutions.queries import all_institutions, find_institutions
from creditbank.institutions.tables import InstitutionRow
from creditbank.institutions.tree import tree_on
from creditbank.institutions.uscc import is_uscc
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

NAME_LENGTH_MAX = 200
DOCUMENT_TYPE = "application/vnd.creditbank.institution+json"

REGION_LENGTHS = (2, 4, 6, 9, 12)
"""Province, city and county of GB/T 2260; township and village of the statistical codes."""

State = Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterInstitution:
    """Ask that an institution be registered below `parent_id` (or at the top).

    `since` is its first day where known; `by` is the institution whose staff asks, None for the
    operator of the bank.
    """

    kind: InstitutionKind
    name: str
    name_en: str | None = None
    uscc: str | None = None
    parent_id: str | None = None
    region: str | None = None
    since: str | None = None
    by: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the parents that these commands name."""
        if any(command.by is not None for command in commands):
            return all_institutions(connection)
        named = {command.parent_id for command in commands if command.parent_id is not None}
        return find_institutions(connection, named)

    def decide(self, state: State, moment: Moment) -> Decision[State, Institution]:
        """Give the institution an opaque id and publish its document.

        Raises `InvalidInput`, and `Refusal("institution-suspended")`.
        """
        today = civil_day(moment.now)
        _require_well_formed(self, state, today)
        # A branch of its own would post in place of an institution that may not.
        for one in (self.by, self.parent_id):
            if one is not None and one in state:
                require_posting(state[one], today)
        leaf_id = new_id(moment.now, moment.entropy)
        registered = Institution(
            id=f"inst-{leaf_id.hex()[12:]}",
            kind=self.kind.value,
            name=self.name,
            name_en=self.name_en,
            uscc=self.uscc,
            parent_id=self.parent_id,
            region=self.region,
            region_year=None if self.region is None else list_year("regions"),
            since=self.since,
            entry_index=moment.next_index,
        )
        document = document_of(registered)
        leaf = LeafDraft(
            t="institution", id=leaf_id, iss=registered.id, object=sha256(document).digest()
        )
        return Decision(
            answer=registered,
            state={**state, registered.id: History(registered)},
            rows={InstitutionRow: [row_of(registered)]},
            leaves=[leaf],
            objects=[PublicObject(media_type=DOCUMENT_TYPE, content=document)],
        )

    @classmethod
    def remember(cls, answer: Institution) -> str:
        """Keep the institution for a repetition."""
        return orjson.dumps(asdict(answer)).decode()

    @classmethod
    def recall(cls, result: str) -> Institution:
        """Give the first answer again."""
        return Institution(**orjson.loads(result))


def document_of(institution: Institution) -> bytes:
    """Give the public document of an institution (JCS, RFC 8785); absent facts are left out."""
    facts = {
        "id": institution.id,
        "kind": institution.kind,
        "name": institution.name,
        "name_en": institution.name_en,
        "uscc": institution.uscc,
        "parent": institution.parent_id,
        "region": institution.region,
        "region_year": institution.region_year,
        "since": institution.since,
    }
    return rfc8785.dumps({name: fact for name, fact in facts.items() if fact is not None})


def row_of(institution: Institution) -> dict[str, object]:
    """Give the stored form of an institution."""
    return {name: getattr(institution, name) for name in Institution.__slots__}


def _require_well_formed(command: RegisterInstitution, state: State, today: date) -> None:
    problems = [*name_problems(command.name, command.name_en), *code_problems(command.uscc)]
    problems += region_problems(command.region)
    problems += day_problems(command.since)
    problems += _parent_problems(command, state, today)
    if problems:
        raise InvalidInput(problems)


def name_problems(name: str | None, name_en: str | None) -> Iterator[FieldProblem]:
    """Name what is wrong with the names of an institution."""
    for field, text in (("name", name), ("name_en", name_en)):
        if text is not None and not text.strip():
            yield FieldProblem(field=field, code="field-missing")
        if text is not None and len(text) > NAME_LENGTH_MAX:
            facts = {"length_max": NAME_LENGTH_MAX}
            yield FieldProblem(field=field, code="text-too-long", facts=facts)


def code_problems(uscc: str | None) -> Iterator[FieldProblem]:
    """Name what is wrong with a unified social credit code; village sites have none."""
    if uscc is not None and not is_uscc(uscc):
        yield FieldProblem(field="uscc", code="uscc-wrong")


def region_problems(region: str | None) -> Iterator[FieldProblem]:
    """Refuse what cannot be a region code; one that the list does not have is only unknown."""
    if region is None:
        return
    is_code = region.isascii() and region.isdigit() and len(region) in REGION_LENGTHS
    if not is_code:
        yield FieldProblem(field="region", code="region-wrong")


def day_problems(since: str | None) -> Iterator[FieldProblem]:
    """Name what is wrong with a day; only YYYY-MM-DD is one."""
    if since is None:
        return
    try:
        read_day(since)
    except ValueError:
        yield FieldProblem(field="since", code="date-unreadable")


def _parent_problems(
    command: RegisterInstitution, state: State, today: date
) -> Iterator[FieldProblem]:
    parent, by = command.parent_id, command.by
    tree = tree_on(state, today)
    if parent is None:
        if by is not None and by != tree.bank_id:
            yield FieldProblem(field="parent", code="field-missing")
    elif parent not in state or (by is not None and not tree.covers(by, parent)):
        yield FieldProblem(field="parent", code="institution-unknown")
    elif state[parent].is_over(today):
        yield FieldProblem(field="parent", code="institution-over")
