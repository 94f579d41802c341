"""The demonstration: a bank on SQLite, a bilingual city in it, and the way in, printed."""

import json
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn

from api.app import create_app
from api.cli.city import City, seed_city
from api.cli.output import answering, tell
from api.pass_links import pass_link, qr_text
from certificates.qr import png
from certificates.token import typed_form
from creditbank.bank import Bank, open_bank
from creditbank.errors import Refusal
from creditbank.founding import ADMINISTRATOR, init_bank
from creditbank.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
FILE = "demo.json"
BANK = "bank.db"
HOST = "127.0.0.1"
STOPPED = 128 + signal.SIGINT
"""The exit code of a program that was interrupted."""


def demo(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Seed a bilingual city with real results and serve it until Ctrl-C."""
    with answering(), _reserved(port) as listener:
        settings = _settings(port)
        _stop_by(_drop)
        seed_once(settings)
        _stop_by(signal.default_int_handler)
        init_bank(settings)
        bank = open_bank(settings)
        try:
            _print_ways_in(_told(bank), settings.data_dir / FILE)
            server = uvicorn.Server(
                uvicorn.Config(create_app(bank), log_level="warning", proxy_headers=False)
            )
            with suppress(KeyboardInterrupt):
                server.run(sockets=[listener])
        finally:
            bank.close()
    tell("stopped")


def _stop_by(handler: Callable[[int, FrameType | None], object]) -> None:
    """Let Ctrl-C and a polite kill do the same."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _drop(_number: int, _frame: FrameType | None) -> None:
    """End at once: what is half seeded lies in a folder that the next start throws away.

    An exception would surface anywhere, also inside a driver that swallows it.
    """
    tell("stopped")
    os._exit(STOPPED)


def _settings(port: int) -> Settings:
    """Give the environment's settings, on SQLite in the data folder whatever it says of engines."""
    return Settings(
        origin=f"http://{HOST}:{port}", database_url=None, migration_url=None, keystore_url=None
    )


@contextmanager
def _reserved(port: int) -> Iterator[socket.socket]:
    """Take the port before the long seeding; raises `Refusal("port-taken")`."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            raise Refusal("port-taken", port=port, other=port + 1) from None
        yield listener


def seed_once(settings: Settings) -> None:
    """Seed in a folder beside, and move it into place when it is whole.

    The file for programs goes first and marks the folder as ours, the bank goes last: a folder with
    both has all of the city, and an interrupted seeding or moving is begun anew. Raises
    `Refusal("demo-folder-taken")` where another bank or its keys live.
    """
    folder = settings.data_dir
    is_ours, has_bank = (folder / FILE).exists(), (folder / BANK).exists()
    if is_ours and has_bank:
        return
    if not is_ours and (has_bank or settings.ring_file.exists()):
        raise Refusal("demo-folder-taken", folder=str(folder))
    unfinished = folder / "unfinished-demo"
    shutil.rmtree(unfinished, ignore_errors=True)
    city = _seeded(settings.model_copy(update={"data_dir": unfinished}))
    _write(unfinished / FILE, city)
    for file in sorted(unfinished.iterdir(), key=_turn):
        file.replace(folder / file.name)
    unfinished.rmdir()


def _turn(file: Path) -> int:
    return {FILE: 0, BANK: 2}.get(file.name, 1)


def _seeded(settings: Settings) -> dict[str, Any]:
    tell("seeding the city: 21,943 real results, about ten seconds …")
    founding = init_bank(settings)
    administrator = {"role": "administrator", "login": ADMINISTRATOR, "password": founding.password}
    bank = open_bank(settings)
    try:
        city = seed_city(bank, EXAMPLES)
        return _for_programs(city, [administrator, city.citizen])
    finally:
        bank.close()


def _for_programs(city: City, people: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "origin": "",
        "people": people,
        "provider": {"institution": city.institution, "api_key": city.api_key},
        "outcomes": city.outcomes,
        "conversions": city.conversions,
        "credentials": city.credentials,
        "passes": city.passes,
    }


def _told(bank: Bank) -> dict[str, Any]:
    """Bring the file for programs, links and QR codes to this run's origin."""
    file = bank.settings.data_dir / FILE
    told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    told["origin"] = bank.settings.origin
    for issued in told["credentials"]:
        issued["url"] = bank.credential_link(issued["token"])
    for shown in told["passes"]:
        link = pass_link(bank, shown["token"])
        qr = file.with_name(f"pass-{shown['state']}.png")
        qr.write_bytes(png(qr_text(link)))
        shown.update(url=link, qr=str(qr.absolute()))
    _write(file, told)
    return told


def _write(file: Path, told: dict[str, Any]) -> None:
    """Write the file in one step, for its owner alone: it holds passwords and a key."""
    fresh = file.with_suffix(".fresh")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_text(json.dumps(told, ensure_ascii=False, indent=2), "utf-8")
    fresh.replace(file)


def _print_ways_in(told: dict[str, Any], file: Path) -> None:
    shared, ended = told["passes"]
    lines = (
        ("学分银行 Credit Bank", told["origin"]),
        *((f"登录 login, {one['role']}", _login(one)) for one in told["people"]),
        ("学分认定 recognised credit, API", f"{told['origin']}/api/v1/accounts/me/credits"),
        ("转换规则 conversion rules", f"{told['origin']}/api/v1/rules"),
        ("开放大学 provider, institution", told["provider"]["institution"]),
        ("开放大学 provider, API key", told["provider"]["api_key"]),
        ("学习码 learning pass, valid", shared["url"]),
        ("手工输入 its code for typing", typed_form(shared["token"])),
        ("二维码 its QR code", shared["qr"]),
        ("已停止 learning pass, ended", ended["url"]),
        *((f"凭证 credential, {one['state']}", one["url"]) for one in told["credentials"]),
        ("日志 checkpoint of the log", f"{told['origin']}/ledger/checkpoint"),
        ("全部 all of this as JSON", str(file.absolute())),
    )
    for name, value in lines:
        typer.echo(f"{name}: {value}")
    tell("serving; stop with Ctrl-C")


def _login(person: dict[str, str]) -> str:
    return f"{person['login']} {person['password']}"
