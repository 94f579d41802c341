"""The Dockerfile, read; what it installs, built; and the settings page beside it.

No image can be built where no Docker engine is. So the wheel that the image installs is built and
compared with the source, and its health check runs against a server of this machine.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

from creditbank.settings import Settings
from tests.fixtures.containers import ROOT, exec_form, read_dockerfile
from tests.fixtures.processes import Server
from tests.integration.test_composition import until_healthy

PACKAGES = ("api", "creditbank", "ledger", "certificates")


def test_the_image_is_built_from_locked_parts_and_runs_without_root() -> None:
    """Several stages, hashes for every dependency, no development tools, a numbered user."""
    build, final = read_dockerfile()
    installs = [text for text in build.all("RUN") if "pip install" in text]
    parts = [part for text in installs for part in text.split("&&") if "pip install" in part]
    assert len(parts) == 3
    for part in parts:
        assert "--require-hashes" in part or ("--no-index" in part and "--no-deps" in part)
        assert "development" not in part
    assert build.base == final.base
    assert build.base.startswith(f"python:{sys.version_info.major}.{sys.version_info.minor}.")
    assert build.base.count(".") == 2
    assert final.last("USER") == "10001:10001"
    assert final.all("COPY") == ["--from=build /srv/creditbank /srv/creditbank"]
    assert not [text for text in final.all("RUN") if "pip" in text]


def test_what_the_image_copies_exists_and_is_not_ignored() -> None:
    """An ignored folder would be missing without a word."""
    allowed = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert allowed[0] == "*"
    for copied in read_dockerfile()[0].all("COPY"):
        for source in copied.split()[:-1]:
            assert (ROOT / source).exists()
            assert f"!{source}" in allowed


def test_the_health_check_of_the_image_is_that_of_a_process(server: Server) -> None:
    """Liveness only: a database that is away is no reason to restart the server."""
    check = read_dockerfile()[1].last("HEALTHCHECK")
    python, *arguments = exec_form(check)
    assert python == "python"
    address = server.url.removeprefix("http://")
    until_healthy([sys.executable, *(one.replace("127.0.0.1:8000", address) for one in arguments)])


def test_the_wheel_that_the_image_installs_holds_every_file(tmp_path: Path) -> None:
    """Templates, words and migrations too."""
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    builder = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(tmp_path)]
    subprocess.run(builder, cwd=ROOT, check=True, capture_output=True)

    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        assert set(tracked) <= set(wheel.namelist())


def test_every_setting_is_documented() -> None:
    """The page is made from the settings; `make docs` writes it anew."""
    page = subprocess.run(
        [sys.executable, str(ROOT / "dev" / "settings_page.py")],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    ).stdout

    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == page
    assert all(field.description for field in Settings.model_fields.values())
