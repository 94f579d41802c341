"""Add, list and disable staff; a password is made here and printed this once."""

from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.access.logins import CreateStaffLogin
from creditbank.access.passwords import hash_password, make_password
from creditbank.access.staff import ChangeStaffLogin, find_staff, read_roles

LoginId = Annotated[str, typer.Argument(metavar="LOGIN", help="Id of the login.")]

app = typer.Typer(no_args_is_help=True, help="Staff of institutions and their roles.")


@app.command()
def add(
    institution: InstitutionId,
    name: Annotated[str, typer.Option(help="The name to sign in by.")],
    role: Annotated[list[str], typer.Option(help="A role; may be repeated.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let somebody sign in for an institution; the password is shown this once."""
    with opened_bank() as bank:
        password = make_password(bank.entropy)
        command = CreateStaffLogin(
            name=name,
            password_hash=hash_password(password, bank.entropy),
            institution_id=institution,
            roles=read_roles(role),
        )
        login = bank.writer.write(command).answer
    print_result({"login": login, "password": password}, as_json=as_json)


@app.command("list")
def list_staff(*, as_json: AsJson = False) -> None:
    """List all staff with institution and roles."""
    with opened_bank() as bank, bank.readers.reading() as connection:
        staff = [
            {
                "login": one.id,
                "name": one.name,
                "institution": one.institution_id,
                "roles": [role.value for role in one.roles],
                "disabled": one.disabled_at is not None,
            }
            for one in find_staff(connection).values()
        ]
    print_result({"staff": staff}, as_json=as_json)


@app.command("roles")
def set_roles(
    login: LoginId,
    role: Annotated[list[str], typer.Option(help="A role she has from now on; may be repeated.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give a member of staff exactly these roles, and take all others; she signs in anew."""
    with opened_bank() as bank:
        command = ChangeStaffLogin(login_id=login, roles=read_roles(role))
        changed = bank.writer.write(command).answer
    roles = [one.value for one in changed.roles]
    print_result({"login": login, "name": changed.name, "roles": roles}, as_json=as_json)


@app.command()
def disable(login: LoginId, *, as_json: AsJson = False) -> None:
    """Let a member of staff sign in no more."""
    with opened_bank() as bank:
        bank.writer.write(ChangeStaffLogin(login_id=login, is_disabled=True))
    print_result({"login": login, "disabled": True}, as_json=as_json)


@app.command("new-phone")
def forget_phone(login: LoginId, *, as_json: AsJson = False) -> None:
    """Forget the phone of a member of staff; she sets up another when she logs in next."""
    with opened_bank() as bank:
        bank.writer.write(ChangeStaffLogin(login_id=login, forgets_second_factor=True))
    print_result({"login": login, "second_factor": "none"}, as_json=as_json)
