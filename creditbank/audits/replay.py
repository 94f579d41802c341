"""The replay beside the log: every `convert` leaf has its conversion, every sealed one its reason.

A conversion stays sealed because its account was erased: then it bears a random id that the bank
drew for that, and the tombstones tell of at least as many entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from creditbank.audits.entries import CHUNK_LEAVES
from creditbank.closures.erase import entries_of_tombstone
from creditbank.credits.queries import all_conversions
from creditbank.credits.replay import Difference, ReplayReport, replay
from creditbank.keystore.store import KeyStore
from creditbank.learners.queries import pseudonyms_among
from ledger.grammar import LeafFacts, facts_of
from ledger.objects import find_object
from ledger.read import leaf_count, read_leaves_with_indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class BankReplay:
    """What the replay found, the tombstones on the log, and what nothing explains."""

    report: ReplayReport
    tombstones: int
    unexplained: tuple[Difference, ...]

    @property
    def differing(self) -> int:
        """How many conversions are not what their inputs and their rules give."""
        return len({one.entry for one in self.report.differences})


def replay_bank(connection: Connection, keystore: KeyStore) -> BankReplay:
    """Compute every conversion again, and account for every leaf and every sealed row."""
    report = replay(connection, keystore)
    made, tombstones, told = _of_log(connection)
    unexplained = list(_unexplained(connection, keystore, made))
    if report.sealed > told:
        problem = f"{report.sealed} conversions are sealed, tombstones tell of {told} entries"
        unexplained.append(Difference(entry=-1, conversion_id="", problem=problem))
    return BankReplay(report=report, tombstones=tombstones, unexplained=tuple(unexplained))


def _of_log(connection: Connection) -> tuple[dict[int, str], int, int]:
    """Give the conversions that leaves made, how many tombstones there are, and what they tell."""
    made: dict[int, str] = {}
    tombstones = told = 0
    for index, facts in _leaves(connection):
        if facts.t == b"convert":
            made[index] = facts.id.decode()
        elif facts.t == b"tombstone":
            tombstones += 1
            found = find_object(connection, bytes.fromhex((facts.object or b"").decode()))
            told += 0 if found is None else entries_of_tombstone(found[1]) or 0
    return made, tombstones, told


def _leaves(connection: Connection) -> Iterator[tuple[int, LeafFacts]]:
    for start in range(0, leaf_count(connection), CHUNK_LEAVES):
        for index, data in read_leaves_with_indexes(connection, start, start + CHUNK_LEAVES):
            if (facts := facts_of(data)) is not None:
                yield index, facts


def _unexplained(
    connection: Connection, keystore: KeyStore, made: dict[int, str]
) -> Iterator[Difference]:
    for page in all_conversions(connection):
        accounts = {one.account_id for one in page}
        gone = accounts - keystore.get(accounts).keys()
        strange = gone - pseudonyms_among(connection, gone)
        for one in page:
            made.pop(one.entry_index, None)
            if one.account_id in strange:
                problem = "it is sealed, and its account was not erased"
                yield Difference(entry=one.entry_index, conversion_id=one.id, problem=problem)
    for index, leaf_id in made.items():
        problem = "its leaf is on the log, and its row is not there"
        yield Difference(entry=index, conversion_id=leaf_id, problem=problem)
