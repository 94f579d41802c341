"""Register institutions, change them from a day on, and issue their API keys."""

from dataclasses import asdict
from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result, print_rows, tell
from api.v1.institution_changes import change_facts, history_facts, region_warnings, stated_day
from api.v1.institution_list import listed
from creditbank.access.api_keys import IssueApiKey, RevokeApiKey, keys_of_institution
from creditbank.conversion.days import civil_day
from creditbank.institutions.change import ChangeInstitution
from creditbank.institutions.history import Act, InstitutionKind
from creditbank.institutions.queries import all_institutions, get_institution
from creditbank.institutions.register import RegisterInstitution
from creditbank.statistics.institution import dependants_of

app = typer.Typer(no_args_is_help=True, help="Institutions and their API keys.")

Id = Annotated[str, typer.Argument(metavar="INSTITUTION", help="Id of the institution.")]
Since = Annotated[str, typer.Option(help="The day from which it holds, YYYY-MM-DD.")]
LastDay = Annotated[str, typer.Option("--on", help="Its last day, YYYY-MM-DD.")]


@app.command()
def register(
    name: Annotated[str, typer.Option(help="Name as printed.")],
    kind: Annotated[InstitutionKind, typer.Option(help="What it is to the bank.")],
    name_en: Annotated[str | None, typer.Option(help="Name in English.")] = None,
    uscc: Annotated[str | None, typer.Option(help="Unified social credit code.")] = None,
    parent: Annotated[str | None, typer.Option(help="Id of the institution above it.")] = None,
    region: Annotated[str | None, typer.Option(help="Region code of GB/T 2260.")] = None,
    since: Annotated[str | None, typer.Option(help="Its first day, YYYY-MM-DD.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Register an institution; its API key is shown this once."""
    command = RegisterInstitution(
        kind=kind,
        name=name,
        name_en=name_en,
        uscc=uscc,
        parent_id=parent,
        region=region,
        since=since,
    )
    with opened_bank() as bank:
        institution = bank.writer.write(command).answer
        key = bank.writer.write(IssueApiKey(institution_id=institution.id)).answer
    for warning in region_warnings(region):
        tell(warning)
    print_result({"institution": institution.id, "api_key": key}, as_json=as_json)


@app.command("issue-key")
def issue_key(
    institution: InstitutionId,
    name: Annotated[str | None, typer.Option(help="Which program it is for.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Issue one more API key; it is shown this once."""
    with opened_bank() as bank:
        key = bank.writer.write(IssueApiKey(institution_id=institution, name=name)).answer
    print_result({"institution": institution, "api_key": key}, as_json=as_json)


@app.command("revoke-key")
def revoke_key(
    key: Annotated[str, typer.Argument(help="Id of the key: its part after the first _.")],
    institution: InstitutionId,
    reason: Annotated[
        str | None, typer.Option(help="Why; whoever looks at the keys reads it.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Revoke an API key, and with it every token that it was exchanged for."""
    with opened_bank() as bank:
        bank.writer.write(RevokeApiKey(institution_id=institution, key_id=key, reason=reason))
    print_result({"institution": institution, "key": key, "revoked": True}, as_json=as_json)


@app.command("keys")
def list_keys(institution: Id, *, as_json: AsJson = False) -> None:
    """List its API keys, the newest first, those out of use too; no secret is known."""
    with opened_bank() as bank, bank.readers.reading() as connection:
        found = keys_of_institution(connection, get_institution(connection, institution).id)
    rows = ({**asdict(one), "scopes": sorted(one.scopes)} for one in found)
    print_rows("keys", rows, as_json=as_json)


@app.command("dependants")
def show_dependants(institution: Id, *, as_json: AsJson = False) -> None:
    """Count what hangs on it and is in use: look before you change it."""
    with opened_bank() as bank, bank.readers.reading() as connection:
        one = get_institution(connection, institution)
        found = dependants_of(connection, one.id, civil_day(bank.clock()))
    print_result({"institution": institution, **asdict(found)}, as_json=as_json)


@app.command("list")
def list_all(
    on: Annotated[str | None, typer.Option(help="As of this day; today unless given.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List every institution as of a day, those that have ended too."""
    with opened_bank() as bank, bank.readers.reading() as connection:
        day = civil_day(bank.clock()) if on is None else stated_day(on)
        found = all_institutions(connection)
    rows = (listed(found[one], day).model_dump() for one in sorted(found))
    print_rows("institutions", rows, as_json=as_json)


@app.command()
def rename(
    institution: Id,
    name: Annotated[str, typer.Option(help="The new name as printed.")],
    since: Since,
    name_en: Annotated[str | None, typer.Option(help="The new name in English.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Give it another name; results keep the name of their day."""
    _change(
        ChangeInstitution(
            institution_id=institution, act=Act.RENAMED, since=since, name=name, name_en=name_en
        ),
        as_json=as_json,
    )


@app.command()
def move(
    institution: Id,
    since: Since,
    parent: Annotated[
        str | None, typer.Option(help="The institution above; none, the top.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Put it below another institution."""
    command = ChangeInstitution(
        institution_id=institution, act=Act.MOVED, since=since, parent_id=parent
    )
    _change(command, as_json=as_json)


@app.command()
def relocate(
    institution: Id,
    region: Annotated[str, typer.Option(help="Region code of GB/T 2260.")],
    since: Since,
    *,
    as_json: AsJson = False,
) -> None:
    """Say in which region it is from a day on."""
    command = ChangeInstitution(
        institution_id=institution, act=Act.RELOCATED, since=since, region=region
    )
    _change(command, as_json=as_json)


@app.command("set-code")
def set_code(
    institution: Id,
    since: Since,
    uscc: Annotated[
        str | None, typer.Option(help="Unified social credit code; none takes it away.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Give it another unified social credit code 统一社会信用代码."""
    command = ChangeInstitution(institution_id=institution, act=Act.CODED, since=since, uscc=uscc)
    _change(command, as_json=as_json)


@app.command()
def close(institution: Id, last_day: LastDay, *, as_json: AsJson = False) -> None:
    """End it; its results stay valid, and it posts nothing awarded later."""
    command = ChangeInstitution(institution_id=institution, act=Act.CLOSED, since=last_day)
    _change(command, as_json=as_json)


@app.command()
def merge(
    institution: Id,
    into: Annotated[str, typer.Option(help="The institution that goes on.")],
    last_day: LastDay,
    *,
    as_json: AsJson = False,
) -> None:
    """End it in another one, below which its records stand from then on."""
    command = ChangeInstitution(
        institution_id=institution, act=Act.MERGED, since=last_day, successors=[into]
    )
    _change(command, as_json=as_json)


@app.command()
def split(
    institution: Id,
    into: Annotated[list[str], typer.Option(help="One that goes on; at least two.")],
    last_day: LastDay,
    *,
    as_json: AsJson = False,
) -> None:
    """End it in several others."""
    command = ChangeInstitution(
        institution_id=institution, act=Act.SPLIT, since=last_day, successors=into
    )
    _change(command, as_json=as_json)


@app.command()
def suspend(
    institution: Id,
    since: Since,
    reason: Annotated[str, typer.Option(help="Why; it is public.")],
    ask: Annotated[str, typer.Option(help="The office that is asked about it; public.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let it read and post nothing; what it posted stays valid."""
    command = ChangeInstitution(
        institution_id=institution, act=Act.SUSPENDED, since=since, reason=reason, ask=ask
    )
    _change(command, as_json=as_json)


@app.command()
def resume(institution: Id, since: Since, *, as_json: AsJson = False) -> None:
    """Let a suspended institution post again."""
    command = ChangeInstitution(institution_id=institution, act=Act.RESUMED, since=since)
    _change(command, as_json=as_json)


@app.command()
def show(
    institution: Id,
    on: Annotated[str | None, typer.Option(help="As of this day; today unless given.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show it as of a day, and everything that was registered of it."""
    with opened_bank() as bank, bank.readers.reading() as connection:
        day = civil_day(bank.clock()) if on is None else stated_day(on)
        facts = history_facts(get_institution(connection, institution), day)
    print_result(facts, as_json=as_json)


def _change(command: ChangeInstitution, *, as_json: bool) -> None:
    with opened_bank() as bank:
        change = bank.writer.write(command).answer
    for warning in region_warnings(change.region):
        tell(warning)
    print_result({"institution": command.institution_id, **change_facts(change)}, as_json=as_json)
