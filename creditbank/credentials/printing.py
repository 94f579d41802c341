"""Learning records 学习成果证明 on paper: one credential, or a transcript of those chosen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from certificates.errors import FontsMissing, Unprintable
from certificates.learning_record import LearningRecord, record_of
from certificates.press import Press, open_press
from creditbank.conversion.days import CIVIL_TIME
from creditbank.credentials.issuer import SignedCredential
from creditbank.errors import Refusal
from creditbank.settings import Settings

MEDIA_TYPE = "application/pdf"


def printed_record(signed: SignedCredential, settings: Settings) -> bytes:
    """Print one credential as PDF, the same bytes each time.

    Raises `Refusal`: "fonts-missing", "character-unprintable".
    """
    with _worded(settings) as press:
        return press.record(_record(signed, settings.origin))


def printed_transcript(
    chosen: Sequence[SignedCredential], settings: Settings, now: datetime
) -> bytes:
    """Print credentials as one list; raises `Refusal` also: "transcripts-closed"."""
    if not settings.transcripts:
        raise Refusal("transcripts-closed")
    with _worded(settings) as press:
        return press.transcript(
            [_record(one, settings.origin) for one in chosen], now.astimezone(CIVIL_TIME)
        )


@contextmanager
def _worded(settings: Settings) -> Iterator[Press]:
    folder = str(settings.fonts_dir)
    try:
        yield open_press(settings.fonts_dir, settings.record_families)
    except FontsMissing as missing:
        raise Refusal("fonts-missing", families=missing.families, folder=folder) from missing
    except Unprintable as unprintable:
        named = unprintable.characters
        raise Refusal("character-unprintable", characters=named, folder=folder) from unprintable


def _record(signed: SignedCredential, origin: str) -> LearningRecord:
    """Read it; the link is that of its page, under the origin of today."""
    token = str(signed.document["id"]).rpartition("/")[2]
    link = f"{origin}/V/{token}"
    return record_of(signed.document, signed.document_bytes, link, CIVIL_TIME)
