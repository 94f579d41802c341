"""Open learning accounts for learners whom a provider knows, and print their claim codes."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from api.cli.person import AccountNumber, numbered
from api.v1.account_merges import merging_pair, parting_pair
from api.v1.account_states import state_command
from creditbank.access.actor import COMMAND_LINE, Actor, Scope
from creditbank.bank import Bank
from creditbank.closures.erase import erase_due
from creditbank.closures.merge import merge_accounts, part_accounts
from creditbank.closures.retention import read_retention
from creditbank.database import chunks
from creditbank.errors import Refusal
from creditbank.keystore.statements import open_fields
from creditbank.learners.account_state import StateAct
from creditbank.learners.claim_codes import IssueClaimCodes
from creditbank.learners.newcomers import Reception, StatedLearner
from creditbank.learners.open import OpenAccounts
from creditbank.learners.queries import accounts_opened_by, find_accounts
from creditbank.outcomes.batches.rows import guard_cell

CODE_COLUMNS = ("learner_number", "name", "account_number", "claim_code")

Reason = Annotated[str, typer.Option(help="Why; it is kept, and the learner is told.")]
BANK_STAFF = Actor(id=COMMAND_LINE, scopes=frozenset({Scope.ACCOUNTS_DECIDE}))
"""Who acts at the command line: the bank's staff."""

app = typer.Typer(no_args_is_help=True, help="Individual learning accounts.")


@app.callback()
def accounts() -> None:
    """Open learning accounts."""


@app.command("open")
def open_account(
    institution: InstitutionId,
    learner: Annotated[str, typer.Option(help="The provider's own learner number.")],
    name: Annotated[str | None, typer.Option(help="Name as printed.")] = None,
    birth_year: Annotated[int | None, typer.Option(help="Year of birth.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Open an unclaimed account; a learner who has one keeps it."""
    with opened_bank() as bank:
        stated = StatedLearner(learner_number=learner, name=name, birth_year=birth_year)
        reception = Reception(
            institution_id=institution, readers=bank.readers, keystore=bank.keystore
        )
        newcomer = reception.receive(stated, bank.clock())
        command = OpenAccounts(opened_by=institution, newcomers=[newcomer])
        opened = bank.writer.write(command).answer[0]
    print_result(
        {"id": opened.account_id, "account_number": opened.number, "existed": not opened.is_new},
        as_json=as_json,
    )


@app.command("claim-codes")
def claim_codes(
    institution: InstitutionId,
    report: Annotated[Path, typer.Option(help="Where to write the codes (CSV, for printing).")],
    *,
    as_json: AsJson = False,
) -> None:
    """Issue a new claim code for every account that an institution opened and that can be claimed.

    An account without a name or a year of birth is left out: its learner comes to the counter.
    """
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            account_ids = accounts_opened_by(connection, institution)
        codes: dict[str, str] = {}
        for chunk in chunks(account_ids):
            command = IssueClaimCodes(
                institution_id=institution,
                keys=bank.keystore.get(chunk),
                secrets=bank.keystore.secrets,
            )
            codes |= bank.writer.write(command).answer
        lines = list(_code_lines(bank, codes))
    descriptor = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([CODE_COLUMNS, *lines])
    left_out = len(account_ids) - len(codes)
    print_result({"issued": len(codes), "left_out": left_out, "file": str(report)}, as_json=as_json)


@app.command()
def freeze(account: AccountNumber, reason: Reason, *, as_json: AsJson = False) -> None:
    """Freeze an account: reading goes on, nothing new is done; its learner is told."""
    _change_state(account, StateAct.FREEZE, reason, as_json=as_json)


@app.command()
def unfreeze(account: AccountNumber, reason: Reason, *, as_json: AsJson = False) -> None:
    """End a freeze; its learner is told."""
    _change_state(account, StateAct.UNFREEZE, reason, as_json=as_json)


@app.command()
def deceased(
    account: AccountNumber,
    reason: Reason,
    died_on: Annotated[str | None, typer.Option(help="Day of death, YYYY-MM-DD.")] = None,
    undo: Annotated[bool, typer.Option(help="Take a wrong record back.")] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """Record a death: passes and sign-in end; what was awarded before is still recorded."""
    act = StateAct.UNDO_DEATH if undo else StateAct.RECORD_DEATH
    _change_state(account, act, reason, died_on=died_on, as_json=as_json)


@app.command("erase-due")
def erase_due_accounts(*, as_json: AsJson = False) -> None:
    """Carry out every erasure whose cooling-off is over, as the hourly job does."""
    with opened_bank() as bank:
        retention = read_retention(bank.settings.retention_file)
        erased = erase_due(bank, bank.installation.institution_id, bank.clock(), retention)
    print_result({"erased": erased}, as_json=as_json)


@app.command()
def merge(
    account: AccountNumber,
    into: Annotated[str, typer.Option(help="Number of the account that goes on.")],
    reason: Reason,
    *,
    as_json: AsJson = False,
) -> None:
    """Let an account go on in another of the same person; nothing is deleted, both are told."""
    with opened_bank() as bank:
        pair = merging_pair(bank, _own_account(bank, account), into, BANK_STAFF, reason)
        answer = merge_accounts(bank.writer, bank.keystore, pair)
    print_result(
        {
            "account": pair.merged.account_id,
            "into": pair.survivor.account_id,
            "same_results": len(answer.same_results),
            "frozen": sorted(answer.frozen),
        },
        as_json=as_json,
    )


@app.command()
def part(account: AccountNumber, reason: Reason, *, as_json: AsJson = False) -> None:
    """Undo a merge: two accounts as before; what was posted in between stays where it is."""
    with opened_bank() as bank:
        pair = parting_pair(bank, _own_account(bank, account), BANK_STAFF, reason)
        state = part_accounts(bank.writer, bank.keystore, pair)
    print_result({"account": pair.merged.account_id, "state": state.value}, as_json=as_json)


def _own_account(bank: Bank, number: str) -> str:
    """Give the account whose own number this is, merged into another or not."""
    account_id = bank.keystore.account_of_number(number)
    if account_id is None:
        raise Refusal("account-unknown")
    return account_id


def _change_state(
    number: str, act: StateAct, reason: str, *, died_on: str | None = None, as_json: bool
) -> None:
    with opened_bank() as bank:
        command = state_command(
            numbered(bank, number), act, BANK_STAFF, reason=reason, died_on=died_on
        )
        state = bank.writer.write(command).answer
    print_result({"account": command.key.account_id, "state": state.value}, as_json=as_json)


def _code_lines(bank: Bank, codes: dict[str, str]) -> Iterator[tuple[str, ...]]:
    keys = bank.keystore.get(codes)
    with bank.readers.reading() as connection:
        accounts = find_accounts(connection, codes)
    for account_id, key in keys.items():
        sealed = accounts[account_id].sealed_statement
        stated = open_fields(key, "account", account_id, sealed)
        told = [str(stated.get(name, "")) for name in ("learner_number", "name")]
        yield (*map(guard_cell, told), key.number, codes[account_id])
