"""Standing grants at a terminal: the learner gives and ends hers, an employer looks at its own."""

from datetime import timedelta
from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import signed_in
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from api.v1.fields import Instant, Request
from api.v1.grants import PAGE_GRANTS_MAX, GrantLook, grant_reader, held_page, look_view
from api.v1.own_grants import GrantRequest, given_looks, given_view, given_views, giving
from creditbank.access.actor import Scope
from creditbank.bank import Bank
from creditbank.grants.end import EndGrant
from creditbank.grants.give import LIFETIME_MAX
from creditbank.keystore.account_key import AccountKey

app = typer.Typer(no_args_is_help=True, help="Standing grants of learners to employers.")

OwnLogin = Annotated[
    str, typer.Option("--login", help="Account number of the learner; the password is asked for.")
]
GrantId = Annotated[str, typer.Argument(metavar="GRANT", help="Id of the grant.")]
LOOKS_MAX = 500


class _Since(Request):
    """Since when changes are asked for."""

    since: Instant | None = None


@app.command()
def give(
    login: OwnLogin,
    employer: Annotated[str, typer.Option(help="Id of the employer.")],
    outcome: Annotated[list[str], typer.Option(help="Id of an outcome to show; repeat for more.")],
    purpose: Annotated[str, typer.Option(help="What the employer may look for.")],
    days: Annotated[
        int, typer.Option(min=2, max=LIFETIME_MAX.days, help="For how many days it holds.")
    ] = 365,
    show: Annotated[
        list[str] | None, typer.Option(help="A further field to show; all unless stated.")
    ] = None,
    *,
    show_name: Annotated[bool, typer.Option("--show-name", help="Show her name.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let an employer look at outcomes again and again, until a day."""
    with opened_bank() as bank:
        body = typed(
            GrantRequest,
            employer=employer,
            outcomes=outcome,
            expires_at=(bank.clock() + timedelta(days=days)).isoformat(),
            purpose=purpose,
            shown=show or None,
            show_name=show_name,
        )
        keys = _hers(bank, login)
        grant_id = bank.writer.write(giving(body, keys, bank)).answer
        view = given_view(grant_id, keys, bank)
    print_result(view.model_dump(mode="json"), as_json=as_json)


@app.command()
def end(grant: GrantId, login: OwnLogin, *, as_json: AsJson = False) -> None:
    """End a grant at once; ending it again changes nothing."""
    with opened_bank() as bank:
        accounts = [key.account_id for key in _hers(bank, login)]
        bank.writer.write(EndGrant(grant_id=grant, account_ids=accounts))
    print_result({"grant": grant, "ended": True}, as_json=as_json)


@app.command()
def given(login: OwnLogin, *, as_json: AsJson = False) -> None:
    """List what the learner granted, newest first."""
    with opened_bank() as bank:
        found = given_views(_hers(bank, login), bank)
    print_rows("grants", (one.model_dump(mode="json") for one in found), as_json=as_json)


@app.command()
def looks(grant: GrantId, login: OwnLogin, *, as_json: AsJson = False) -> None:
    """Say when the employer looked at a grant, the newest first."""
    with opened_bank() as bank:
        found = given_looks(grant, _hers(bank, login), bank, LOOKS_MAX).looks
    print_rows("looks", (one.model_dump(mode="json") for one in found), as_json=as_json)


@app.command()
def held(
    institution: InstitutionId,
    after: Annotated[str, typer.Option(help="Grant to go on after.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List what an employer was granted; it is no look."""
    with opened_bank() as bank:
        page, _ = held_page(institution, bank, after=after, limit=PAGE_GRANTS_MAX)
    print_rows("grants", (one.model_dump(mode="json") for one in page), as_json=as_json)


@app.command()
def look(
    grant: GrantId,
    institution: InstitutionId,
    since: Annotated[
        str | None, typer.Option(help="Tell changes since this time; since the last look unless.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Look at one grant: how its outcomes stand, and what changed; the learner sees the look."""
    with opened_bank() as bank:
        asked = typed(_Since, since=since).since
        view = look_view(grant_reader(bank).look(grant, institution, bank.clock(), asked))
    if as_json:
        print_result(view.model_dump(mode="json"), as_json=True)
    else:
        _print(view)


def _print(view: GrantLook) -> None:
    verdict = None if view.report is None else view.report.verdict.value
    print_result({"grant": view.id, "state": view.state.value, "verdict": verdict}, as_json=False)
    rows = [
        {"entry": one.entry_index, "status": one.status.value, **change.model_dump(mode="json")}
        for one in view.outcomes
        for change in one.changes
    ]
    print_rows("changes", rows, as_json=False)
    if view.changed is False:
        typer.echo(f"nothing changed since {view.since}")


def _hers(bank: Bank, login: str) -> list[AccountKey]:
    """Give the keys of all accounts of the learner who signs in, the going one first."""
    actor = signed_in(bank, login, Scope.OWN_ACCOUNT)
    return keys_as_one(account_key(actor.account, bank), bank)
