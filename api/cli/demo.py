"""The demonstration: a bank on SQLite, a bilingual city in it, and the way in, printed."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from api.app import create_app
from api.cli.city import City, seed_city
from api.cli.output import answering, tell
from creditbank.bank import Bank, init_bank, open_bank
from creditbank.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
FILE = "demo.json"


def demo(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Seed a bilingual city with real results and serve it until Ctrl-C."""
    settings = Settings(origin=f"http://127.0.0.1:{port}")
    with answering():
        init_bank(settings)
        bank = open_bank(settings)
        try:
            _print_ways_in(bank, _seeded(bank))
            uvicorn.run(
                create_app(bank),
                host="127.0.0.1",
                port=port,
                log_level="warning",
                proxy_headers=False,
            )
        finally:
            bank.close()


def _print_ways_in(bank: Bank, told: dict[str, Any]) -> None:
    shared, ended = told["passes"]
    lines = (
        ("学分银行 Credit Bank", told["origin"]),
        ("开放大学 provider, institution", told["provider"]["institution"]),
        ("开放大学 provider, API key", told["provider"]["api_key"]),
        ("学习码 learning pass, valid", shared["url"]),
        ("二维码 its QR code", shared["qr"]),
        ("已停止 learning pass, ended", ended["url"]),
        ("日志 checkpoint of the log", f"{told['origin']}/ledger/checkpoint"),
        ("全部 all of this as JSON", str(bank.settings.data_dir / FILE)),
    )
    for name, value in lines:
        typer.echo(f"{name}: {value}")
    tell("serving; stop with Ctrl-C")


def _seeded(bank: Bank) -> dict[str, Any]:
    file = bank.settings.data_dir / FILE
    if file.exists():
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return told
    tell("seeding the city: 21,943 real results, about ten seconds …")
    told = _told(bank, seed_city(bank, EXAMPLES))
    file.write_text(json.dumps(told, ensure_ascii=False, indent=2), "utf-8")
    return told


def _told(bank: Bank, city: City) -> dict[str, Any]:
    return {
        "origin": bank.settings.origin,
        "people": [],
        "provider": {"institution": city.institution, "api_key": city.api_key},
        "outcomes": city.outcomes,
        "credentials": [],
        "passes": city.passes,
    }
