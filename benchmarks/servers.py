"""Started servers and the load on them, each a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from creditbank.settings import Settings

CLIENTS = 32
SECONDS = 2.0
_START_SECONDS = 30.0
_HERE = Path(__file__).parent


@dataclass
class Loaded:
    """A server under one kind of load; requests are numbered on from one round to the next."""

    process: int
    port: int
    path: str
    body: str
    headers: str
    modulus: int
    status: int
    next: int = 0
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    def run(self) -> float:
        """Load it for one round; gives requests a second. Any other status than meant is an end."""
        job = {
            "port": self.port,
            "path": self.path,
            "body": self.body,
            "headers": self.headers,
            "modulus": self.modulus,
            "first": self.next,
            "clients": CLIENTS,
            "seconds": SECONDS,
        }
        answer = subprocess.run(
            [sys.executable, str(_HERE / "load.py")],
            input=json.dumps(job), capture_output=True, text=True, check=True,
        )  # fmt: skip
        told: dict[str, Any] = json.loads(answer.stdout)
        if set(told["statuses"]) != {str(self.status)}:
            message = f"{self.path} answered {told['statuses']}, not {self.status} alone"
            raise RuntimeError(message)
        self.next = told["next"]
        self.p50.append(told["p50"])
        self.p99.append(told["p99"])
        return float(told["rate"])

    def forget(self) -> None:
        """Leave the latencies of a warm-up out."""
        self.p50.clear()
        self.p99.clear()


@contextmanager
def serving(settings: Settings, program: list[str]) -> Iterator[tuple[int, int]]:
    """Start a server over a bank, `@port` in the program standing for its port; gives both ids."""
    port = _free_port()
    environment = {
        **os.environ,
        "CREDITBANK_DATA_DIR": str(settings.data_dir),
        "CREDITBANK_DATABASE_URL": settings.bank_database,
        "CREDITBANK_KEYSTORE_URL": settings.key_database,
        "CREDITBANK_ORIGIN": settings.origin,
        "CREDITBANK_RATE_LIMITS": "false",  # All load comes from one address.
    }
    process = subprocess.Popen(
        [one.replace("@port", str(port)) for one in program], env=environment, stdout=sys.stderr
    )
    try:
        _wait(process, port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait()


def bank_program() -> list[str]:
    """Give the command that serves the bank."""
    return [str(Path(sys.executable).parent / "creditbank"), "serve", "--port", "@port"]


def null_program(part: str) -> list[str]:
    """Give the command that serves a bank of which one part answers at once."""
    return [sys.executable, str(_HERE / "null_server.py"), part, "@port"]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
