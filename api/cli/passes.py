"""Create and end learning passes at the counter."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from api.pass_links import pass_link, qr_text
from certificates.keys import Purpose
from certificates.pass_text import to_text
from certificates.qr import png
from certificates.token import typed_form
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.queries import find_outcomes
from creditbank.passes.create import LIFETIME_MAX, CreatePass
from creditbank.passes.end import EndPass
from creditbank.passes.show import HeldPass, get_pass

app = typer.Typer(no_args_is_help=True, help="Learning passes.")


@app.command()
def create(
    outcome: Annotated[list[str], typer.Option(help="Id of an outcome to show; repeat for more.")],
    days: Annotated[
        int, typer.Option(min=1, max=LIFETIME_MAX.days, help="For how many days it holds.")
    ] = 90,
    purpose: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    audience: Annotated[str | None, typer.Option(help="Whom it is shown to.")] = None,
    qr: Annotated[Path | None, typer.Option(help="Where to write the QR code (PNG).")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Create a pass over outcomes of one account; its code is shown this once."""
    with opened_bank() as bank:
        held = create_pass(bank, outcome, days=days, purpose=purpose, audience=audience)
        link = pass_link(bank, held.token)
    if qr is not None:
        qr.write_bytes(png(qr_text(link)))
    print_result(
        {
            "pass": held.pass_id,
            "url": link,
            "code": typed_form(held.token),
            "offline_text": to_text(held.document),
        },
        as_json=as_json,
    )


@app.command()
def end(
    pass_id: Annotated[str, typer.Argument(metavar="PASS", help="Id of the pass.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a pass at once."""
    with opened_bank() as bank:
        bank.writer.write(EndPass(pass_id=pass_id))
    print_result({"pass": pass_id, "ended": True}, as_json=as_json)


def create_pass(
    bank: Bank,
    outcome_ids: list[str],
    *,
    days: int,
    purpose: str | None = None,
    audience: str | None = None,
) -> HeldPass:
    """Create a pass over outcomes of one account; raises `Refusal("pass-outcomes-wrong")`."""
    key = _key_of(bank, outcome_ids)
    command = CreatePass(
        key=key,
        outcome_ids=outcome_ids,
        expires_at=bank.clock() + timedelta(days=days),
        issuer=bank.installation.issuer_did,
        signing_key=bank.ring.current(Purpose.PASS),
        purpose=purpose,
        audience=audience,
    )
    pass_id = bank.writer.write(command).answer
    with bank.readers.reading() as connection:
        return get_pass(connection, [key], pass_id)


def _key_of(bank: Bank, outcome_ids: list[str]) -> AccountKey:
    with bank.readers.reading() as connection:
        found = find_outcomes(connection, outcome_ids)
    accounts = {outcome.account_id for outcome in found.values()}
    keys = bank.keystore.get(accounts)
    if len(accounts) != 1 or len(keys) != 1:
        raise Refusal("pass-outcomes-wrong")
    return keys.popitem()[1]
