"""Printed cards 打卡证 at the counter, for those who have no phone."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from api.cli.person import AccountNumber, numbered
from api.v1.check_in_cards import card_view
from certificates.qr import png
from creditbank.venues.cards import CreateCard, EndCard
from creditbank.venues.queries import find_cards

app = typer.Typer(no_args_is_help=True, help="Printed cards by which learners check in.")


@app.command()
def create(
    account: AccountNumber,
    qr: Annotated[Path | None, typer.Option(help="Where to write the QR code (PNG).")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a card of an account to be printed."""
    with opened_bank() as bank:
        key = numbered(bank, account)
        card_id = bank.writer.write(CreateCard(key=key)).answer
        with bank.readers.reading() as connection:
            card = find_cards(connection, [card_id])[card_id]
        view = card_view(card, key, bank)
    if qr is not None:
        qr.write_bytes(png(view.text))
    print_result({"card": view.id, "text": view.text}, as_json=as_json)


@app.command()
def end(
    card_id: Annotated[str, typer.Argument(metavar="CARD", help="Id of the card.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a card at once, as when it is lost."""
    with opened_bank() as bank:
        bank.writer.write(EndCard(card_id=card_id, account_ids=None))
    print_result({"card": card_id, "ended": True}, as_json=as_json)
