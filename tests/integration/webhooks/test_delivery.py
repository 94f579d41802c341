"""A message arrives at least once, signed, whoever is killed; who is slow holds up nobody."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from creditbank.bank import Bank, open_bank
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.network.fetch import Unreachable
from creditbank.network.line import Way
from creditbank.network.post import HttpsPoster
from creditbank.settings import Settings
from creditbank.webhooks.ask_again import SendAgain, SendTest
from creditbank.webhooks.change import EndEndpoint, PauseEndpoint, RotateSecret
from creditbank.webhooks.deliver import CLAIMED_FOR, Claim, ForgetOld, SendOn
from creditbank.webhooks.endpoint import Endpoint
from creditbank.webhooks.queries import get_endpoint
from creditbank.webhooks.schedule import ATTEMPTS_MAX, KEPT_FOR
from creditbank.webhooks.signing import secret_text
from creditbank.writer.command import Decision, Moment
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows
from tests.fixtures.clocks import Clock
from tests.fixtures.receivers import (
    SECRET,
    Receiver,
    add_endpoint,
    deliveries,
    send_until,
    sending,
)

BATCH = MessageKind.BATCH_ENDED
ANOTHER = "SELECT id FROM institution WHERE name = '别校'"


class Tell:
    """A command that tells an institution something, as others do beside what they decide."""

    def __init__(self, institution: str, subject: str, kind: MessageKind = BATCH) -> None:
        self.told = NewMessage(
            institution_id=institution, kind=kind, subject_id=subject, facts={"accepted": 2}
        )

    @classmethod
    def load(cls, connection: object, commands: object) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Tell it."""
        return Decision(answer=None, state=state, rows=message_rows([self.told], moment))


@pytest.fixture(scope="module")
def tls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificate of the receiver lies."""
    return tmp_path_factory.mktemp("tls")


@pytest.fixture
def receiver(tls_folder: Path) -> Iterator[Receiver]:
    """A receiver on this machine."""
    with Receiver(tls_folder) as served:
        yield served


@pytest.fixture
def clock() -> Clock:
    """The bank's clock, which stands."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def bank(settings: Settings, clock: Clock, receiver: Receiver) -> Iterator[Bank]:
    """A bank that posts to the receiver."""
    opened = open_bank(settings, clock)
    yield receiver.posting(opened)
    opened.close()


@pytest.fixture
def school(bank: Bank) -> str:
    """An institution."""
    command = RegisterInstitution(kind=InstitutionKind.PROVIDER, name="开放大学")
    return bank.writer.write(command).answer.id


def later(clock: Clock, **by: float) -> None:
    """Let time pass."""
    clock.now += timedelta(**by)


def test_a_message_arrives_signed_and_is_noted(bank: Bank, school: str, receiver: Receiver) -> None:
    """A library that is not ours verifies it; what nobody asked for goes nowhere."""
    other = bank.writer.write(RegisterInstitution(kind=InstitutionKind.PROVIDER, name="别校"))
    endpoint = add_endpoint(bank, school, "/hook?key=1", BATCH)
    add_endpoint(bank, other.answer.id, "/other")
    for kind in (BATCH, MessageKind.MATTER_RECEIVED):
        bank.writer.write(Tell(school, "file-1", kind))
    send_until(bank, lambda: any(one.delivered_at for one in deliveries(bank, endpoint)))
    (arrived,) = receiver.received
    assert arrived.path == "/hook?key=1"
    said = Webhook(secret_text(SECRET)).verify(arrived.body, dict(arrived.headers))
    assert said["type"] == "batch.ended"
    assert said["data"] == {
        "id": "file-1",
        "url": "http://bank.test/api/v1/outcome-batches/file-1",
        "institution": school,
        "accepted": 2,
    }
    (delivery,) = deliveries(bank, endpoint)
    assert (delivery.answer, delivery.attempts, delivery.next_at) == ("taken", 1, None)
    assert delivery.message_id == arrived.headers["webhook-id"]


@pytest.mark.parametrize(
    ("status", "answer"), [(302, "redirected"), (404, "refused"), (429, "refused"), (503, "failed")]
)
def test_what_is_not_taken_is_tried_again_later(
    bank: Bank, school: str, receiver: Receiver, clock: Clock, status: int, answer: str
) -> None:
    """Under the same id, five seconds later at the earliest; a redirect leads nowhere."""
    receiver.answers.say("/hook", status, Location="https://127.0.0.1/inside")
    endpoint = add_endpoint(bank, school)
    bank.writer.write(Tell(school, "file-1"))
    send_until(bank, lambda: [one.answer for one in deliveries(bank, endpoint)] == [answer])
    (delivery,) = deliveries(bank, endpoint)
    assert delivery.next_at is not None
    assert 5 <= delivery.next_at - int(clock.now.timestamp()) <= 6
    assert shown(bank, endpoint, school).failing_since is not None
    receiver.answers.say("/hook", 200)
    later(clock, seconds=7)
    send_until(bank, lambda: deliveries(bank, endpoint)[0].delivered_at is not None)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert [one.path for one in receiver.received] == ["/hook"] * 2
    assert shown(bank, endpoint, school).failing_since is None


