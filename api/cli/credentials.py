"""Issue signed credentials at the counter, and write them out in any envelope."""

from enum import StrEnum
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from creditbank.bank import Bank
from creditbank.credentials.achievements import CredentialKind, account_of
from creditbank.credentials.create import CreateCredential
from creditbank.credentials.issuer import SignedCredential
from creditbank.credentials.show import HeldCredential, get_held, open_by_token
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey

app = typer.Typer(no_args_is_help=True, help="Signed credentials.")


class Envelope(StrEnum):
    """The envelopes of one credential."""

    DOCUMENT = "document"
    JWT = "jwt"
    SECURED_JWT = "vc-jwt"


@app.command()
def create(
    outcome: Annotated[str | None, typer.Option(help="Id of an outcome that stands.")] = None,
    application: Annotated[
        str | None, typer.Option(help="Or id of applied credit that a school entered.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Issue the credential of one achievement, without the holder's name; there is one of each."""
    if (outcome is None) == (application is None):
        raise typer.BadParameter("name an outcome or an application")
    kind = CredentialKind.OUTCOME if application is None else CredentialKind.APPLICATION
    with opened_bank() as bank:
        held = create_credential(bank, kind, outcome or application or "")
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


def create_credential(bank: Bank, kind: CredentialKind, achievement_id: str) -> HeldCredential:
    """Issue the credential of an achievement; raises `Refusal` as `CreateCredential` does."""
    key = _key_of(bank, kind, achievement_id)
    command = CreateCredential(
        key=key,
        wanted=(kind, achievement_id),
        issuer=bank.credential_issuer,
        institution_id=bank.installation.institution_id,
    )
    credential_id = bank.writer.write(command).answer
    with bank.readers.reading() as connection:
        return get_held(connection, [key], credential_id)


def _key_of(bank: Bank, kind: CredentialKind, achievement_id: str) -> AccountKey:
    with bank.readers.reading() as connection:
        account_id = account_of(connection, kind, achievement_id)
    keys = {} if account_id is None else bank.keystore.get([account_id])
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
