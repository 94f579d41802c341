"""One look at a pass is noted once, however often its answer is shown again within the hour.

Another language, a compared name and a receipt verify anew; what the answer hands along says that
the holder was told of this look already.
"""

import hmac
from datetime import datetime

from creditbank.keystore.secrets import LookupKind, VaultSecrets

AGAIN_SECONDS = 3_600


def look_mark(secrets: VaultSecrets, text: str, now: datetime) -> str:
    """Give the mark of a look that was noted just now, at what `text` presents."""
    at = int(now.timestamp())
    return f"{at}.{_tag(secrets, text, at)}"


def is_marked(secrets: VaultSecrets, mark: str, text: str, now: datetime) -> bool:
    """Say whether a look at this text was noted within the hour, by the mark that was given."""
    when, _, tag = mark.partition(".")
    if not (when.isascii() and when.isdecimal() and tag.isascii()):
        return False
    age = int(now.timestamp()) - int(when)
    return 0 <= age <= AGAIN_SECONDS and hmac.compare_digest(tag, _tag(secrets, text, int(when)))


def mark_of_noted(secrets: VaultSecrets, mark: str, text: str, now: datetime) -> str:
    """Give the mark of the noted look: that which was handed along while it holds, else a new one.

    Were it made anew each time, an answer that is looked at again and again would be one look
    for days.
    """
    return mark if is_marked(secrets, mark, text, now) else look_mark(secrets, text, now)


def _tag(secrets: VaultSecrets, text: str, at: int) -> str:
    return secrets.lookup_tag(LookupKind.LOOK, text.strip(), str(at)).hex()
