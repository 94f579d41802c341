"""Record posted results: the command of single posts, and the loading that batches share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.catalogue.calendar import load_sessions
from creditbank.catalogue.queries import definitions_by_code, schemes_of
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions, get_institution
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.change_state import find_deaths
from creditbank.learners.known_names import folded_names
from creditbank.learners.open import opening_rows
from creditbank.learners.queries import account_states
from creditbank.outcomes.catalogued import Catalogue
from creditbank.outcomes.decide import decide_posting
from creditbank.outcomes.hold import Held, Stray, known_holds
from creditbank.outcomes.merged import known_by_merge
from creditbank.outcomes.posting import PostedOutcome
from creditbank.outcomes.queries import outcomes_by_tag
from creditbank.outcomes.records import Draft, Known, Posting, Recorded, Records
from creditbank.outcomes.stated import natural_key
from creditbank.outcomes.tables import HeldRow, OutcomeRow
from creditbank.writer.command import Decision, Moment, Rows

State = Mapping[str, Records]
"""What is known, by the institution that posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOutcome:
    """Ask that one result be recorded; the outcome's own leaf is the last one appended.

    Where it must be held, that is done under `hold_key`.
    """

    institution_id: str
    posted_with: str
    posting: Posting | Stray
    hold_key: AccountKey | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name, by institution."""
        postings: dict[str, list[Posting | Stray]] = defaultdict(list)
        for command in commands:
            postings[command.institution_id].append(command.posting)
        return {
            institution_id: load_records(connection, institution_id, posted)
            for institution_id, posted in postings.items()
        }

    def decide(self, state: State, moment: Moment) -> Decision[State, Recorded | Held]:
        """Record the result, hold it, or recognise it; raises a `Refusal`."""
        draft = Draft(
            moment=moment, posted_with=self.posted_with, batch_id=None, hold_key=self.hold_key
        )
        answer = decide_posting(self.posting, state[self.institution_id], draft)
        return Decision(answer=answer, state=state, rows=rows_of(draft), leaves=draft.leaves)

    @classmethod
    def remember(cls, answer: Recorded | Held) -> str:
        """Keep the outcome's id and index, or what was told of the held row."""
        if isinstance(answer, Held):
            return f"held {answer.held_id} {answer.reason} {answer.due_on}"
        return f"{answer.outcome_id} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Recorded | Held:
        """Give the first answer again, as a duplicate."""
        if result.startswith("held "):
            _, held_id, reason, due_on = result.split(" ")
            return Held(held_id=held_id, reason=reason, due_on=due_on, is_duplicate=True)
        outcome_id, index = result.split()
        return Recorded(outcome_id=outcome_id, entry_index=int(index), is_duplicate=True)


def rows_of(draft: Draft) -> dict[type[SQLModel], Rows]:
    """Give what a draft adds, by table."""
    return {**opening_rows(draft.openings), OutcomeRow: draft.rows, HeldRow: draft.held}


def load_records(
    connection: Connection, institution_id: str, given: Sequence[Posting | Stray]
) -> Records:
    """Load what deciding these postings of one institution needs, with one query a table.

    Only joint awards ask for more: a query more for each institution that leads one.
    """
    postings = [one for one in given if isinstance(one, Posting)]
    bodies = load_bodies(connection, [one.posted for one in given])
    catalogues = _load_catalogues(connection, institution_id, given)
    tags = natural_tags(postings, catalogues, institution_id)
    keys = {posting.key.account_id: posting.key for posting in postings}
    states = account_states(connection, keys)
    return Records(
        provider=get_institution(connection, institution_id),
        catalogues=catalogues,
        bodies=bodies,
        states=states,
        names=_names(connection, postings),
        known=_load_known(connection, tags),
        held=known_holds(
            connection, [one.hold.natural_tag for one in given if one.hold is not None]
        ),
        deaths=find_deaths(connection, keys, states),
    )


def load_catalogue(
    connection: Connection, institution_id: str, results: Iterable[PostedOutcome]
) -> Catalogue:
    """Load an institution's schemes and terms, and what these results name of its catalogue."""
    named = [(posted.course, posted.offering) for posted in results]
    offerings = {code for _, code in named if code is not None}
    return Catalogue(
        definitions=definitions_by_code(connection, institution_id, {code for code, _ in named}),
        schemes=schemes_of(connection, institution_id),
        sessions=load_sessions(connection, institution_id, offerings),
    )


def natural_tags(
    postings: Sequence[Posting], catalogues: Mapping[str, Catalogue], institution_id: str
) -> dict[bytes, AccountKey]:
    """Give the natural tags that these postings may have, with the key that opens what they name.

    Which version a result belongs to is decided later, so every version's tag is looked up.
    """
    return {
        posting.key.natural_tag(natural_key(posted, definition)): posting.key
        for posting in postings
        for catalogue in (catalogues[posting.posted.lead_institution or institution_id],)
        for posted in (catalogue.in_own_words(posting.posted),)
        for definition in catalogue.definitions.get(posted.course, ())
    }


def _load_catalogues(
    connection: Connection, institution_id: str, postings: Sequence[Posting | Stray]
) -> dict[str, Catalogue]:
    results: dict[str, list[PostedOutcome]] = {institution_id: []}
    for posting in postings:
        posted = posting.posted
        results.setdefault(posted.lead_institution or institution_id, []).append(posted)
    return {one: load_catalogue(connection, one, named) for one, named in results.items()}


def load_bodies(connection: Connection, results: Sequence[PostedOutcome]) -> dict[str, History]:
    """Load the institutions that these results name as awarding; mostly there is nothing to ask."""
    named = {
        body.institution
        for posted in results
        if posted.particulars is not None
        for body in posted.particulars.awarded_by
        if body.institution is not None
    }
    return find_institutions(connection, named) if named else {}


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


def _names(connection: Connection, postings: Sequence[Posting]) -> dict[str, frozenset[str]]:
    """Give every name of each account that a posting names a learner for, folded."""
    keys = {
        posting.key.account_id: posting.key
        for posting in postings
        if posting.posted.learner.name is not None
    }
    return folded_names(connection, keys)
