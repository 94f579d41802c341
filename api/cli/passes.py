"""Create and end learning passes at the counter."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from certificates.keys import Purpose
from certificates.pass_text import to_text
from certificates.qr import png
from certificates.token import typed_form
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.queries import find_outcomes
from creditbank.passes.create import CreatedPass, CreatePass
from creditbank.passes.end import EndPass

app = typer.Typer(no_args_is_help=True, help="Learning passes.")


@app.command()
def create(
    outcome: Annotated[list[str], typer.Option(help="Id of an outcome to show; repeat for more.")],
    days: Annotated[int, typer.Option(help="For how many days it holds.")] = 90,
    purpose: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    audience: Annotated[str | None, typer.Option(help="Whom it is shown to.")] = None,
    qr: Annotated[Path | None, typer.Option(help="Where to write the QR code (PNG).")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Create a pass over outcomes of one account; its code is shown this once."""
    with opened_bank() as bank:
        created = create_pass(bank, outcome, days=days, purpose=purpose, audience=audience)
        link = pass_link(bank, created.token)
    if qr is not None:
        qr.write_bytes(png(qr_text(link)))
    print_result(
        {
            "pass": created.pass_id,
            "url": link,
            "code": typed_form(created.token),
            "offline_text": to_text(created.document),
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
) -> CreatedPass:
    """Create a pass over outcomes of one account; raises `Refusal("pass-outcomes-wrong")`."""
    command = CreatePass(
        key=_key_of(bank, outcome_ids),
        outcome_ids=outcome_ids,
        expires_at=bank.clock() + timedelta(days=days),
        issuer=bank.installation.issuer_did,
        signing_key=bank.ring.current(Purpose.PASS),
        purpose=purpose,
        audience=audience,
    )
    return bank.writer.write(command).answer


def pass_link(bank: Bank, token: str) -> str:
    """Give the address that answers a verifier."""
    return f"{bank.settings.origin}/V/{token}"


def qr_text(link: str) -> str:
    """Give the link in capitals where its path allows, so that the QR code stays small."""
    return link.upper()


def _key_of(bank: Bank, outcome_ids: list[str]) -> AccountKey:
    with bank.readers.reading() as connection:
        found = find_outcomes(connection, outcome_ids)
    accounts = {outcome.account_id for outcome in found.values()}
    keys = bank.keystore.get(accounts)
    if len(accounts) != 1 or len(keys) != 1:
        raise Refusal("pass-outcomes-wrong")
    return keys.popitem()[1]