def has_received(receiver: Receiver, count: int) -> bool:
    """Say whether so much has arrived."""
    return len(receiver.received) == count


def shown(bank: Bank, endpoint: str, institution: str) -> Endpoint:
    """Give an endpoint."""
    with bank.readers.reading() as connection:
        return get_endpoint(connection, endpoint, institution)


def test_garbage_is_no_answer_and_in_the_end_it_is_given_up_until_somebody_asks(
    bank: Bank, school: str, receiver: Receiver, clock: Clock
) -> None:
    """Ten attempts; then the message waits for a hand, and keeps its id."""
    receiver.answers.by_path["/hook"] = b"SSH-2.0-OpenSSH\r\n"
    endpoint = add_endpoint(bank, school)
    bank.writer.write(Tell(school, "file-1"))
    with sending(bank):
        for attempt in range(1, ATTEMPTS_MAX + 1):
            wait_for(partial(noted, bank, endpoint, clock, attempt))
            later(clock, hours=25)
    (delivery,) = deliveries(bank, endpoint)
    assert (delivery.state, delivery.answer) == ("given-up", "unreachable")
    receiver.answers.say("/hook", 200)
    again = SendAgain(endpoint_id=endpoint, institution_id=school)
    assert bank.writer.write(again).answer == 1
    send_until(bank, lambda: deliveries(bank, endpoint)[0].delivered_at is not None)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert len(receiver.received) == ATTEMPTS_MAX + 1


def noted(bank: Bank, endpoint: str, clock: Clock, attempts: int) -> bool:
    """Say whether so many attempts at the one delivery are made, and the last is noted."""
    claimed_until = int((clock.now + CLAIMED_FOR).timestamp())
    found = [(one.attempts, one.next_at == claimed_until) for one in deliveries(bank, endpoint)]
    return found == [(attempts, False)]


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_gone_ends_the_endpoint(bank: Bank, school: str, receiver: Receiver) -> None:
    """Nothing is asked there again, and its secrets are forgotten."""
    receiver.answers.say("/hook", 410)
    endpoint = add_endpoint(bank, school)
    for number in range(3):
        bank.writer.write(Tell(school, f"file-{number}"))
    send_until(bank, lambda: shown(bank, endpoint, school).state == "gone")
    key = bank.keystore.get([endpoint])[endpoint]
    assert shown(bank, endpoint, school).settings(key).secrets == ()
    assert {one.state for one in deliveries(bank, endpoint)} == {"given-up"}
    asked = len(receiver.received)
    bank.writer.write(Tell(school, "file-9"))
    send_until(bank, lambda: bank.writer.write(SendOn()).answer == 0)
    assert len(receiver.received) == asked


def test_who_is_slow_holds_up_nobody(bank: Bank, school: str, receiver: Receiver) -> None:
    """Two places at most are his, and his time is bounded as a whole."""
    slow, quick = add_endpoint(bank, school, "/slow"), add_endpoint(bank, school, "/quick")
    for number in range(6):
        bank.writer.write(Tell(school, f"file-{number}"))
    began = time.monotonic()
    send_until(bank, lambda: len([one for one in deliveries(bank, quick) if one.delivered_at]) == 6)
    assert time.monotonic() - began < 4
    assert len(receiver.at("/quick")) == 6
    assert len(receiver.at("/slow")) <= 4
    assert {one.answer for one in deliveries(bank, slow)} <= {None, "unreachable"}


def test_whoever_is_killed_between_the_claim_and_the_answer_loses_nothing(
    bank: Bank, school: str, receiver: Receiver, clock: Clock
) -> None:
    """What was told and not sent on, too; after two minutes it is tried again."""
    endpoint = add_endpoint(bank, school)
    bank.writer.write(Tell(school, "file-1"))
    bank.writer.write(SendOn())
    claim = Claim(now=int(clock.now.timestamp()), limit=8, per_endpoint=2, in_hand={})
    assert len(bank.writer.write(claim).answer) == 1  # Here it is killed.
    bank.writer.write(Tell(school, "file-2"))
    send_until(bank, lambda: len(receiver.received) == 1)
    assert receiver.received[0].said["data"]["id"] == "file-2"
    clock.now += CLAIMED_FOR + timedelta(seconds=1)
    send_until(bank, lambda: all(one.delivered_at for one in deliveries(bank, endpoint)))
    assert {one.said["data"]["id"] for one in receiver.received} == {"file-1", "file-2"}


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
        send_until(bank, partial(has_received, receiver, count))
        later(clock, seconds=61)
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
