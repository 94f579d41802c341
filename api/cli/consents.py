"""Consent at a terminal: the learner, or the guardian of one below 14, types the own password."""

from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import numbered, signed_in
from api.v1.account_access import delegable_key
from api.v1.consents import ConsentRequest, read_consent_texts, read_consents
from creditbank.access.actor import Actor, Scope
from creditbank.bank import Bank
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.consent import GiveConsent, WithdrawConsent
from creditbank.learners.delegations import DelegatedAct

app = typer.Typer(no_args_is_help=True, help="Consents of learners.")

OwnLogin = Annotated[
    str, typer.Option("--login", help="Account number of the learner or guardian who consents.")
]
WardNumber = Annotated[
    str | None, typer.Option("--for", help="Account number of the learner a guardian acts for.")
]


@app.command()
def texts(*, as_json: AsJson = False) -> None:
    """List what can be consented to, with the hash of each text."""
    rows = (one.model_dump() for one in read_consent_texts().texts)
    print_rows("texts", rows, as_json=as_json)


@app.command()
def give(
    purpose: Annotated[str, typer.Argument(help="What is consented to.")],
    login: OwnLogin,
    text: Annotated[str, typer.Option(help="SHA-256 of the text that was shown.")],
    ward: WardNumber = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Consent to one item."""
    with opened_bank() as bank:
        body = typed(ConsentRequest, purpose=purpose, text_sha256=text)
        actor, key = _consenting(bank, login, ward)
        command = GiveConsent(
            key=key,
            issuer=bank.installation.institution_id,
            by=actor,
            purpose=body.purpose,
            text_sha256=body.text_sha256,
        )
        given = bank.writer.write(command).answer
    print_result({"consent": given.id, "entry_index": given.entry_index}, as_json=as_json)


@app.command()
def withdraw(
    consent: Annotated[str, typer.Argument(help="Id of the consent.")],
    login: OwnLogin,
    ward: WardNumber = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Withdraw a consent; withdrawing it again changes nothing."""
    with opened_bank() as bank:
        actor, key = _consenting(bank, login, ward)
        issuer = bank.installation.institution_id
        command = WithdrawConsent(key=key, issuer=issuer, by=actor, consent_id=consent)
        withdrawn = bank.writer.write(command).answer
    result = {"consent": withdrawn.id, "withdraws": consent, "entry_index": withdrawn.entry_index}
    print_result(result, as_json=as_json)


@app.command("list")
def list_consents(login: OwnLogin, ward: WardNumber = None, *, as_json: AsJson = False) -> None:
    """List what stands."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.OWN_ACCOUNT)
        found = read_consents(_whose(bank, actor, ward), actor, bank)
    print_rows("consents", (one.model_dump() for one in found.standing), as_json=as_json)


def _consenting(bank: Bank, login: str, ward: str | None) -> tuple[Actor, AccountKey]:
    actor = signed_in(bank, login, Scope.OWN_ACCOUNT)
    whose = _whose(bank, actor, ward)
    return actor, delegable_key(whose, actor, bank, DelegatedAct.CONSENT)


def _whose(bank: Bank, actor: Actor, ward: str | None) -> str:
    return actor.account if ward is None else numbered(bank, ward).account_id
