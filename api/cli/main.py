"""The program `creditbank`: one sub-command a noun, each loaded when it is asked for."""

import gc
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

_SINGLE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "init": ("bank", "init"),
        "migrate": ("bank", "migrate"),
        "serve": ("serve", "serve"),
        "jobs": ("serve", "jobs"),
        "doctor": ("doctor", "doctor"),
        "move": ("move", "move"),
        "demo": ("demo", "demo"),
        "import": ("imports", "import_file"),
        "openapi": ("openapi", "openapi"),
        "verify": ("verify", "verify"),
    }
)
"""The module and function of each command that stands alone."""

_NOUNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "institutions": ("institutions", "app"),
        "staff": ("staff", "app"),
        "courses": ("courses", "app"),
        "definitions": ("definitions", "app"),
        "certifications": ("certifications", "app"),
        "offerings": ("offerings", "app"),
        "programmes": ("catalogue", "programmes"),
        "enrolments": ("catalogue", "enrolments"),
        "levels": ("catalogue", "levels"),
        "calendar": ("catalogue", "calendar"),
        "learning-systems": ("learning_systems", "app"),
        "accounts": ("accounts", "app"),
        "recoveries": ("recoveries", "app"),
        "documents": ("documents", "app"),
        "names": ("names", "app"),
        "contacts": ("contacts", "app"),
        "service-points": ("points", "app"),
        "delegations": ("delegations", "app"),
        "consents": ("consents", "app"),
        "notices": ("notices", "app"),
        "outcomes": ("outcomes", "app"),
        "held": ("held", "app"),
        "batches": ("batches", "app"),
        "measures": ("measures", "app"),
        "evidence": ("evidence", "app"),
        "matters": ("matters", "app"),
        "agreements": ("agreements", "app"),
        "rules": ("rules", "app"),
        "conversions": ("conversions", "app"),
        "filings": ("filings", "app"),
        "applications": ("applications", "app"),
        "conversion-reviews": ("conversion_reviews", "app"),
        "credentials": ("credentials", "app"),
        "passes": ("passes", "app"),
        "grants": ("grants", "app"),
        "venues": ("venues", "app"),
        "check-in-cards": ("check_in_cards", "app"),
        "trusted-issuers": ("trusted_issuers", "app"),
        "webhooks": ("webhooks", "app"),
        "keys": ("keys", "app"),
        "ledger": ("ledger", "app"),
    }
)
"""The module of each noun, and the name of its commands there."""


class _Loading(Mapping[str, Any]):
    """The commands by name; a module is imported when its command is looked at."""

    def __getitem__(self, name: str) -> Any:
        module, attribute = {**_SINGLE, **_NOUNS}[name]
        found = getattr(import_module(f"api.cli.{module}"), attribute)
        if name in _NOUNS:
            command: Any = get_group(found)
            command.name = name
            return command
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        return get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter((*_SINGLE, *_NOUNS))

    def __len__(self) -> int:
        return len(_SINGLE) + len(_NOUNS)


class _Commands(TyperGroup):
    """All commands; `creditbank rules test` loads neither database nor pages."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Loading()  # type: ignore[assignment]  # it is only read from


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def creditbank() -> None:
    """Keep a credit bank: accounts, outcomes, rules, conversions, passes and the log."""


_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""What is imported stays; to look through it every 700 new objects is a quarter of a start."""


def main() -> None:
    """Run the program."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    app()
