"""A message arrives at least once, signed, whoever is killed; who is slow holds up nobody."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from standardwebhooks.webhooks import Webhook

from creditbank.bank import Bank
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.webhooks.ask_again import SendAgain
from creditbank.webhooks.deliver import CLAIMED_FOR, Claim, SendOn
from creditbank.webhooks.endpoint import Endpoint
from creditbank.webhooks.queries import get_endpoint
from creditbank.webhooks.schedule import ATTEMPTS_MAX
from creditbank.webhooks.signing import secret_text
from creditbank.writer.outbox import MessageKind
from tests.fixtures.clocks import Clock
from tests.fixtures.receivers import (
    BATCH,
    SECRET,
    Receiver,
    Tell,
    add_endpoint,
    deliveries,
    send_until,
    sending,
)


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
