"""Add an endpoint, give it a new secret, pause it, let it go on, end it. Its own institution does.

Each command holds the endpoint's key, under which its settings are sealed anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Self

from sqlalchemy import Connection, Executable, update
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.end import require_going
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.webhooks.endpoint import (
    ENDPOINTS_MAX,
    OLD_SECRET_HOURS,
    REASON_LENGTH_MAX,
    Endpoint,
    EndpointSettings,
    EndpointState,
    Secret,
    require_live,
    require_sound,
    seal_settings,
)
from creditbank.webhooks.queries import find_endpoints, live_endpoints
from creditbank.webhooks.tables import WebhookDeliveryRow, WebhookEndpointRow
from creditbank.writer.command import AnsweredById, Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The institutions that commands name, and how many live endpoints each has."""

    histories: Mapping[str, History]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEndpoint(AnsweredById):
    """Ask that an institution's messages of these kinds be posted to an address.

    `key` was made for it, and names it; `secret` is shown once to whoever asks.
    """

    institution_id: str
    key: AccountKey = field(repr=False)
    url: str
    kinds: tuple[str, ...]
    secret: bytes = field(repr=False)
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Known:
        """Load the institutions that these commands name."""
        named = {command.institution_id for command in commands}
        counts: dict[str, int] = {}
        for one in live_endpoints(connection, named):
            counts[one.institution_id] = counts.get(one.institution_id, 0) + 1
        return Known(histories=find_institutions(connection, named), counts=counts)

    def decide(self, state: Known, moment: Moment) -> Decision[Known, str]:
        """Add it; the answer is its id.

        Raises `InvalidInput`, and a `Refusal`: "institution-unknown", "institution-ended",
        "webhooks-too-many".
        """
        require_sound(self.url, self.kinds)
        if self.institution_id not in state.histories:
            raise Refusal("institution-unknown", institution=self.institution_id)
        require_going(state.histories[self.institution_id], civil_day(moment.now))
        count = state.counts.get(self.institution_id, 0)
        if count >= ENDPOINTS_MAX:
            raise Refusal("webhooks-too-many", webhooks_max=ENDPOINTS_MAX)
        now = int(moment.now.timestamp())
        settings = EndpointSettings(
            institution_id=self.institution_id,
            url=self.url,
            kinds=self.kinds,
            secrets=(Secret(value=self.secret),),
        )
        row: dict[str, object] = {
            "id": self.key.account_id,
            "institution_id": self.institution_id,
            "kinds": list(self.kinds),
            "state": EndpointState.ACTIVE.value,
            "reason": None,
            "created_at": now,
            "changed_at": now,
            "changed_by": self.by,
            "failing_since": None,
            "sealed_settings": seal_settings(self.key, settings, moment.entropy),
        }
        after = replace(state, counts={**state.counts, self.institution_id: count + 1})
        return Decision(answer=self.key.account_id, state=after, rows={WebhookEndpointRow: [row]})


