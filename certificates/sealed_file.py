"""Small secrets in a file: JSON under scrypt (RFC 7914) and AES-256-GCM, replaced atomically."""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from certificates.errors import KeyFileRefused

FORMAT = "creditbank/sealed-file/v1"
SALT_BYTES, NONCE_BYTES = 16, 12
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**15, 8, 1


def write_sealed(
    path: Path,
    passphrase: bytes,
    content: Mapping[str, object],
    *,
    entropy: Callable[[int], bytes],
) -> None:
    """Write `content` for the owner's eyes only; the file is either the old one or the new one."""
    salt, nonce = entropy(SALT_BYTES), entropy(NONCE_BYTES)
    cipher = AESGCM(_key(passphrase, salt))
    sealed = cipher.encrypt(nonce, orjson.dumps(content), FORMAT.encode())
    _replace(path, _envelope(salt, nonce, sealed))


def read_sealed(path: Path, passphrase: bytes) -> dict[str, object]:
    """Read what `write_sealed` wrote; raises `KeyFileRefused` if a byte of it was changed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeyFileRefused(f"{path.name} cannot be read") from error
    try:
        envelope = orjson.loads(data)
        salt, nonce, sealed = (
            b64decode(envelope[name], validate=True) for name in ("salt", "nonce", "sealed")
        )
        # Writing it again refuses other formats, and what base64 and JSON forgive.
        if _envelope(salt, nonce, sealed) != data:
            raise KeyFileRefused(f"{path.name} is not of the format {FORMAT}")
        content = AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, FORMAT.encode())
    except (ValueError, KeyError, TypeError, InvalidTag) as error:
        raise KeyFileRefused(f"{path.name} does not open with this passphrase") from error
    parsed: dict[str, object] = orjson.loads(content)
    return parsed


def _key(passphrase: bytes, salt: bytes) -> bytes:
    kdf = Scrypt(salt=salt, length=32, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
    return kdf.derive(passphrase)


def _envelope(salt: bytes, nonce: bytes, sealed: bytes) -> bytes:
    return orjson.dumps(
        {"format": FORMAT, "salt": _text(salt), "nonce": _text(nonce), "sealed": _text(sealed)}
    )


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)  # One left by a crash may have other permissions.
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
