"""An endpoint: where messages are posted, which kinds, signed with which secrets, in which state.

Address, kinds, institution and secrets lie sealed under a key of the key store that is named by the
endpoint. What is sent follows the seal, so that no changed column leads a message elsewhere.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

import orjson

from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey, SealBroken, place
from creditbank.network.fetch import Unreachable
from creditbank.network.targets import read_target
from creditbank.webhooks.message import TEST
from creditbank.webhooks.tables import WebhookEndpointRow
from creditbank.writer.outbox import MessageKind

ENDPOINTS_MAX = 5
"""How many one institution has at once, those that ended not counted."""
REASON_LENGTH_MAX = 200
OLD_SECRET_HOURS = 24
OLD_SECRET_HOURS_MAX = 168
"""How long at most the former secret signs beside the new one."""


class EndpointState(StrEnum):
    """Whether messages are posted to an endpoint."""

    ACTIVE = "active"  # 推送中
    PAUSED = "paused"  # 已暂停: what is told meanwhile waits
    ENDED = "ended"  # 已停用
    GONE = "gone"  # 已停用: it answered 410 Gone


LIVE = (EndpointState.ACTIVE, EndpointState.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One secret; `until` is when a former one ends, None for the present one."""

    value: bytes = field(repr=False)
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings:
    """What lies under the seal."""

    institution_id: str
    url: str
    kinds: tuple[str, ...]
    secrets: tuple[Secret, ...] = ()

    def live_secrets(self, now: int) -> list[bytes]:
        """Give the secrets that sign at a time, the present one first."""
        return [one.value for one in self.secrets if one.until is None or now < one.until]

    def rotated(self, secret: bytes, now: int, kept: timedelta) -> Self:
        """Give them with a new secret; the present one goes on for a time, an older one does not.

        So two sign at most.
        """
        until = now + int(kept.total_seconds())
        former = [replace(one, until=until) for one in self.secrets if one.until is None and kept]
        return replace(self, secrets=(Secret(value=secret), *former))

    def asks_for(self, kind: str) -> bool:
        """Say whether a kind of message may be sent there."""
        return kind == TEST or kind in self.kinds

    def to_content(self) -> bytes:
        """Give what is sealed."""
        secrets = [{"value": one.value.hex(), "until": one.until} for one in self.secrets]
        return orjson.dumps(
            {
                "institution": self.institution_id,
                "url": self.url,
                "kinds": list(self.kinds),
                "secrets": secrets,
            }
        )

    @classmethod
    def from_content(cls, content: bytes) -> Self:
        """Read what was sealed."""
        read: Mapping[str, Any] = orjson.loads(content)
        return cls(
            institution_id=read["institution"],
            url=read["url"],
            kinds=tuple(read["kinds"]),
            secrets=tuple(
                Secret(value=bytes.fromhex(one["value"]), until=one["until"])
                for one in read["secrets"]
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A stored endpoint; times are seconds since 1970."""

    id: str
    institution_id: str
    kinds: Sequence[str]
    state: str
    reason: str | None
    created_at: int
    changed_at: int
    changed_by: str
    failing_since: int | None
    sealed_settings: bytes

    @property
    def is_live(self) -> bool:
        """Say whether it has not ended."""
        return self.state in LIVE

    def settings(self, key: AccountKey) -> EndpointSettings:
        """Open what is sealed; raises `SealBroken`, also where its columns say otherwise."""
        content = key.open(_place(self.id), self.sealed_settings)
        opened = EndpointSettings.from_content(content)
        if opened.institution_id != self.institution_id or set(opened.kinds) != set(self.kinds):
            raise SealBroken
        return opened


def seal_settings(
    key: AccountKey, settings: EndpointSettings, entropy: Callable[[int], bytes]
) -> bytes:
    """Seal the settings of the endpoint that the key is named by."""
    return key.seal(_place(key.account_id), settings.to_content(), entropy)


def _place(endpoint_id: str) -> bytes:
    return place(str(WebhookEndpointRow.__tablename__), endpoint_id, "sealed_settings")


def require_sound(url: str, kinds: Collection[str]) -> None:
    """Raise `InvalidInput` for an address that may not be asked, and for kinds that are none."""
    problems = []
    try:
        read_target(url)
    except Unreachable:
        problems.append(FieldProblem(field="url", code="webhook-address-wrong"))
    if not kinds:
        problems.append(FieldProblem(field="types", code="field-missing"))
    elif not set(kinds) <= set(MessageKind):
        problems.append(FieldProblem(field="types", code="choice-unknown"))
    if problems:
        raise InvalidInput(problems)


def require_live(endpoint: Endpoint) -> None:
    """Raise `Refusal("webhook-ended")` for an endpoint that has ended."""
    if not endpoint.is_live:
        raise Refusal("webhook-ended")
