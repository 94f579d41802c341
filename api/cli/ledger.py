"""Look at the log: its checkpoint, an outcome's proof, and the public audit."""

from pathlib import Path
from typing import Annotated

import typer



from api.cli.options import AsJson
from api.cli.output import Exit, answering, opened_bank, print_result
from creditbank.errors import Refusal
from creditbank.outcomes.queries import find_outcomes
from ledger.read import newest_checkpoint

app = typer.Typer(no_args_is_help=True, help="The transparency log.")


@app.command()
def checkpoint(*, as_json: AsJson = False) -> None:
    """Print the newest published checkpoint."""
    with opened_bank() as bank, bank.readers.reading() as connection:
        newest = newest_checkpoint(connection)
    if newest is None:
        raise typer.Exit(Exit.NEGATIVE)
    result = {"size": newest.size, "root": newest.root.hex(), "note": newest.note}
    if as_json:
        print_result(result, as_json=True)
    else:
        typer.echo(newest.note, nl=False)


@app.command()
def proof(outcome: str, *, as_json: AsJson = False) -> None:
    """Print the receipt of an outcome (C2SP tlog-proof)."""
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            stored = find_outcomes(connection, [outcome]).get(outcome)
        if stored is None:
            raise Refusal("not-found")
        receipt = bank.receipt(stored.entry_index)
    if as_json:
        entry = {"index": receipt.index, "leaf_hash": receipt.leaf_hash.hex()}
        print_result({"entry": entry, "receipt": receipt.text}, as_json=True)
    else:
        typer.echo(receipt.text, nl=False)

