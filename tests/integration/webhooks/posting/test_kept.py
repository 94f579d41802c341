"""Whoever is killed loses nothing, and nobody who writes into the tables leads a message away."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from creditbank.bank import Bank
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.network.fetch import Unreachable
from creditbank.network.line import Way
from creditbank.network.post import HttpsPoster
from creditbank.webhooks.ask_again import SendTest
from creditbank.webhooks.change import EndEndpoint, PauseEndpoint, RotateSecret
from creditbank.webhooks.deliver import CLAIMED_FOR, ForgetOld, SendOn
from creditbank.webhooks.schedule import KEPT_FOR
from creditbank.webhooks.signing import secret_text
from creditbank.writer.outbox import MessageKind
from tests.fixtures.clocks import Clock
from tests.fixtures.receivers import (
    ANOTHER,
    BATCH,
    SECRET,
    Receiver,
    Tell,
    add_endpoint,
    deliveries,
    send_until,
)


def test_a_process_that_is_killed_while_it_posts_loses_nothing(
    bank: Bank, school: str, receiver: Receiver, clock: Clock
) -> None:
    """SIGKILL between the commit and the answer: the next process posts it under the same id."""
    endpoint = add_endpoint(bank, school)
    bank.writer.write(Tell(school, "file-1"))
    settings = bank.settings.model_dump(include={"data_dir", "database_url", "keystore_url"})
    stated = {f"CREDITBANK_{name.upper()}": str(one) for name, one in settings.items() if one}
    killed = subprocess.run(
        [sys.executable, "-m", "tests.fixtures.killed_sender"],
        env={**os.environ, **stated},
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    (claimed,) = deliveries(bank, endpoint)
    assert (claimed.state, claimed.attempts, receiver.received) == ("waiting", 1, [])
    clock.now = datetime.now(UTC) + CLAIMED_FOR
    send_until(bank, lambda: deliveries(bank, endpoint)[0].delivered_at is not None)
    assert [one.headers["webhook-id"] for one in receiver.received] == [claimed.message_id]


def test_two_secrets_sign_while_one_rotates_and_then_the_new_one_alone(
    bank: Bank, school: str, receiver: Receiver, clock: Clock
) -> None:
    """Their own library verifies with either."""
    new = bytes(reversed(SECRET))
    endpoint = add_endpoint(bank, school)
    rotate = RotateSecret(
        endpoint_id=endpoint,
        institution_id=school,
        key=bank.keystore.get([endpoint])[endpoint],
        secret=new,
        by="x",
        kept=timedelta(seconds=60),
    )
    bank.writer.write(rotate)
    for count in (1, 2):
        bank.writer.write(SendTest(endpoint_id=endpoint, institution_id=school))
        send_until(bank, partial(receiver.has, count))
        clock.now += timedelta(seconds=61)
    both, alone = receiver.received
    for secret in (SECRET, new):
        Webhook(secret_text(secret)).verify(both.body, dict(both.headers))
    assert len(alone.headers["webhook-signature"].split(" ")) == 1
    assert both.said["type"] == "webhook.test"


def test_a_pause_lets_messages_wait_and_an_end_gives_them_up(
    bank: Bank, school: str, receiver: Receiver
) -> None:
    """Nothing that came to be meanwhile is lost by a pause."""
    endpoint = add_endpoint(bank, school)
    pause = PauseEndpoint(endpoint_id=endpoint, institution_id=school, by="x", is_paused=True)
    bank.writer.write(pause)
    bank.writer.write(Tell(school, "file-1"))
    send_until(bank, lambda: len(deliveries(bank, endpoint)) == 1)
    assert receiver.received == []
    bank.writer.write(replace(pause, is_paused=False))
    send_until(bank, lambda: len(receiver.received) == 1)
    bank.writer.write(pause)
    bank.writer.write(Tell(school, "file-2"))
    bank.writer.write(SendOn())
    key = bank.keystore.get([endpoint])[endpoint]
    end = EndEndpoint(endpoint_id=endpoint, institution_id=school, key=key, by="x", reason="停用")
    bank.writer.write(end)
    states = {one.subject_id: one.state for one in deliveries(bank, endpoint)}
    assert states == {"file-1": "delivered", "file-2": "given-up"}


@pytest.mark.parametrize(
    "change",
    [
        'UPDATE webhook_endpoint SET kinds = \'["matter-received", "batch-ended"]\'',
        f"UPDATE webhook_endpoint SET institution_id = ({ANOTHER})",
        "UPDATE webhook_delivery SET institution_id = 'another'",
        "UPDATE webhook_delivery SET kind = 'matter-received'",
    ],
)
def test_a_changed_row_leads_no_message_elsewhere(
    bank: Bank, school: str, receiver: Receiver, change: str
) -> None:
    """What the institution did not ask for itself is not sent, whoever writes into the tables."""
    bank.writer.write(RegisterInstitution(kind=InstitutionKind.PROVIDER, name="别校"))
    endpoint = add_endpoint(bank, school, "/hook", BATCH)
    bank.writer.write(Tell(school, "file-1"))
    bank.writer.write(SendOn())
    engine = bank.writer._engine  # noqa: SLF001 - an operator at the tables
    with engine.begin() as connection:
        connection.execute(text(change))
    send_until(bank, lambda: deliveries(bank, endpoint)[0].answer is not None)
    (delivery,) = deliveries(bank, endpoint)
    assert (delivery.answer, delivery.state) == ("withheld", "given-up")
    assert receiver.received == []


def test_old_deliveries_and_messages_are_forgotten_but_those_of_credit(
    bank: Bank, school: str, clock: Clock, receiver: Receiver
) -> None:
    """After thirty days, whether they were taken or not."""
    receiver.answers.say("/hook", 200)
    endpoint = add_endpoint(bank, school)
    for kind in (BATCH, MessageKind.CREDIT_TO_ENTER):
        bank.writer.write(Tell(school, "x", kind))
    bank.writer.write(SendOn())
    clock.now += KEPT_FOR + timedelta(seconds=1)
    bank.writer.write(ForgetOld())
    assert deliveries(bank, endpoint) == []
    with bank.readers.reading() as connection:
        left = connection.execute(text("SELECT kind FROM outbox")).scalars().all()
    assert left == ["credit-to-enter"]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["::1"],
        ["169.254.169.254"],
        ["93.184.216.34", "10.0.0.1"],
        ["::ffff:127.0.0.1"],
    ],
)
def test_nothing_is_posted_to_a_host_that_leads_inside(
    receiver: Receiver, addresses: list[str]
) -> None:
    """Every address of a name counts, not only the first."""
    way = Way(look_up=lambda _: addresses, trusted=receiver.client_context, port=receiver.port)
    with pytest.raises(Unreachable):
        HttpsPoster(way)("https://sis.example/hook", {}, b"{}")
    assert receiver.asked == []