State = Mapping[str, Endpoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSecret(AnsweredById):
    """Ask that an endpoint's messages be signed with a new secret; the former goes on for a time.

    While it does, receivers accept either, so that none is lost while they change.
    """

    endpoint_id: str
    institution_id: str
    key: AccountKey = field(repr=False)
    secret: bytes = field(repr=False)
    by: str
    kept: timedelta = timedelta(hours=OLD_SECRET_HOURS)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the endpoints that these commands name."""
        return find_endpoints(connection, {command.endpoint_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Rotate it; raises a `Refusal`: "not-found", "webhook-ended", "webhook-changed"."""
        endpoint = own_endpoint(state, self.endpoint_id, self.institution_id)
        require_live(endpoint)
        now = int(moment.now.timestamp())
        try:
            settings = endpoint.settings(self.key).rotated(self.secret, now, self.kept)
        except SealBroken:
            raise Refusal("webhook-changed") from None
        sealed = seal_settings(self.key, settings, moment.entropy)
        change = _changed(endpoint.id, now, self.by, sealed_settings=sealed)
        after = {**state, endpoint.id: replace(endpoint, sealed_settings=sealed)}
        return Decision(answer=endpoint.id, state=after, changes=[change])


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseEndpoint:
    """Ask that an endpoint be sent nothing for now, or that it go on; repeating changes nothing.

    What is told meanwhile waits for it.
    """

    endpoint_id: str
    institution_id: str
    by: str
    is_paused: bool

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the endpoints that these commands name."""
        return find_endpoints(connection, {command.endpoint_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Do it; raises a `Refusal`: "not-found", "webhook-ended"."""
        endpoint = own_endpoint(state, self.endpoint_id, self.institution_id)
        require_live(endpoint)
        becomes = EndpointState.PAUSED if self.is_paused else EndpointState.ACTIVE
        if endpoint.state == becomes:
            return Decision(answer=None, state=state)
        now = int(moment.now.timestamp())
        change = _changed(endpoint.id, now, self.by, state=becomes.value)
        after = {**state, endpoint.id: replace(endpoint, state=becomes.value)}
        return Decision(answer=None, state=after, changes=[change])


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEndpoint:
    """Ask that an endpoint be sent nothing any more; its secrets are forgotten.

    `becomes` says whether its institution ended it, or it answered that it is gone.
    """

    endpoint_id: str
    institution_id: str
    key: AccountKey = field(repr=False)
    by: str
    reason: str | None
    becomes: EndpointState = EndpointState.ENDED

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the endpoints that these commands name."""
        return find_endpoints(connection, {command.endpoint_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """End it, and give up what waits; one that ended stays as it is.

        Raises `Refusal("not-found")`, and `InvalidInput` for a reason that is none.
        """
        endpoint = own_endpoint(state, self.endpoint_id, self.institution_id)
        if self.reason is not None:
            _require_reason(self.reason)
        if not endpoint.is_live:
            return Decision(answer=None, state=state)
        now = int(moment.now.timestamp())
        sealed = self._without_secrets(endpoint, moment)
        values = {"state": self.becomes.value, "reason": self.reason, "sealed_settings": sealed}
        after = {**state, endpoint.id: replace(endpoint, **values)}  # type: ignore[arg-type]
        changes = [_changed(endpoint.id, now, self.by, **values), _given_up(endpoint.id, now)]
        return Decision(answer=None, state=after, changes=changes)

    def _without_secrets(self, endpoint: Endpoint, moment: Moment) -> bytes:
        try:
            settings = replace(endpoint.settings(self.key), secrets=())
        except SealBroken:
            return b""  # Somebody changed it; it can be ended all the same.
        return seal_settings(self.key, settings, moment.entropy)


def own_endpoint(state: State, endpoint_id: str, institution_id: str) -> Endpoint:
    """Give an endpoint of an institution; raises `Refusal("not-found")` alike for any other."""
    endpoint = state.get(endpoint_id)
    if endpoint is None or endpoint.institution_id != institution_id:
        raise Refusal("not-found")
    return endpoint


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput([FieldProblem(field="reason", code="field-missing")])
    if len(reason) > REASON_LENGTH_MAX:
        facts = {"length_max": REASON_LENGTH_MAX}
        raise InvalidInput([FieldProblem(field="reason", code="text-too-long", facts=facts)])


def _changed(endpoint_id: str, now: int, by: str, **values: object) -> Executable:
    changed = update(WebhookEndpointRow).where(col(WebhookEndpointRow.id) == endpoint_id)
    return changed.values(changed_at=now, changed_by=by, **values)


def _given_up(endpoint_id: str, now: int) -> Executable:
    waiting = update(WebhookDeliveryRow).where(
        col(WebhookDeliveryRow.endpoint_id) == endpoint_id,
        col(WebhookDeliveryRow.next_at).is_not(None),
    )
    return waiting.values(next_at=None, given_up_at=now)
