"""How commands answer: text or JSON on stdout, problems on stderr, one exit code a meaning."""

import json
import locale
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum

import typer

from api.problems import Problems, load_problems
from certificates.errors import CertificateError
from creditbank.bank import Bank, open_bank
from creditbank.errors import Fact, InvalidInput, Misconfigured, ReasonedRefusal, Refusal
from creditbank.settings import Settings
from ledger.errors import NoteRefused


class Exit(IntEnum):
    """Exit codes."""

    OK = 0
    NEGATIVE = 1
    USAGE = 2
    PARTIAL = 3


def print_result(result: Mapping[str, object], *, as_json: bool) -> None:
    """Print a command's result."""
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    for name, value in result.items():
        typer.echo(f"{name}: {value}")


def print_rows(name: str, rows: Iterable[Mapping[str, object]], *, as_json: bool) -> None:
    """Print what was found: one JSON object, or a line for each."""
    found = list(rows)
    if as_json:
        print_result({name: found}, as_json=True)
        return
    for row in found:
        typer.echo(" ".join(f"{key}={value}" for key, value in row.items() if value is not None))


def tell(text: str) -> None:
    """Say something on stderr that is no result."""
    typer.echo(text, err=True)


def language() -> str:
    """Give the terminal's language: 中文 where its locale says so, else English."""
    name, _ = locale.getlocale()
    return "zh" if (name or "").lower().startswith(("zh", "chinese")) else "en"


@contextmanager
def answering() -> Iterator[None]:
    """Turn refusals into words on stderr and an exit code."""
    try:
        yield
    except Refusal as refusal:
        tell(told(refusal, load_problems(), language()))
        raise typer.Exit(
            Exit.USAGE if isinstance(refusal, InvalidInput) else Exit.NEGATIVE
        ) from None
    except (Misconfigured, CertificateError, NoteRefused) as error:
        tell(str(error))
        raise typer.Exit(Exit.USAGE) from None


@contextmanager
def opened_bank() -> Iterator[Bank]:
    """Lend the bank that the environment names; closing it publishes what was written."""
    with answering():
        bank = open_bank(Settings())
        try:
            yield bank
        finally:
            bank.close()


def told(refusal: Refusal, problems: Problems, spoken: str) -> str:
    """Say a refusal in words, each wrong field on a line of its own."""
    document = problems.document(refusal, language=spoken, base="")
    lines = [f"{document['title']} ({refusal.code})", str(document["detail"])]
    if isinstance(refusal, ReasonedRefusal):
        told = [problems.field(problem, spoken) for problem in refusal.problems]
        places = [_place(problem.facts) for problem in refusal.problems]
        lines += [
            f"  {place}{one['field']}: {one['detail']}"
            for place, one in zip(places, told, strict=True)
        ]
    return "\n".join(lines)


def _place(facts: Mapping[str, Fact]) -> str:
    """Say in which file and line something is wrong, as compilers do, where that is known."""
    if "line" not in facts:
        return ""
    return f"{facts['file']}:{facts['line']}: " if "file" in facts else f"{facts['line']}: "
