"""Hand in evidence of an institution's outcomes, and look at it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.evidence.add import About, AddEvidence, EvidenceKind, take_in
from creditbank.evidence.queries import evidence_of_outcome
from creditbank.evidence.show import read_file
from creditbank.evidence.sniff import FILE_BYTES_MAX
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.add_evidence import AddOutcomeEvidence
from creditbank.outcomes.queries import StoredOutcome, get_outcome

app = typer.Typer(no_args_is_help=True, help="Evidence of outcomes.")

OutcomeId = Annotated[str, typer.Option("--outcome", help="Id of the outcome.")]


@app.callback()
def evidence() -> None:
    """Hand in evidence, and look at it."""


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(help="A PDF, JPEG or PNG.", exists=True, dir_okay=False)],
    institution: InstitutionId,
    outcome: OutcomeId,
    kind: Annotated[EvidenceKind, typer.Option(help="What the file shows.")],
    archive_number: Annotated[str | None, typer.Option(help="Where an archive keeps it.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Add a file as evidence of an outcome."""
    with file.open("rb") as stream:
        content = stream.read(FILE_BYTES_MAX + 1)
    with opened_bank() as bank:
        stored, key = _outcome(bank, outcome, institution)
        command = AddEvidence(
            key=key,
            piece=take_in(content, key, bank.evidence, bank.entropy),
            kind=kind,
            issuer=institution,
            added_by=COMMAND_LINE,
            about=About(outcome_id=stored.id, entry_index=stored.entry_index),
            archive_number=archive_number,
        )
        added = bank.writer.write(AddOutcomeEvidence(command)).answer
        if added.is_duplicate:
            bank.evidence.delete(command.piece.file_id)
    result: dict[str, object] = {"id": added.evidence_id, "entry_index": added.entry_index}
    print_result(result, as_json=as_json)


@app.command("show")
def show(
    institution: InstitutionId,
    outcome: OutcomeId,
    directory: Annotated[Path, typer.Argument(help="Where to write the files.", file_okay=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the evidence of an outcome into a folder, for its owner's eyes only."""
    directory.mkdir(parents=True, exist_ok=True)
    files: list[str] = []
    with opened_bank() as bank:
        stored, key = _outcome(bank, outcome, institution)
        with bank.readers.reading() as connection:
            pieces = evidence_of_outcome(connection, stored.id)
        for piece in pieces:
            content = read_file(bank.evidence, key, piece)
            if content is None:
                raise Refusal("not-found")
            path = directory / f"{piece.id}.{piece.media_type.rpartition('/')[2]}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            files.append(str(path))
    print_result({"files": files}, as_json=as_json)


def _outcome(bank: Bank, outcome_id: str, institution: str) -> tuple[StoredOutcome, AccountKey]:
    with bank.readers.reading() as connection:
        stored = get_outcome(connection, outcome_id, institution, civil_day(bank.clock()))
    key = bank.keystore.get([stored.account_id]).get(stored.account_id)
    if key is None:
        raise Refusal("not-found")
    return stored, key
