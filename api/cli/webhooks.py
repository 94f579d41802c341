"""Webhooks of an institution: where its messages are posted, and what became of them."""

from datetime import timedelta
from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result, print_rows
from api.v1.webhook_deliveries import list_deliveries
from api.v1.webhooks import WebhookRequest, adding, ending, key_of, list_webhooks
from creditbank.access.actor import COMMAND_LINE, Actor, Scope
from creditbank.access.secret_text import SECRET_BYTES
from creditbank.errors import Refusal
from creditbank.webhooks.ask_again import SendAgain, SendTest
from creditbank.webhooks.change import PauseEndpoint, RotateSecret
from creditbank.webhooks.endpoint import OLD_SECRET_HOURS, OLD_SECRET_HOURS_MAX
from creditbank.webhooks.signing import secret_text

app = typer.Typer(no_args_is_help=True, help="Where an institution's messages are posted.")

WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Id of the webhook.")]


def _operator(institution: str) -> Actor:
    scopes = frozenset({Scope.WEBHOOKS_MANAGE})
    return Actor(id=COMMAND_LINE, scopes=scopes, institution_id=institution)


@app.command("list")
def list_all(institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List the webhooks of an institution, those that ended too."""
    with opened_bank() as bank:
        found = list_webhooks(_operator(institution), bank).webhooks
        print_rows("webhooks", (one.model_dump() for one in found), as_json=as_json)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="https address of the institution's own.")],
    types: Annotated[list[str], typer.Option("--type", help="Such as credit.to_enter; repeat it.")],
    institution: InstitutionId,
    *,
    as_json: AsJson = False,
) -> None:
    """Have messages posted to an address; the secret is shown this once."""
    with opened_bank() as bank:
        secret = bank.entropy(SECRET_BYTES)
        body = WebhookRequest(url=url, types=types)
        command = adding(body, _operator(institution), bank, secret)
        bank.keystore.keep(command.key)
        try:
            added = bank.writer.write(command).answer
        except Refusal:
            bank.keystore.destroy([command.key.account_id])
            raise
    print_result({"webhook": added, "secret": secret_text(secret)}, as_json=as_json)


@app.command()
def rotate(
    webhook: WebhookId,
    institution: InstitutionId,
    former_hours: Annotated[
        int, typer.Option(min=0, max=OLD_SECRET_HOURS_MAX, help="How long the former signs, too.")
    ] = OLD_SECRET_HOURS,
    *,
    as_json: AsJson = False,
) -> None:
    """Have messages signed with a new secret, which is shown this once."""
    with opened_bank() as bank:
        secret = bank.entropy(SECRET_BYTES)
        command = RotateSecret(
            endpoint_id=webhook,
            institution_id=institution,
            key=key_of(webhook, _operator(institution), bank),
            secret=secret,
            by=COMMAND_LINE,
            kept=timedelta(hours=former_hours),
        )
        bank.writer.write(command)
    print_result({"webhook": webhook, "secret": secret_text(secret)}, as_json=as_json)


@app.command()
def pause(webhook: WebhookId, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Post nothing for now; what is told meanwhile waits, for 30 days."""
    _pause(webhook, institution, is_paused=True, as_json=as_json)


@app.command()
def resume(webhook: WebhookId, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Post what waits, and go on."""
    _pause(webhook, institution, is_paused=False, as_json=as_json)


def _pause(webhook: str, institution: str, *, is_paused: bool, as_json: bool) -> None:
    command = PauseEndpoint(
        endpoint_id=webhook, institution_id=institution, by=COMMAND_LINE, is_paused=is_paused
    )
    with opened_bank() as bank:
        bank.writer.write(command)
    print_result({"webhook": webhook, "paused": is_paused}, as_json=as_json)


@app.command()
def end(
    webhook: WebhookId,
    institution: InstitutionId,
    reason: Annotated[str, typer.Option(help="Why; whoever looks at the webhooks reads it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Post nothing there any more, and forget its secrets."""
    with opened_bank() as bank:
        bank.writer.write(ending(webhook, reason, _operator(institution), bank))
    print_result({"webhook": webhook, "ended": True}, as_json=as_json)


@app.command("test")
def send_test(webhook: WebhookId, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Have a test message posted by the jobs that run."""
    with opened_bank() as bank:
        command = SendTest(endpoint_id=webhook, institution_id=institution)
        delivery = bank.writer.write(command).answer
    print_result({"delivery": delivery}, as_json=as_json)


@app.command()
def deliveries(webhook: WebhookId, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List the hundred newest deliveries: what waits, was taken, or was given up."""
    with opened_bank() as bank:
        found = list_deliveries(webhook, _operator(institution), bank).deliveries
        print_rows("deliveries", (one.model_dump() for one in found), as_json=as_json)


@app.command("send-again")
def send_again(
    webhook: WebhookId,
    institution: InstitutionId,
    delivery: Annotated[
        str | None, typer.Option(help="One delivery; without it, all that were given up.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Post a message again, or every one that was given up; each keeps its id."""
    with opened_bank() as bank:
        command = SendAgain(endpoint_id=webhook, institution_id=institution, delivery_id=delivery)
        count = bank.writer.write(command).answer
    print_result({"deliveries": count}, as_json=as_json)
