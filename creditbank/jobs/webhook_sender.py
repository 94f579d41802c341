"""Posts what institutions are told to their webhooks, a few at a time, and notes the answers."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Protocol

from creditbank.database import Readers
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.store import KeyStore
from creditbank.network.fetch import Unreachable
from creditbank.network.post import Post
from creditbank.settings import Settings
from creditbank.webhooks.change import EndEndpoint
from creditbank.webhooks.deliver import (
    MESSAGES_AT_ONCE,
    Answer,
    Answered,
    Claim,
    NoteAnswers,
    SendOn,
    answer_of,
)
from creditbank.webhooks.endpoint import Endpoint, EndpointState
from creditbank.webhooks.message import body_of
from creditbank.webhooks.queries import (
    Delivery,
    due_deliveries,
    find_deliveries,
    find_endpoints,
    has_unsent,
)
from creditbank.webhooks.signing import signed_headers
from creditbank.writer.writer import Writer

LOOK_EVERY_SECONDS = 2.0
LAST_SECONDS = 2.0
"""How long posts under way are waited for when the process ends."""
AT_ONCE = 8
PER_ENDPOINT = 2
"""So that one that is slow leaves places to the others."""

_log = logging.getLogger(__name__)


class SenderParts(Protocol):
    """What sending works with; a bank has them all."""

    @property
    def settings(self) -> Settings:
        """How the bank is set up."""
        ...

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def writer(self) -> Writer:
        """The one writer."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """Where the keys of endpoints are."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The present moment."""
        ...

    @property
    def post(self) -> Post:
        """The one way out."""
        ...


class WebhookSender:
    """One thread that hands out, and a few that post; they live as long as the process."""

    def __init__(self, parts: SenderParts) -> None:
        self._parts = parts
        self._is_over = threading.Event()
        self._posting: dict[Future[Answer], Delivery] = {}
        self._posters = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier process left over; a bank that posts nothing does not."""
        if self._parts.settings.webhooks:
            self._thread.start()

    def stop(self) -> None:
        """Take up nothing more, and note what is answered at once; the rest is posted again."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._posters.shutdown(wait=False)

    def _work(self) -> None:
        while not self._is_over.is_set():
            self._try(self._turn)
            if self._posting:
                wait(self._posting, LOOK_EVERY_SECONDS, FIRST_COMPLETED)
            else:
                self._is_over.wait(LOOK_EVERY_SECONDS)
        wait(self._posting, LAST_SECONDS)
        self._try(self._note)

    def _try(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:  # noqa: BLE001 - the thread must live on
            # The database may be away; nothing is lost, the next look tries again.
            _log.exception("webhooks could not be looked up")

    def _turn(self) -> None:
        self._note()
        self._send_on()
        while not self._is_over.is_set() and self._take_up():
            pass

    def _send_on(self) -> None:
        """Hand new messages to the endpoints that ask for them."""
        with self._parts.readers.reading() as connection:
            waits = has_unsent(connection)
        while waits:
            waits = self._parts.writer.write(SendOn()).answer == MESSAGES_AT_ONCE

    def _take_up(self) -> bool:
        """Claim what is due and begin to post it; False where nothing is, or no place is left."""
        places = AT_ONCE - len(self._posting)
        in_hand = Counter(one.endpoint_id for one in self._posting.values())
        claim = Claim(
            now=int(self._parts.clock().timestamp()),
            limit=places,
            per_endpoint=PER_ENDPOINT,
            in_hand=in_hand,
        )
        if not places or not self._is_due(claim):
            return False
        claimed = self._parts.writer.write(claim).answer
        with self._parts.readers.reading() as connection:
            deliveries = find_deliveries(connection, claimed)
            named = {one.endpoint_id for one in deliveries.values()}
            endpoints = find_endpoints(connection, named)
        for one in deliveries.values():
            future = self._posters.submit(self._post, one, endpoints[one.endpoint_id])
            self._posting[future] = one
        return bool(claimed)

    def _is_due(self, claim: Claim) -> bool:
        with self._parts.readers.reading() as connection:
            return bool(due_deliveries(connection, claim.now, claim.full, 1))

    def _post(self, delivery: Delivery, endpoint: Endpoint) -> Answer:
        """Post one, as the seal of its endpoint says and not otherwise."""
        now = int(self._parts.clock().timestamp())
        try:
            settings = endpoint.settings(self._key(endpoint.id))
        except SealBroken:
            _log.exception("the endpoint %s is not as it was sealed", endpoint.id)
            return Answer.WITHHELD
        is_own = settings.institution_id == delivery.institution_id
        secrets = settings.live_secrets(now)
        if not (is_own and settings.asks_for(delivery.kind) and secrets):
            return Answer.WITHHELD
        body = body_of(delivery.told, self._parts.settings.origin)
        headers = signed_headers(secrets, delivery.message_id, now, body)
        try:
            return answer_of(self._parts.post(settings.url, headers, body))
        except Unreachable as error:
            _log.info("the endpoint %s: %s", endpoint.id, error)
            return Answer.UNREACHABLE

    def _note(self) -> None:
        """Write down what was answered; what cannot be noted now is tried again later."""
        done = {future: one for future, one in self._posting.items() if future.done()}
        for future in done:
            del self._posting[future]
        answers = [
            (one, future.result()) for future, one in done.items() if future.exception() is None
        ]
        if answers:
            self._parts.writer.write(
                NoteAnswers([Answered(one.id, answer) for one, answer in answers])
            )
        for endpoint_id in {one.endpoint_id for one, said in answers if said is Answer.GONE}:
            self._end(endpoint_id)

    def _end(self, endpoint_id: str) -> None:
        """End an endpoint that said that it is gone."""
        with self._parts.readers.reading() as connection:
            endpoint = find_endpoints(connection, [endpoint_id])[endpoint_id]
        self._parts.writer.write(
            EndEndpoint(
                endpoint_id=endpoint_id,
                institution_id=endpoint.institution_id,
                key=self._key(endpoint_id),
                by=endpoint.changed_by,
                reason=None,
                becomes=EndpointState.GONE,
            )
        )

    def _key(self, endpoint_id: str) -> AccountKey:
        """Give the key of an endpoint; raises `SealBroken` where it was changed or destroyed."""
        key = self._parts.keystore.get([endpoint_id]).get(endpoint_id)
        if key is None:
            raise SealBroken
        return key
