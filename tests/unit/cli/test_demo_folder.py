"""The demonstration's folder when moving the city into it is interrupted at any file."""

from pathlib import Path
from typing import Any

import pytest

from api.cli import demo
from creditbank.errors import Refusal
from creditbank.settings import Settings

FILES = {"bank.db", "keys.db", "passphrase", "signing-keys.json", "demo.json"}


def seeded(settings: Settings) -> dict[str, Any]:
    """What seeding leaves, in a moment."""
    settings.data_dir.mkdir(parents=True)
    for name in FILES - {"demo.json"}:
        (settings.data_dir / name).write_text("whole", "utf-8")
    return {"origin": ""}


@pytest.mark.parametrize("moved", range(len(FILES)))
def test_an_interrupted_moving_is_begun_anew(
    moved: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is locked out, and no bank stands without its keys and its file."""
    settings = Settings(data_dir=tmp_path)
    monkeypatch.setattr(demo, "_seeded", seeded)
    replace, left = Path.replace, iter(range(moved))

    def interrupted(file: Path, target: Path) -> Path:
        if target.parent == tmp_path and next(left, None) is None:
            raise KeyboardInterrupt
        return replace(file, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            demo.seed_once(settings)
    assert not (tmp_path / "bank.db").exists()
    demo.seed_once(settings)
    assert {file.name for file in tmp_path.iterdir()} == FILES
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_key_files_of_another_bank_are_left_alone(tmp_path: Path) -> None:
    """A bank on PostgreSQL keeps its keys in a data folder without `bank.db`."""
    (tmp_path / "signing-keys.json").write_text("theirs", "utf-8")
    with pytest.raises(Refusal, match="demo-folder-taken"):
        demo.seed_once(Settings(data_dir=tmp_path))
    assert (tmp_path / "signing-keys.json").read_text("utf-8") == "theirs"
