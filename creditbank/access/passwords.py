"""Passwords: argon2id (RFC 9106) in the PHC string form, with the OWASP parameters."""

from base64 import urlsafe_b64encode
from collections.abc import Callable

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from creditbank.errors import FieldProblem, InvalidInput

LENGTH_MIN, LENGTH_MAX = 8, 128
PIN_MIN, PIN_MAX = 4, 8
_MEMORY_KIB, _ITERATIONS, _LANES = 19 * 1024, 2, 1
_SALT_BYTES = _HASH_BYTES = 32
_BYTES_MAX = 4 * LENGTH_MAX

MADE_BYTES = 12
"""How much chance is in a password that the bank makes: 96 bits, 16 symbols."""

_NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$bm9ib2R5J3Mgc2FsdCBvZiAzMiBieXRlcyAuLi4uLi4"
    "$bm9ib2R5J3MgaGFzaCBvZiAzMiBieXRlcyAuLi4uLi4"
)
"""A hash that no password has, so that an unknown login takes as long as a known one."""


def make_password(entropy: Callable[[int], bytes]) -> str:
    """Make a password for somebody who is told it once."""
    return urlsafe_b64encode(entropy(MADE_BYTES)).decode()


def hash_password(password: str, entropy: Callable[[int], bytes]) -> str:
    """Hash a password of 8 to 128 characters; raises `InvalidInput` for any other."""
    require_length(password)
    return _hash(password, entropy)


def require_length(password: str) -> None:
    """Raise `InvalidInput` for a password that is too short or too long."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        facts = {"length_min": LENGTH_MIN, "length_max": LENGTH_MAX}
        raise InvalidInput([FieldProblem(field="password", code="password-length", facts=facts)])


def hash_pin(pin: str, entropy: Callable[[int], bytes]) -> str:
    """Hash a PIN of 4 to 8 digits, read by `is_password`; raises `InvalidInput` for any other.

    So few digits can be tried out by who has the hash; how often they are tried at a door is
    bounded there.
    """
    if not (PIN_MIN <= len(pin) <= PIN_MAX and pin.isascii() and pin.isdigit()):
        facts = {"length_min": PIN_MIN, "length_max": PIN_MAX}
        raise InvalidInput([FieldProblem(field="pin", code="pin-form", facts=facts)])
    return _hash(pin, entropy)


def _hash(secret: str, entropy: Callable[[int], bytes]) -> str:
    kdf = Argon2id(
        salt=entropy(_SALT_BYTES),
        length=_HASH_BYTES,
        iterations=_ITERATIONS,
        lanes=_LANES,
        memory_cost=_MEMORY_KIB,
    )
    return kdf.derive_phc_encoded(secret.encode("utf-8", "surrogatepass"))


def is_password(password: str, stored: str | None) -> bool:
    """Compare a password with a stored hash; None, for nobody, takes the same time."""
    try:
        Argon2id.verify_phc_encoded(
            password.encode("utf-8", "surrogatepass")[:_BYTES_MAX], stored or _NOBODYS
        )
    except InvalidKey:
        return False
    return stored is not None
