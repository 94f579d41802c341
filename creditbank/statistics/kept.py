"""What came of a simulation as it is kept beside a draft, and read again: counts, sums, reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from creditbank.conversion.amounts import Credits
from creditbank.conversion.simulation import Amounts, Effect, EffectSum, Tally
from creditbank.statistics.simulate import History, Question, Simulation
from ledger.statement import JSONValue


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResult:
    """What came of it, as it is read again: on which ledger and checkpoint, and its counts.

    The root of the checkpoint is in hexadecimal.
    """

    day: date
    size: int
    checkpoint_size: int | None
    checkpoint_root: str | None
    version_before: str | None
    conversions: History
    refusals: History
    holders: History

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `result_of` wrote."""
        checkpoint = kept["ledger"]["checkpoint"] or {}
        return cls(
            day=date.fromisoformat(kept["day"]),
            size=kept["ledger"]["size"],
            checkpoint_size=checkpoint.get("size"),
            checkpoint_root=checkpoint.get("root"),
            version_before=kept["version_before"],
            conversions=_read(kept["conversions"]),
            refusals=_read(kept["refused_filings"]),
            holders=_read(kept["holders"]),
        )


def result_of(asked: Question, found: Simulation) -> dict[str, JSONValue]:
    """Write down what came of a simulation, the ledger and the checkpoint that it stands on."""
    newest, earlier = found.checkpoint, found.earlier
    checkpoint: JSONValue = None
    if newest is not None:
        checkpoint = {"size": newest.size, "root": newest.root.hex()}
    return {
        "day": asked.today.isoformat(),
        "ledger": {"size": found.size, "checkpoint": checkpoint},
        "version_before": None if earlier is None else earlier.version,
        "conversions": _written(found.conversions),
        "refused_filings": _written(found.refusals),
        "holders": _written(found.holders),
    }


def _written(history: History) -> dict[str, JSONValue]:
    return {
        "known": history.known,
        "effects": [_effect(one) for one in history.tally.sums],
        "reasons": dict(history.tally.reasons),
    }


def _effect(one: EffectSum) -> JSONValue:
    after = one.after
    return {
        "effect": one.effect.value,
        "count": one.count,
        "before": _amounts(one.before),
        "after": None if after is None else _amounts(after),
    }


def _amounts(amounts: Amounts) -> dict[str, JSONValue]:
    return {"credits_milli": amounts.credits.milli, "points_milli": amounts.points.milli}


def _read(kept: Mapping[str, Any]) -> History:
    sums = [
        EffectSum(
            effect=Effect(one["effect"]),
            count=one["count"],
            before=_read_amounts(one["before"]),
            after=None if one["after"] is None else _read_amounts(one["after"]),
        )
        for one in kept["effects"]
    ]
    ordered = sorted(kept["reasons"].items(), key=lambda pair: (-pair[1], pair[0]))
    return History(tally=Tally(sums=tuple(sums), reasons=dict(ordered)), known=kept["known"])


def _read_amounts(kept: Mapping[str, int]) -> Amounts:
    return Amounts(
        credits=Credits(milli=kept["credits_milli"]), points=Credits(milli=kept["points_milli"])
    )
