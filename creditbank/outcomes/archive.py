"""Prepare what two persons do with a result from an archive, for every door alike."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from creditbank.access.actor import Actor
from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.institutions.tree import load_tree
from creditbank.keystore.store import KeyStore
from creditbank.learners.queries import going_on
from creditbank.outcomes.back_enter import EnterBackEntry, Fields, as_archived, find_back_entries
from creditbank.outcomes.check_back_entry import CheckBackEntry
from creditbank.outcomes.post import find_learner, posting_of
from creditbank.outcomes.posting import parse_posting


class Parts(Protocol):
    """What is needed of a bank."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """The learners' keys."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The present moment."""
        ...


def entering(fields: Fields, actor: Actor, parts: Parts) -> EnterBackEntry:
    """Prepare a person's back-entry; raises `InvalidInput`, and `Refusal("person-required")`."""
    by = actor.person
    posted = parse_posting(fields, today=civil_day(parts.clock()))
    posting = find_learner(
        as_archived(posted, entered_by=by, checked_by=None),
        institution_id=actor.institution,
        readers=parts.readers,
        keystore=parts.keystore,
    )
    return EnterBackEntry(institution_id=actor.institution, by=by, key=posting.key, fields=fields)


def checking(
    entry_id: str, refused_because: str | None, actor: Actor, parts: Parts
) -> CheckBackEntry:
    """Prepare a second person's answer; raises a `Refusal`: "person-required", "not-found"."""
    by = actor.person
    with parts.readers.reading() as connection:
        entry = find_back_entries(connection, [entry_id]).get(entry_id)
        covers = load_tree(connection, civil_day(parts.clock())).covers
        if entry is None or not covers(actor.institution, entry.institution_id):
            raise Refusal("not-found")
        goes_on = going_on(connection, [entry.account_id])[entry.account_id]
    keys = parts.keystore.get({entry.account_id, goes_on})
    if not {entry.account_id, goes_on} <= keys.keys():
        raise Refusal("not-found")
    key = keys[entry.account_id]
    posted = parse_posting(entry.fields(key), today=civil_day(parts.clock()))
    archived = as_archived(posted, entered_by=entry.entered_by, checked_by=by)
    return CheckBackEntry(
        entry_id=entry_id,
        institution_id=actor.institution,
        by=by,
        key=key,
        posting=posting_of(archived, keys[goes_on], None, parts.keystore),
        refused_because=refused_because,
    )
