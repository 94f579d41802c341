"""Everything of one person as one ZIP, made while it is sent: data, credentials, print, files."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files
from io import RawIOBase
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from creditbank.bank import Bank
from creditbank.closures.own_rows import own_rows
from creditbank.conversion.days import CIVIL_TIME
from creditbank.credentials.printing import printed_credential
from creditbank.credentials.show import list_held, open_by_token
from creditbank.errors import Refusal
from creditbank.evidence.queries import evidence_of_account
from creditbank.evidence.show import read_file
from creditbank.keystore.account_key import AccountKey

File = tuple[str, bytes]

_SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class _Written(RawIOBase):
    """What was written and is not sent yet; nothing in it is read or found again."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: bytes) -> int:  # type: ignore[override]  # of bytes alone
        self._parts.append(bytes(part))
        return len(part)

    def take(self) -> bytes:
        """Give it, to be sent."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def stream_copy(keys: Sequence[AccountKey], bank: Bank) -> Iterator[bytes]:
    """Give the archive piece by piece; `keys` are those of one person, the going one first."""
    written, now = _Written(), bank.clock()
    with ZipFile(written, "w") as archive:
        for name, content in _files(keys, bank):
            archive.writestr(_entry(name, now), content)
            yield written.take()
    yield written.take()


def _entry(name: str, now: datetime) -> ZipInfo:
    civil = now.astimezone(CIVIL_TIME)
    entry = ZipInfo(name, civil.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    return entry


def _files(keys: Sequence[AccountKey], bank: Bank) -> Iterator[File]:
    yield "README.txt", files("api").joinpath("own_copy_readme.txt").read_bytes()
    for number, key in enumerate(keys):
        yield "data.json" if number == 0 else f"data-{number + 1}.json", _data(key, bank)
    yield from _credentials(keys, bank)
    for key in keys:
        yield from _evidence(key, bank)


def _data(key: AccountKey, bank: Bank) -> bytes:
    with bank.readers.snapshot() as connection:
        tables = dict(own_rows(connection, key))
    said = {"account_number": key.number, "tables": tables}
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)


def _credentials(keys: Sequence[AccountKey], bank: Bank) -> Iterator[File]:
    with bank.readers.reading() as connection:
        held = list_held(connection, keys)
    for one in held:
        if one.ended_at is not None:
            continue
        with bank.readers.reading() as connection:
            signed = open_by_token(connection, bank.keystore, one.token).signed
        yield f"credentials/{one.credential_id}.json", signed.document_bytes
        try:
            printed = printed_credential(signed, one.token, bank.settings)
            yield f"credentials/{one.credential_id}.pdf", printed
        except Refusal as refusal:  # Fonts are missing: the document is there all the same.
            yield f"credentials/{one.credential_id}-not-printed.txt", refusal.code.encode()


def _evidence(key: AccountKey, bank: Bank) -> Iterator[File]:
    with bank.readers.reading() as connection:
        stored = evidence_of_account(connection, key.account_id)
    for one in stored:
        content = read_file(bank.evidence, key, one)
        if content is not None:
            yield f"evidence/{one.id}.{_SUFFIXES[one.media_type]}", content
