"""The issuer's keys: give them out, rotate them, cut a stolen one off."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.trust_folder import write_trust
from certificates.keys import Purpose, SigningKey
from creditbank.credentials.key_events import CutOffKey, RecordRotation
from creditbank.credentials.status_lists import StatusLists, parse_name
from creditbank.key_files import rotate_key


class Rotated(StrEnum):
    """The purposes whose key is rotated by command; the log's own follows other rules."""

    PASS = Purpose.PASS.value
    CREDENTIAL = Purpose.CREDENTIAL.value
    CREDENTIAL_JWT = Purpose.CREDENTIAL_JWT.value
    STATUS_LIST = Purpose.STATUS_LIST.value
    VERIFICATION = Purpose.VERIFICATION.value


app = typer.Typer(no_args_is_help=True, help="The issuer's keys.")


@app.callback()
def keys() -> None:
    """Give out the public keys by which others verify, rotate them, cut a stolen one off."""


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the folder that `verify --offline` and the offline page read.

    Keys, policy, the status lists of this moment, and when they were taken.
    """
    with opened_bank() as bank:
        files = write_trust(
            folder,
            bank.did_document,
            bank.verifier_keys,
            status_lists=_status_lists(bank.status_lists),
            log_url=f"{bank.settings.origin}/ledger",
            now=bank.clock(),
        )
    print_result({"folder": str(folder), "files": files}, as_json=as_json)


@app.command()
def show(*, as_json: AsJson = False) -> None:
    """List the keys: purpose, algorithm, whether file or token has them, since when retired."""
    with opened_bank() as bank:
        print_rows("keys", map(_key, bank.ring.keys), as_json=as_json)


@app.command()
def rotate(
    purpose: Annotated[Rotated, typer.Argument(help="What the new key signs.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make a new key for a purpose; what the old one signed still verifies.

    Restart the other processes of the bank: until then they sign with the old key.
    """
    with opened_bank() as bank:
        ring = rotate_key(
            bank.settings, Purpose(purpose.value), now=bank.clock(), entropy=bank.entropy
        )
        key = ring.current(Purpose(purpose.value))
        command = RecordRotation(
            purpose=key.purpose,
            kid=key.kid,
            did_document=replace(bank, ring=ring).did_document,
            institution_id=bank.installation.institution_id,
        )
        entry = bank.writer.write(command).answer
    print_result({"key": key.kid.hex(), "entry_index": entry}, as_json=as_json)


@app.command()
def cut_off(
    key: Annotated[str, typer.Argument(help="Id of the stolen key, 16 hex digits.")],
    from_entry: Annotated[
        int, typer.Option(help="Ledger index from which on what it signed is suspended.")
    ],
    reason: Annotated[str, typer.Option(help="Why; it is public.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Suspend every credential that a stolen key signed from a ledger index on.

    What it signed before stays valid. Rotate its purpose first, so that it signs no more.
    """
    with opened_bank() as bank:
        command = CutOffKey(
            kid=key,
            from_index=from_entry,
            reason=reason,
            institution_id=bank.installation.institution_id,
        )
        cut = bank.writer.write(command).answer
    result = {"key": cut.kid, "from_entry": cut.from_index, "entry_index": cut.entry_index}
    print_result(result, as_json=as_json)


def _status_lists(lists: StatusLists) -> dict[str, bytes]:
    """Give the newest version of every list as it is served."""
    parsed = {name: parse_name(name) for name in lists.names()}
    return {name: lists.newest(one).document for name, one in parsed.items() if one is not None}


def _key(key: SigningKey) -> dict[str, str | None]:
    return {
        "key": key.kid.hex(),
        "purpose": key.purpose.value,
        "suite": key.suite.value,
        "place": key.signer.place,
        "created_at": key.created_at.isoformat(),
        "retired_at": None if key.retired_at is None else key.retired_at.isoformat(),
    }
