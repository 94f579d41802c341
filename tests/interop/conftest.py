"""A running bank on each engine, a verifier that we did not write, and a liar between the two."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from ledger.checkpoint import parse_note
from tests.fixtures.processes import NO_TLS, Program, Server
from tests.integration.test_post_outcome import RESULT

GO = Path(__file__).parent / "go"
GO_PACKAGES = Path("/usr/share/gocode")
PUBLISHED_SECONDS_MAX = 10.0

Verify = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class ServedLog:
    """A log over HTTP: 2 leaves an outcome, so that its tree is more than one tile wide."""

    url: str
    vkey: str
    old_note: str
    receipts: tuple[str, ...]
    environment: dict[str, str]

    def get(self, path: str) -> bytes:
        """Fetch a file of the log."""
        answer = httpx2.get(f"{self.url}/{path}", trust_env=False, verify=NO_TLS)
        assert answer.status_code == 200, path
        return answer.content


@pytest.fixture(scope="session")
def go_verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program over Go's own note and tlog packages, built once."""
    if shutil.which("go") is None or not (GO_PACKAGES / "src/golang.org/x/mod").is_dir():
        pytest.fail("Go or its x/mod is missing: run `make system-packages`", pytrace=False)
    program = tmp_path_factory.mktemp("go") / "verify"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GO_PACKAGES)}
    subprocess.run(["go", "build", "-o", program, "."], cwd=GO, env=environment, check=True)
    return program


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def log(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedLog]:
    """A log of some 320 leaves, served by a process; an old checkpoint covers less than a tile."""
    folder = tmp_path_factory.mktemp("served")
    environment = {
        "CREDITBANK_DATA_DIR": str(folder / "data"),
        "CREDITBANK_ORIGIN": "http://bank.test",
    }
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        environment["CREDITBANK_DATABASE_URL"] = postgres.create_database()
        environment["CREDITBANK_KEYSTORE_URL"] = postgres.create_database()
    program = Program(environment, folder)
    program.answer("init")
    provider = program.register_provider()
    server = Server(program)
    try:
        with server.client(provider) as client:
            receipts = _post(client, range(40))
            old_note = _published(client, 80)
            receipts += _post(client, range(40, 160))
            _published(client, 320)
            vkey = client.get("/ledger/vkey").text.strip()
        yield ServedLog(f"{server.url}/ledger", vkey, old_note, tuple(receipts), environment)
    finally:
        server.kill()


@pytest.fixture
def verify(go_verifier: Path, log: ServedLog) -> Verify:
    """Run the verifier against the log, or against whoever stands at `url`."""

    def run(*arguments: object, url: str | None = None) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [go_verifier, url or log.url, log.vkey, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def lying(log: ServedLog) -> Callable[[str, int], AbstractContextManager[str]]:
    """Serves the log with the lowest bit of one byte changed: give the file and the byte."""

    @contextmanager
    def serve(path: str, at: int) -> Iterator[str]:
        class Liar(BaseHTTPRequestHandler):
            """Passes on what the bank says, but for one bit."""

            def do_GET(self) -> None:
                data = bytearray(log.get(self.path.removeprefix("/")))
                if self.path == f"/{path}":
                    data[at] ^= 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_arguments: object) -> None:
                """Keep quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()

    return serve


def _post(client: httpx2.Client, numbers: range) -> list[str]:
    """Post one result for each of these learners; gives the receipts."""

    def post(number: int) -> httpx2.Response:
        result = {**RESULT, "learner": f"20230{number:03d}"}
        return client.post("/api/v1/outcomes", json=result)

    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(post, numbers))
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["receipt"] for answer in answers]


def _published(client: httpx2.Client, size: int) -> str:
    """Wait for a published checkpoint of at least this size."""
    deadline = time.monotonic() + PUBLISHED_SECONDS_MAX
    while True:
        note = client.get("/ledger/checkpoint").text
        if parse_note(note).size >= size:
            return note
        assert time.monotonic() < deadline, note
        time.sleep(0.05)
