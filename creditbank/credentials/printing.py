"""Credentials on paper: a learning record 学习成果证明, or a list of those chosen."""

from certificates.errors import FontsMissing, Unprintable
from certificates.learning_record import record_of, transcript_of
from certificates.press import Press, open_press
from creditbank.conversion.days import CIVIL_TIME
from creditbank.credentials.issuer import SignedCredential
from creditbank.errors import Refusal
from creditbank.settings import Settings

MEDIA_TYPE = "application/pdf"


def printed_credential(signed: SignedCredential, token: str, settings: Settings) -> bytes:
    """Print one credential as PDF, the same bytes each time; its code is the link of today.

    Raises `Refusal`: "fonts-missing", "character-unprintable".
    """
    folder = str(settings.fonts_dir)
    try:
        press = open_press(settings.fonts_dir, settings.record_families)
        return _printed(press, signed, f"{settings.origin}/V/{token}")
    except FontsMissing as missing:
        raise Refusal("fonts-missing", families=missing.families, folder=folder) from missing
    except Unprintable as unprintable:
        named = unprintable.characters
        raise Refusal("character-unprintable", characters=named, folder=folder) from unprintable


def _printed(press: Press, signed: SignedCredential, link: str) -> bytes:
    transcript = transcript_of(signed.document, CIVIL_TIME)
    if transcript is not None:
        return press.transcript(transcript, signed.document_bytes, link)
    return press.record(record_of(signed.document, CIVIL_TIME), signed.document_bytes, link)
