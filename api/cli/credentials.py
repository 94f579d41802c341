"""Issue signed credentials at the counter, and write them out in any envelope."""

from enum import StrEnum
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from creditbank.bank import Bank
from creditbank.credentials.create import CreateCredential
from creditbank.credentials.issuer import SignedCredential
from creditbank.credentials.show import HeldCredential, get_held, open_by_token
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.queries import find_outcomes

app = typer.Typer(no_args_is_help=True, help="Signed credentials.")


class Envelope(StrEnum):
    """The envelopes of one credential."""

    DOCUMENT = "document"
    JWT = "jwt"
    SECURED_JWT = "vc-jwt"


@app.command()
def create(
    outcome: Annotated[str, typer.Option(help="Id of the outcome; it must stand.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Issue the credential of an outcome, without the holder's name; there is one an outcome."""
    with opened_bank() as bank:
        held = create_credential(bank, outcome)
        link = bank.credential_link(held.token)
    print_result({"credential": held.credential_id, "url": link}, as_json=as_json)


@app.command()
def show(
    token: Annotated[str, typer.Argument(help="The last part of its link, 26 symbols.")],
    envelope: Annotated[Envelope, typer.Option(help="Which envelope.")] = Envelope.DOCUMENT,
) -> None:
    """Write a credential to standard output."""
    with opened_bank() as bank, bank.readers.reading() as connection:
        signed = open_by_token(connection, bank.keystore, token).signed
    typer.echo(_text(signed, envelope))


def create_credential(bank: Bank, outcome_id: str) -> HeldCredential:
    """Issue the credential of an outcome; raises `Refusal` as `CreateCredential` does."""
    key = _key_of(bank, outcome_id)
    command = CreateCredential(
        key=key,
        outcome_id=outcome_id,
        issuer=bank.credential_issuer,
        institution_id=bank.installation.institution_id,
    )
    credential_id = bank.writer.write(command).answer
    with bank.readers.reading() as connection:
        return get_held(connection, [key], credential_id)


def _key_of(bank: Bank, outcome_id: str) -> AccountKey:
    with bank.readers.reading() as connection:
        found = find_outcomes(connection, [outcome_id]).get(outcome_id)
    keys = {} if found is None else bank.keystore.get([found.account_id])
    if not keys:
        raise Refusal("not-found")
    return keys.popitem()[1]


def _text(signed: SignedCredential, envelope: Envelope) -> str:
    match envelope:
        case Envelope.JWT:
            return signed.jwt
        case Envelope.SECURED_JWT:
            return signed.secured_jwt
    return signed.document_bytes.decode()
