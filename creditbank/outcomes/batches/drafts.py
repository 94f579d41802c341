"""Files that were checked and are not handed in yet: kept a day, and nobody's but their sender's.

The key of such a file is not stored: the browser that sent the file holds it, and it comes back
with each request. Once the file is handed in its batch has this key, as for any other file.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self

import orjson

from creditbank.errors import Refusal
from creditbank.keystore.account_key import KEY_BYTES, AccountKey, SealBroken
from creditbank.outcomes.batches.uploads import Uploads

DRAFT = "draft"
DRAFT_SECONDS = 24 * 60 * 60
_NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Whose a checked file is, what it is called there, and how it shall be read."""

    institution_id: str
    by: str
    filename: str
    media_type: str
    may_open_accounts: bool

    def keep(self, uploads: Uploads, key: AccountKey) -> None:
        """Keep it beside its file."""
        uploads.put_note(key, DRAFT, orjson.dumps(asdict(self)))

    @classmethod
    def find(cls, uploads: Uploads, key: AccountKey, by: str) -> Self:
        """Give what somebody keeps under a key; raises `Refusal("draft-gone")` for anything else.

        That is so too for a file that was handed in.
        """
        try:
            note = uploads.open_note(key, DRAFT)
        except SealBroken:
            note = None
        if note is None:
            raise Refusal("draft-gone")
        with note:
            draft = cls(**orjson.loads(note.read()))
        if draft.by != by:
            raise Refusal("draft-gone")
        return draft


def draft_key(draft_id: str, secret: str) -> AccountKey:
    """Give the key that a browser holds, in hex digits; raises `Refusal("draft-gone")`."""
    if not _is_hex(secret) or len(secret) != 2 * KEY_BYTES or not _is_hex(draft_id):
        raise Refusal("draft-gone")
    return AccountKey(draft_id, bytes.fromhex(secret))


def is_fresh(uploads: Uploads, batch_id: str, now: datetime) -> bool:
    """Say whether a folder without a batch holds a draft that may still be handed in."""
    return uploads.is_younger(batch_id, DRAFT, DRAFT_SECONDS, now)


def is_overdue(uploads: Uploads, batch_id: str, now: datetime) -> bool:
    """Say whether a folder has held a draft for longer than a day."""
    return uploads.has_note(batch_id, DRAFT) and not is_fresh(uploads, batch_id, now)


def sweep(uploads: Uploads, is_kept: Callable[[str], bool]) -> None:
    """Remove the folders that nobody holds at this moment, but for those that are kept."""
    for batch_id in uploads.present():
        if is_kept(batch_id):
            continue
        with uploads.held(batch_id) as is_held:
            # A folder that is held is being uploaded at this moment.
            if is_held and not is_kept(batch_id):
                uploads.remove(batch_id)


def shown_name(filename: str) -> str:
    """Give a file's name as it is shown: its last part, not longer than a line."""
    return filename.replace("\\", "/").rpartition("/")[2][-_NAME_LENGTH_MAX:]


def _is_hex(text: str) -> bool:
    return text != "" and all(symbol in "0123456789abcdef" for symbol in text)
