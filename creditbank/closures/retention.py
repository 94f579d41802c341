"""What the law or a contract says must be kept for a time; until then it can only be limited.

Rules are data: a YAML file that the bank is told of, a list of `class` (one of the four classes of
outcomes), `days` since the outcome was recorded, and `because`, the reason in both languages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy import Connection

from creditbank.catalogue.definition import OutcomeClass
from creditbank.conversion.days import civil_day
from creditbank.errors import Misconfigured
from creditbank.outcomes.queries import outcomes_of_account
from creditbank.plain_yaml import load_plain_yaml
from ledger.grammar import facts_of
from ledger.read import read_leaves_at


class Because(BaseModel):
    """Why something is kept, as a learner reads it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str


class Retention(BaseModel):
    """One rule: outcomes of a class are kept so many days from the day they were recorded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome_class: OutcomeClass = Field(alias="class")
    days: int = Field(ge=1, le=36_500)
    because: Because


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A rule that holds an account, and the first day on which it does not any more."""

    because: Because
    until: date


_RULES = TypeAdapter(tuple[Retention, ...])


def read_retention(file: Path | None) -> tuple[Retention, ...]:
    """Read the rules, none without a file; raises `Misconfigured` for one that is no such list."""
    if file is None:
        return ()
    try:
        return _RULES.validate_python(load_plain_yaml(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        message = f"the retention rules in {file.name} cannot be read: {error}"
        raise Misconfigured(message) from None


def held_until(connection: Connection, account_id: str, rules: Sequence[Retention]) -> list[Held]:
    """Give the rules that hold an account, each with the day on which its last outcome is free."""
    if not rules:
        return []
    outcomes = outcomes_of_account(connection, account_id)
    last = {one.outcome_class: one.entry_index for one in outcomes}  # They come in ledger order.
    leaves = read_leaves_at(connection, list(last.values()))
    recorded = {name: _day_of(leaves[index]) for name, index in last.items()}
    return [
        Held(because=rule.because, until=recorded[rule.outcome_class] + timedelta(days=rule.days))
        for rule in rules
        if rule.outcome_class in recorded
    ]


def _day_of(leaf: bytes) -> date:
    facts = facts_of(leaf)
    assert facts is not None  # noqa: S101 - the log holds leaves alone
    return civil_day(datetime.fromtimestamp(int(facts.at), UTC))
