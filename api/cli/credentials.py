"""Issue signed credentials at the counter, and write them out in any envelope or printed."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from creditbank.bank import Bank
from creditbank.credentials.achievements import CredentialKind, account_of
from creditbank.credentials.compile_transcript import choose_parts, compile_transcript
from creditbank.credentials.create import CreateCredential
from creditbank.credentials.issuer import SignedCredential
from creditbank.credentials.printing import printed_credential
from creditbank.credentials.queries import find_credentials
from creditbank.credentials.show import HeldCredential, get_held, open_by_token
from creditbank.credentials.transcripts import EndTranscript, RecordTranscript
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey

app = typer.Typer(no_args_is_help=True, help="Signed credentials.")


class Envelope(StrEnum):
    """The envelopes of one credential."""

    DOCUMENT = "document"
    JWT = "jwt"
    SECURED_JWT = "vc-jwt"
    PDF = "pdf"


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
    out: Annotated[Path | None, typer.Option(help="File to write to; needed for pdf.")] = None,
) -> None:
    """Write a credential to a file, or to standard output."""
    if envelope is Envelope.PDF and out is None:
        raise typer.BadParameter("name the file of the pdf with --out")
    with opened_bank() as bank, bank.readers.reading() as connection:
        signed = open_by_token(connection, bank.keystore, token).signed
        content = _content(signed, token, envelope, bank)
    if out is None:
        typer.echo(content)
    else:
        out.write_bytes(content)


@app.command()
def transcript(
    credentials: Annotated[list[str], typer.Argument(help="Ids of one learner's, in order.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Sign credentials of one learner as one list, where the bank has opened this."""
    with opened_bank() as bank:
        if not bank.settings.transcripts:
            raise Refusal("transcripts-closed")
        held = create_transcript(bank, credentials)
        link = bank.credential_link(held.token)
    print_result({"transcript": held.credential_id, "url": link}, as_json=as_json)


@app.command()
def end(
    transcript_id: Annotated[str, typer.Argument(metavar="TRANSCRIPT", help="Id of the list.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a list at once; its credentials stand as they do."""
    with opened_bank() as bank:
        bank.writer.write(EndTranscript(transcript_id=transcript_id))
    print_result({"transcript": transcript_id, "ended": True}, as_json=as_json)


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


def create_transcript(bank: Bank, credential_ids: list[str]) -> HeldCredential:
    """Sign credentials of one learner as one list; raises `Refusal` as `choose_parts` does."""
    key = _owner_of(bank, credential_ids[0])
    with bank.readers.reading() as connection:
        chosen = choose_parts(connection, [key], credential_ids)
        new = compile_transcript(
            connection, chosen, bank.credential_issuer, bank.clock(), bank.entropy
        )
    owner = bank.installation.institution_id
    command = RecordTranscript(key=key, new=new, institution_id=owner)
    made = bank.writer.write(command).answer
    with bank.readers.reading() as connection:
        return get_held(connection, [key], made)


def _key_of(bank: Bank, kind: CredentialKind, achievement_id: str) -> AccountKey:
    with bank.readers.reading() as connection:
        account_id = account_of(connection, kind, achievement_id)
    keys = {} if account_id is None else bank.keystore.get([account_id])
    if not keys:
        raise Refusal("not-found")
    return keys.popitem()[1]


def _owner_of(bank: Bank, credential_id: str) -> AccountKey:
    with bank.readers.reading() as connection:
        stored = find_credentials(connection, [credential_id]).get(credential_id)
    keys = {} if stored is None else bank.keystore.get([stored.account_id])
    if not keys:
        raise Refusal("credential-unknown")
    return keys.popitem()[1]


def _content(signed: SignedCredential, token: str, envelope: Envelope, bank: Bank) -> bytes:
    match envelope:
        case Envelope.JWT:
            return signed.jwt.encode()
        case Envelope.SECURED_JWT:
            return signed.secured_jwt.encode()
        case Envelope.PDF:
            return printed_credential(signed, token, bank.settings)
    return signed.document_bytes
