"""Move the bank to another origin."""

from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from certificates.keys import Purpose
from creditbank.key_files import rotate_key
from creditbank.moving import MoveBank, require_move


def move(
    former_origin: Annotated[str, typer.Option("--from", help="The base URL that it leaves.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give the bank the name of CREDITBANK_ORIGIN; what it signed before still verifies.

    The origin that it leaves must lead here still, and stand in CREDITBANK_FORMER_ORIGINS. Stop the
    other processes before, and start them anew with the same two settings. A new key signs
    credentials from then on, and the log binds it to the one before.
    """
    with opened_bank() as bank:
        settings, former = bank.settings, former_origin.rstrip("/")
        require_move(
            bank.installation,
            former_origin=former,
            origin=settings.origin,
            served=settings.former_origin_list,
        )
        former_key = bank.ring.current(Purpose.CREDENTIAL)
        command = MoveBank(
            installation=bank.installation,
            former_origin=former,
            issuer_did=settings.default_issuer_did(),
            origin=settings.origin,
            ring=rotate_key(settings, Purpose.CREDENTIAL, now=bank.clock(), entropy=bank.entropy),
            former_key=former_key,
        )
        left = bank.writer.write(command).answer
    print_result(
        {
            "issuer_did": command.issuer_did,
            "origin": command.origin,
            "former_issuer_did": left.issuer_did,
            "former_origin": left.origin,
            "entry_index": left.entry_index,
        },
        as_json=as_json,
    )
