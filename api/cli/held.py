"""Held results 待核 at the terminal: listed, attached to an account, or refused with a reason."""

from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.accounts_named import named_account
from creditbank.outcomes.decide_hold import HoldRefusal
from creditbank.outcomes.held_keys import attachment, forget_row, refusal
from creditbank.outcomes.held_rows import StoredHold, get_hold, open_holds

app = typer.Typer(no_args_is_help=True, help="Results that wait for a person to decide.")


@app.command("list")
def list_held(institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List the results that an institution and those below it still have to decide on 待核."""
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            stored = open_holds(connection, institution, civil_day(bank.clock()))
        keys = bank.keystore.get({one.key_id for one in stored})
        held = [_shown_hold(one, keys[one.key_id]) for one in stored if one.key_id in keys]
    if as_json:
        print_result({"held": held}, as_json=True)
        return
    for one in held:
        typer.echo(f"{one['id']} {one['reason']} {one['due_on']} {one['stated']}")


@app.command("attach")
def attach_held(
    held: Annotated[str, typer.Argument(help="Id of a held result.")],
    institution: InstitutionId,
    account: Annotated[str, typer.Option(help="Opaque id of the account whose it is.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Record a held result for an account, once a person made sure whose it is."""
    with opened_bank() as bank:
        hold = _hold(bank, held, institution)
        key = named_account(account, bank.keystore, bank.readers)
        command = attachment(hold, key, by=COMMAND_LINE, keystore=bank.keystore)
        recorded = bank.writer.write(command).answer
        forget_row(hold, bank.keystore)
    print_result({"id": recorded.outcome_id, "entry_index": recorded.entry_index}, as_json=as_json)


@app.command("refuse")
def refuse_held(
    held: Annotated[str, typer.Argument(help="Id of a held result.")],
    institution: InstitutionId,
    reason: Annotated[HoldRefusal, typer.Option(help="Why it is attached to nobody.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Refuse a held result with a reason; the row may be posted again."""
    with opened_bank() as bank:
        hold = _hold(bank, held, institution)
        bank.writer.write(refusal(hold, reason.value, by=COMMAND_LINE, keystore=bank.keystore))
        forget_row(hold, bank.keystore)
    print_result({"id": held, "state": "refused"}, as_json=as_json)


def _hold(bank: Bank, held: str, institution: str) -> StoredHold:
    with bank.readers.reading() as connection:
        return get_hold(connection, held, institution, civil_day(bank.clock()))


def _shown_hold(hold: StoredHold, key: AccountKey) -> dict[str, object]:
    return {
        "id": hold.id,
        "owner": hold.institution_id,
        "reason": hold.reason,
        "due_on": hold.due_on,
        "stated": hold.fields(key),
    }
