"""Record posted results: the command of single posts, and the loading that batches share."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import definitions_by_code, schemes_of
from creditbank.institutions.queries import get_institution
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.change_state import find_deaths
from creditbank.learners.open import opening_rows
from creditbank.learners.queries import merged_pointers, sealed_openings
from creditbank.outcomes.decide import Draft, Known, Posting, Recorded, Records, decide_posting
from creditbank.outcomes.merged import known_by_merge
from creditbank.outcomes.queries import outcomes_by_tag
from creditbank.outcomes.stated import natural_key
from creditbank.outcomes.tables import OutcomeRow
from creditbank.writer.command import Decision, Moment, Rows

State = Mapping[str, Records]
"""What is known, by the institution that posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOutcome:
    """Ask that one result be recorded; the outcome's own leaf is the last one appended."""

    institution_id: str
    posted_with: str
    posting: Posting

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name, by institution."""
        postings: dict[str, list[Posting]] = defaultdict(list)
        for command in commands:
            postings[command.institution_id].append(command.posting)
        return {
            institution_id: load_records(connection, institution_id, posted)
            for institution_id, posted in postings.items()
        }

    def decide(self, state: State, moment: Moment) -> Decision[State, Recorded]:
        """Record the result, or recognise it; raises a `Refusal`."""
        draft = Draft(moment=moment, posted_with=self.posted_with, batch_id=None)
        answer = decide_posting(self.posting, state[self.institution_id], draft)
        return Decision(answer=answer, state=state, rows=rows_of(draft), leaves=draft.leaves)

    @classmethod
    def remember(cls, answer: Recorded) -> str:
        """Keep the outcome's id and index."""
        return f"{answer.outcome_id} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Recorded:
        """Give the first answer again, as a duplicate."""
        outcome_id, index = result.split()
        return Recorded(outcome_id=outcome_id, entry_index=int(index), is_duplicate=True)


def rows_of(draft: Draft) -> dict[type[SQLModel], Rows]:
    """Give what a draft adds, by table."""
    return {**opening_rows(draft.openings), OutcomeRow: draft.rows}


def load_records(
    connection: Connection, institution_id: str, postings: Sequence[Posting]
) -> Records:
    """Load what deciding these postings of one institution needs, with one query a table."""
    definitions = definitions_by_code(
        connection, institution_id, {posting.posted.course for posting in postings}
    )
    tags = natural_tags(postings, definitions)
    pointers = merged_pointers(connection, [posting.key.account_id for posting in postings])
    return Records(
        provider=get_institution(connection, institution_id),
        definitions=definitions,
        schemes=schemes_of(connection, institution_id),
        accounts=set(pointers),
        merged={one for one, survivor in pointers.items() if survivor is not None},
        names=_stated_names(connection, postings),
        known=_load_known(connection, tags),
        deaths=find_deaths(
            connection, {posting.key.account_id: posting.key for posting in postings}
        ),
    )


def natural_tags(
    postings: Sequence[Posting], definitions: Mapping[str, Sequence[Definition]]
) -> dict[bytes, AccountKey]:
    """Give the natural tags that these postings may have, with the key that opens what they name.

    Which version a result belongs to is decided later, so every version's tag is looked up.
    """
    return {
        posting.key.natural_tag(natural_key(posting.posted, definition)): posting.key
        for posting in postings
        for definition in definitions.get(posting.posted.course, ())
    }


def _load_known(connection: Connection, tags: Mapping[bytes, AccountKey]) -> dict[bytes, Known]:
    known: dict[bytes, Known] = {}
    for tag, stored in outcomes_by_tag(connection, list(tags)):
        key = tags[tag]
        statement = open_statement(key, "outcome", stored.id, stored.sealed_statement)
        recorded = Recorded(
            outcome_id=stored.id, entry_index=stored.entry_index, is_duplicate=False
        )
        known[tag] = Known(recorded=recorded, status=stored.status, stated=fields_of(statement))
    known.update(known_by_merge(connection, tags))
    return known


def _stated_names(connection: Connection, postings: Sequence[Posting]) -> dict[str, str | None]:
    """Give the name stated at the opening of each account that a posting names a learner for."""
    keys = {
        posting.key.account_id: posting.key
        for posting in postings
        if posting.posted.learner.name is not None
    }
    names: dict[str, str | None] = {}
    for account_id, sealed in sealed_openings(connection, list(keys)).items():
        opening = fields_of(open_statement(keys[account_id], "account", account_id, sealed))
        name = opening.get("name")
        names[account_id] = str(name) if name is not None else None
    return names
