"""Import every module of the packages and print what doing so did; run alone by its test.

Usage: import_probe.py FOLDER [MODULE…]; without modules, all of the four packages in FOLDER.
"""

import gc
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("api", "creditbank", "ledger", "certificates")
BY_PATH = ("creditbank.migrations.bank.", "creditbank.migrations.keystore.")
WATCHED = (
    "open", "os.", "shutil.", "socket.", "sqlite3.connect", "subprocess.Popen", "urllib.Request",
)  # fmt: skip
HARMLESS = frozenset({"os.listdir", "os.scandir", "os.fspath"})
HARMLESS_FILE = re.compile(r"\.pyc?$|/zoneinfo/")
"""Code, and the rules of a time zone that is a constant."""


def watch(folder: Path, seen: list[str]) -> None:
    """Note what the code of `folder` does at import, but not what its libraries do at theirs."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if not event.startswith(WATCHED) or event in HARMLESS:
            return
        if event == "open" and HARMLESS_FILE.search(str(arguments[0])):
            return
        module = importing_module()
        if module is not None and module.is_relative_to(folder) and ".venv" not in module.parts:
            seen.append(f"{module.relative_to(folder)}: {event} {arguments[:1]}")

    sys.addaudithook(hook)


def importing_module() -> Path | None:
    """Give the file of the innermost module whose body is running."""
    frame = sys._getframe(2)  # noqa: SLF001 - there is no other way up the stack that is as cheap.
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename == __file__:
        return None
    return Path(frame.f_code.co_filename)


def modules_of(folder: Path) -> Iterator[str]:
    """Name every module of the packages; what Alembic loads by path is not imported."""
    for package in PACKAGES:
        yield package
        for found in pkgutil.walk_packages([str(folder / package)], f"{package}."):
            if not found.name.startswith(BY_PATH):
                yield found.name


def made() -> Iterator[str]:
    """Name the engines and settings that are alive."""
    names = {"sqlalchemy.engine.base": "Engine", "creditbank.settings": "Settings"}
    for module, name in names.items():
        if module in sys.modules:
            kind = getattr(sys.modules[module], name)
            article = "an" if name == "Engine" else "a"
            yield from (
                f"{article} {name} was made" for one in gc.get_objects() if type(one) is kind
            )


def main() -> int:
    """Import and tell."""
    folder, *modules = sys.argv[1:]
    seen: list[str] = []
    project = Path(__file__).parents[2]
    sys.path[:0] = [folder, str(project)]
    watch(Path(folder), seen)
    for name in modules or modules_of(Path(folder)):
        importlib.import_module(name)
    told = [*seen, *made()]
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
