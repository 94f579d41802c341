"""Rehearse an import: what would become of every row, while nothing is stored in the bank.

What earlier rows of the file would have recorded lies in a scratch file under a key that is never
written down, so that memory does not grow with the file.
"""

from collections.abc import Iterator, Mapping, Sequence

import orjson

from creditbank.database import Scratch
from creditbank.keystore.account_key import KEY_BYTES, AccountKey
from creditbank.learners.find import Rehearsal
from creditbank.outcomes.batches.check import CheckedFile, Parts
from creditbank.outcomes.batches.matching import Stretch
from creditbank.outcomes.batches.settle import Settlement, postings_of, settle
from creditbank.outcomes.hold import KnownHold, Stray
from creditbank.outcomes.record import load_records, natural_tags
from creditbank.outcomes.records import Draft, Known, Posting, Recorded
from creditbank.outcomes.status import OutcomeStatus
from creditbank.writer.command import Moment

STRETCH_ROWS_MAX = 500


def rehearse(parts: Parts, checked: CheckedFile) -> Iterator[Settlement]:
    """Give what would become of the rows, a stretch at a time."""
    accounts = Rehearsal(parts.keystore, parts.entropy)
    with Scratch() as scratch:
        earlier = _Earlier(parts, scratch)
        for stretch in checked.stretches(0, STRETCH_ROWS_MAX):
            yield _rehearse(parts, checked, stretch, accounts, earlier)


class _Earlier:
    """What earlier rows would have recorded, by natural tag."""

    def __init__(self, parts: Parts, scratch: Scratch) -> None:
        self._scratch = scratch
        self._entropy = parts.entropy
        self.key = AccountKey("", parts.entropy(KEY_BYTES))

    def add(self, known: Mapping[bytes, Known]) -> None:
        self._scratch.put(
            {
                tag: self.key.seal(tag, orjson.dumps(one.stated), self._entropy)
                for tag, one in known.items()
            }
        )

    def add_holds(self, holds: Mapping[bytes, KnownHold]) -> None:
        self._scratch.put({tag: one.content_tag for tag, one in holds.items()})

    def holds(self, postings: Sequence[Posting | Stray]) -> dict[bytes, KnownHold]:
        tags = [one.hold.natural_tag for one in postings if one.hold is not None]
        found = self._scratch.find(tags)
        return {tag: KnownHold(id="", content_tag=content) for tag, content in found.items()}

    def add_names(self, names: Mapping[str, frozenset[str]]) -> None:
        self._scratch.put(
            {
                account_id.encode(): self.key.seal(
                    account_id.encode(), orjson.dumps(sorted(name)), self._entropy
                )
                for account_id, name in names.items()
            }
        )

    def names(self, account_ids: list[str]) -> dict[str, frozenset[str]]:
        found = self._scratch.find([account_id.encode() for account_id in account_ids])
        return {
            key.decode(): frozenset(orjson.loads(self.key.open(key, sealed)))
            for key, sealed in found.items()
        }

    def find(self, tags: list[bytes]) -> dict[bytes, Known]:
        first = Recorded(outcome_id="", entry_index=0, is_duplicate=False)
        return {
            tag: Known(
                recorded=first,
                status=OutcomeStatus.ACTIVE,
                stated=orjson.loads(self.key.open(tag, sealed)),
            )
            for tag, sealed in self._scratch.find(tags).items()
        }


def _rehearse(
    parts: Parts, checked: CheckedFile, stretch: Stretch, accounts: Rehearsal, earlier: _Earlier
) -> Settlement:
    rows = checked.match(stretch, accounts)
    postings = postings_of(rows)
    attachable = [one for one in postings if isinstance(one, Posting)]
    with parts.readers.reading() as connection:
        records = load_records(connection, checked.institution_id, postings)
    tags = natural_tags(attachable, records.catalogues, checked.institution_id)
    records.known.update(earlier.find(list(tags)))
    opened = [one.key.account_id for one in attachable if one.key.account_id not in records.states]
    records.held.update(earlier.holds(postings))
    records.names.update(earlier.names(opened))
    before, held_before = set(records.known), set(records.held)
    moment = Moment(now=parts.clock(), log="rehearsal", next_index=0, entropy=parts.entropy)
    draft = Draft(moment=moment, posted_with="", batch_id=None, hold_key=earlier.key)
    settlement = settle(rows, records, draft, not_awarded=stretch.not_awarded)
    earlier.add({tag: one for tag, one in records.known.items() if tag not in before})
    earlier.add_holds({tag: one for tag, one in records.held.items() if tag not in held_before})
    earlier.add_names({one: records.names[one] for one in opened if one in records.names})
    return settlement
