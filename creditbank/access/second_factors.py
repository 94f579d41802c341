"""The second factor of staff: a code of six digits that changes every 30 seconds (RFC 6238).

The secret is sealed under a key of the key store that is named by the login.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection, Executable, delete, select, update
from sqlmodel import col

from creditbank.access.tables import LoginRow, SecondFactorRow
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.store import KeyStore
from creditbank.writer.command import Decision, Moment

DIGITS = 6
STEP_SECONDS = 30
SECRET_BYTES = 20
_DRIFT = (-1, 0, 1)
"""A phone's clock may be one step off, and a code may be typed while it changes."""

SHA1_OF_APPS = SHA1()  # noqa: S303 - HMAC-SHA-1 is what every authenticator app computes


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """A login's second factor; it is asked for once its owner has confirmed it by a code."""

    login_id: str
    name: str
    sealed_secret: bytes
    is_confirmed: bool
    last_step: int | None

    def secret(self, key: AccountKey) -> bytes:
        """Open the secret."""
        return key.open(_place(self.login_id), self.sealed_secret)

    def link(self, key: AccountKey, issuer: str) -> str:
        """Give what an app reads from a QR code (`otpauth://totp/…`)."""
        return _totp(self.secret(key)).get_provisioning_uri(self.name, issuer)

    def step_of(self, key: AccountKey, code: str, now: datetime) -> int | None:
        """Give the step of time that a code belongs to, None for one that is wrong or was used."""
        totp, present = _totp(self.secret(key)), int(now.timestamp()) // STEP_SECONDS
        typed = "".join(code.split()).encode()
        for step in (present + drift for drift in _DRIFT):
            is_right = hmac.compare_digest(totp.generate(step * STEP_SECONDS), typed)
            if is_right and (self.last_step is None or step > self.last_step):
                return step
        return None


Factors = Mapping[str, SecondFactor]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSecondFactor:
    """Ask for a new secret for a login; one that is confirmed stays as it is."""

    login_id: str
    key: AccountKey = field(repr=False)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Factors:
        """Load the second factors of these logins."""
        return find_second_factors(connection, [command.login_id for command in commands])

    def decide(self, state: Factors, moment: Moment) -> Decision[Factors, None]:
        """Draw the secret; one that was offered before and never confirmed gives way."""
        found = state.get(self.login_id)
        if found is not None and found.is_confirmed:
            return Decision(answer=None, state=state)
        secret = self.key.seal(_place(self.login_id), moment.entropy(SECRET_BYTES), moment.entropy)
        row = {
            "login_id": self.login_id,
            "sealed_secret": secret,
            "offered_at": int(moment.now.timestamp()),
            "confirmed_at": None,
            "last_step": None,
        }
        return Decision(
            answer=None,
            state=state,
            rows={SecondFactorRow: [row]},
            changes=[forget_second_factor(self.login_id)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSecondFactor:
    """Ask whether a code is the right one just now; the first right one confirms the secret."""

    login_id: str
    key: AccountKey = field(repr=False)
    code: str = field(repr=False)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Factors:
        """Load the second factors of these logins."""
        return find_second_factors(connection, [command.login_id for command in commands])

    def decide(self, state: Factors, moment: Moment) -> Decision[Factors, None]:
        """Take the code, once; raises `Refusal("second-factor-refused")`."""
        found = state.get(self.login_id)
        step = None if found is None else found.step_of(self.key, self.code, moment.now)
        if found is None or step is None:
            raise Refusal("second-factor-refused")
        values: dict[str, int] = {"last_step": step}
        if not found.is_confirmed:
            values["confirmed_at"] = int(moment.now.timestamp())
        taken = (
            update(SecondFactorRow)
            .where(col(SecondFactorRow.login_id) == self.login_id)
            .values(**values)
        )
        known = {**state, self.login_id: replace(found, is_confirmed=True, last_step=step)}
        return Decision(answer=None, state=known, changes=[taken])


def forget_second_factor(login_id: str) -> Executable:
    """Give the change by which a login has no second factor any more."""
    return delete(SecondFactorRow).where(col(SecondFactorRow.login_id) == login_id)


def find_second_factors(connection: Connection, logins: Sequence[str]) -> dict[str, SecondFactor]:
    """Give the second factors of those of these logins that have one."""
    wanted = (
        select(
            col(SecondFactorRow.login_id),
            col(SecondFactorRow.sealed_secret),
            col(SecondFactorRow.confirmed_at),
            col(SecondFactorRow.last_step),
            col(LoginRow.name),
        )
        .join_from(SecondFactorRow, LoginRow)
        .where(col(SecondFactorRow.login_id).in_(logins))
    )
    return {
        row.login_id: SecondFactor(
            login_id=row.login_id,
            name=row.name or "",
            sealed_secret=row.sealed_secret,
            is_confirmed=row.confirmed_at is not None,
            last_step=row.last_step,
        )
        for row in connection.execute(wanted)
    }


def factor_key(keystore: KeyStore, login_id: str) -> AccountKey:
    """Give the key that a login's second factor is sealed under; it is made when it is missing."""
    return keystore.get([login_id]).get(login_id) or keystore.make(login_id)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1_OF_APPS, STEP_SECONDS)


def _place(login_id: str) -> bytes:
    return place(str(SecondFactorRow.__tablename__), login_id, "sealed_secret")
