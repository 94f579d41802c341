"""The demonstration as a newcomer starts it: a process of its own, stopped by Ctrl-C."""

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import zxingcpp
from PIL import Image

from tests.fixtures.processes import Program


class Demo:
    """A running demonstration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        """Start it on a free port and wait until it answers."""
        self.process = program(self.folder).start("demo", "--port", str(free_port()))
        wait_for(self.process, "serving")
        self.told: dict[str, Any] = json.loads((self.folder / "demo.json").read_text("utf-8"))
        with httpx2.Client(transport=httpx2.HTTPTransport(retries=10)) as client:
            assert client.get(f"{self.told['origin']}/readyz").status_code == 200

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C; gives the exit code and what was said on stderr since."""
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.communicate()


def program(folder: Path) -> Program:
    """The program with this data folder."""
    return Program({"CREDITBANK_DATA_DIR": str(folder)}, folder)


def wait_for(process: "subprocess.Popen[str]", word: str) -> None:
    """Read what it says on stderr until a line begins with the word."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(word):
            return
    pytest.fail(f"it ended without saying {word!r}")


def free_port() -> int:
    """Give a port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration in a folder where an earlier start was cut short."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "unfinished-demo").mkdir()
    (folder / "unfinished-demo" / "bank.db").write_bytes(b"cut short")
    (folder / "demo.json").write_bytes(b"moved before the cut")
    (folder / "keys.db").write_bytes(b"moved before the cut")
    running = Demo(folder)
    yield running
    running.kill()


def verified(demo: Demo, document: str) -> dict[str, Any]:
    """What the bank reports on a document."""
    answer = httpx2.post(f"{demo.told['origin']}/api/v1/verify", json={"document": document})
    report: dict[str, Any] = answer.json()
    return report


def test_its_passes_verify_by_token_link_and_printed_text(demo: Demo) -> None:
    """Programs read `demo.json`: one pass is valid, the other's sharing has ended."""
    shared, ended = demo.told["passes"]

    for document in (shared["token"], shared["url"], shared["offline_text"]):
        assert verified(demo, document)["verdict"] == "valid"
    report = verified(demo, ended["url"])
    assert (report["verdict"], report["reason"]) == ("revoked", "share_ended")


def test_its_file_is_read_by_its_owner_alone(demo: Demo) -> None:
    """It holds passwords and a provider's key."""
    assert (demo.folder / "demo.json").stat().st_mode & 0o777 == 0o600


def test_its_qr_image_leads_to_the_page_of_the_pass(demo: Demo) -> None:
    """A phone's camera reads the picture and opens the verdict."""
    [found] = zxingcpp.read_barcodes(Image.open(demo.told["passes"][0]["qr"]))
    link = urlsplit(found.text)

    page = httpx2.get(f"{link.scheme.lower()}://{link.netloc.lower()}{link.path}")

    assert page.status_code == 200
    assert "<h1>有效" in page.text


def test_its_provider_key_posts_results(demo: Demo) -> None:
    """The key that is printed is good for the interface, and the outcomes are on the ledger."""
    result = {
        "learner": "demo-1", "course": "BBB", "term": "2014J", "result": "Pass",
        "credits": "30", "awarded_on": "2015-06-25",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {demo.told['provider']['api_key']}"}
    origin = demo.told["origin"]

    posted = httpx2.post(f"{origin}/api/v1/outcomes", json=result, headers=headers)
    known = httpx2.get(f"{origin}/api/v1/outcomes/{demo.told['outcomes'][0]}", headers=headers)

    assert (posted.status_code, known.status_code) == (201, 200)


def test_its_citizen_is_enrolled_and_finds_a_proposal_and_another(demo: Demo) -> None:
    """Her plan page has something to show: what counts today, what would come, and another way."""
    login, password = next(
        (one["login"], one["password"]) for one in demo.told["people"] if one["role"] == "citizen"
    )
    asked = {"grant_type": "password", "username": login, "password": password}
    token = httpx2.post(f"{demo.told['origin']}/api/v1/token", data=asked).json()["access_token"]
    with httpx2.Client(
        base_url=demo.told["origin"], headers={"Authorization": f"Bearer {token}"}
    ) as hers:
        [enrolment] = hers.get("/api/v1/accounts/me/enrolments").json()["enrolments"]
        found = hers.get(f"/api/v1/proposals?enrolment={enrolment['id']}").json()
    assert found["today"]["credits"] == "4"
    assert [one["applied"]["credits"] for one in found["proposals"]] == ["9.5", "5.5"]


def test_a_taken_port_is_refused_before_anything_is_seeded(demo: Demo, tmp_path: Path) -> None:
    """Whoever runs it twice learns what to do within a second."""
    port = urlsplit(demo.told["origin"]).port

    refused = program(tmp_path).run("demo", "--port", str(port))

    assert refused.returncode == 1
    assert f"make demo PORT={port + 1}" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_another_bank_is_refused(tmp_path: Path) -> None:
    """Demonstration data never enters a bank that somebody founded."""
    bank = program(tmp_path)
    bank.answer("init")
    before = (tmp_path / "bank.db").read_bytes()

    refused = bank.run("demo", "--port", str(free_port()))

    assert refused.returncode == 1
    assert "CREDITBANK_DATA_DIR" in refused.stderr
    assert (tmp_path / "bank.db").read_bytes() == before


def test_ctrl_c_while_seeding_leaves_no_half_city(tmp_path: Path) -> None:
    """The next start seeds anew."""
    process = program(tmp_path).start("demo", "--port", str(free_port()))
    wait_for(process, "seeding")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert (process.returncode, errors) == (130, "stopped\n")
    assert not (tmp_path / "bank.db").exists()
    assert not (tmp_path / "demo.json").exists()


def test_ctrl_c_stops_it_and_it_starts_again_on_the_same_data(demo: Demo) -> None:
    """It ends with exit code 0 and no traceback; on another port its links lead there."""
    before = demo.told

    code, errors = demo.interrupt()
    demo.start()

    assert (code, errors) == (0, "stopped\n")
    first, second = before["passes"][0], demo.told["passes"][0]
    assert (second["token"], demo.told["outcomes"]) == (first["token"], before["outcomes"])
    assert demo.told["origin"] != before["origin"]
    assert second["url"].startswith(demo.told["origin"])
    assert verified(demo, second["url"])["verdict"] == "valid"


def test_its_credentials_answer_as_they_are_told(demo: Demo) -> None:
    """One is good, the result of the other was revoked; each has its link at this run's origin."""
    told = demo.told["credentials"]
    assert [one["state"] for one in told] == ["valid", "revoked"]
    for one in told:
        assert one["url"].startswith(f"{demo.told['origin']}/api/v1/credentials/")
        document = httpx2.get(one["url"]).text
        for shown in (one["url"], document):
            assert verified(demo, shown)["verdict"] == one["state"]
