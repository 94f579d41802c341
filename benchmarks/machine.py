"""What the figures were measured on: the machine's own yardstick, and the versions."""

import os
import platform
import sqlite3
import time
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from statistics import median

_PACKAGES = (
    "cryptography", "fastapi", "orjson", "psycopg", "pydantic", "pymerkle", "sqlalchemy",
    "sqlmodel", "uvicorn",
)  # fmt: skip
_HASHES = 200_000
_LEAF_BYTES = 301
_SYNCS = 200
_BLOCK_BYTES = 4_096


def yardstick(folder: Path) -> list[str]:
    """Say what one core hashes and how long the disk takes to keep 4 KiB."""
    hashes, sync = sha256_rate(), fdatasync_ms(folder)
    system = f"{platform.machine()}, {platform.system()} {platform.release()}"
    hashing = f"{hashes:,.0f} SHA-256/s of {_LEAF_BYTES} bytes on one core"
    return [
        f"machine: {os.cpu_count()} cores, {system}, load {os.getloadavg()[0]:.1f} at the start",
        f"yardstick: {hashing}; fdatasync of 4 KiB {sync:.2f} ms p50",
    ]


def versions(postgresql: str) -> str:
    """Name what was measured with which version."""
    found = {name: version(name) for name in _PACKAGES}
    engines = {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": postgresql,
    }
    return "versions: " + ", ".join(f"{name} {one}" for name, one in {**engines, **found}.items())


def sha256_rate() -> float:
    """Give SHA-256 hashes of leaf size a second on one core."""
    leaf = bytes(_LEAF_BYTES)
    start = time.perf_counter()
    for _ in range(_HASHES):
        sha256(leaf).digest()
    return _HASHES / (time.perf_counter() - start)


def fdatasync_ms(folder: Path) -> float:
    """Give the median time of a durable write of 4 KiB, in ms."""
    file = folder / "fdatasync"
    taken = []
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    for _ in range(_SYNCS):
        os.write(descriptor, os.urandom(_BLOCK_BYTES))
        start = time.perf_counter()
        os.fdatasync(descriptor)
        taken.append((time.perf_counter() - start) * 1_000)
    os.close(descriptor)
    file.unlink()
    return median(taken)


def resident_mb(process: int, field: str = "VmRSS") -> float:
    """Give the resident memory of a process in MB (10^6 bytes); `VmHWM` is its greatest so far."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1_024 / 1e6
    raise ValueError(field)
