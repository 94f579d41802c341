"""Messages are signed as Standard Webhooks says: its own library verifies every one."""

from base64 import b64decode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from creditbank.webhooks.signing import (
    SECRET_BYTES_MIN,
    secret_text,
    signature,
    signed_headers,
)

SECRETS = st.binary(min_size=SECRET_BYTES_MIN, max_size=64)
IDS = st.text("abcdef0123456789-_", min_size=1, max_size=60)
BODIES = st.dictionaries(st.text(max_size=5), st.integers(), max_size=3).map(
    lambda one: str(one).replace("'", '"').encode()
)


def real_now() -> int:
    """Give the Unix time: their library accepts five minutes before and after its own clock."""
    return int(datetime.now(UTC).timestamp())


def test_the_example_of_the_specification_is_signed_as_it_is_there() -> None:
    """Secret, id, time and body of its reference implementations."""
    secret = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(
        secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert secret_text(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@given(SECRETS, IDS)
def test_a_receiver_verifies_what_was_signed(secret: bytes, message_id: str) -> None:
    """Whatever the secret and the id."""
    body = b'{"type":"batch.ended"}'
    headers = dict(signed_headers([secret], message_id, real_now(), body))
    assert Webhook(secret_text(secret)).verify(body, headers) == {"type": "batch.ended"}


@given(st.lists(SECRETS, min_size=2, max_size=2, unique=True), IDS)
def test_while_a_secret_rotates_a_receiver_verifies_with_either(
    secrets: list[bytes], message_id: str
) -> None:
    """So that none is lost while it changes."""
    headers = dict(signed_headers(secrets, message_id, real_now(), b"{}"))
    for one in secrets:
        assert Webhook(secret_text(one)).verify(b"{}", headers) == {}


@given(SECRETS, SECRETS, IDS)
def test_whatever_was_changed_is_refused(secret: bytes, other: bytes, message_id: str) -> None:
    """The body, the id, the time, and whose secret it is."""
    now = real_now()
    headers = dict(signed_headers([secret], message_id, now, b'{"a":1}'))
    receiver = Webhook(secret_text(secret))
    wrong = [
        (receiver, b'{"a":2}', headers),
        (receiver, b'{"a":1}', {**headers, "webhook-id": message_id + "x"}),
        (receiver, b'{"a":1}', {**headers, "webhook-timestamp": str(now - 1)}),
        (receiver, b'{"a":1}', {**headers, "webhook-timestamp": str(now - 600)}),
    ]
    if other != secret:
        wrong.append((Webhook(secret_text(other)), b'{"a":1}', headers))
    for who, body, shown in wrong:
        with pytest.raises(WebhookVerificationError):
            who.verify(body, shown)
