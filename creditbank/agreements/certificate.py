"""A row of a certificate table: a series, a level of it, and credit in a category."""

from dataclasses import dataclass

from creditbank.agreements.dates import Period
from creditbank.agreements.exam import total
from creditbank.agreements.mapping import TableMapping
from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.terms import AskedPart, Condition, GivenTarget, Terms
from creditbank.conversion.amounts import AmountError, Credits


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate, its level, and what it gives, as printed."""

    certificate: str
    level: str
    credits: str
    category: str
    condition: str = ""
    destination: str = ""

    def printed(self, terms: Terms, mapping: TableMapping) -> dict[str, str]:
        """Print the cells again from the terms."""
        (part,), (target,), (level,) = terms.parts, terms.targets, terms.conditions
        levels = mapping.frameworks[str(level.meeting["level_framework"])]
        return {
            "certificate": part.name,
            "level": levels[int(str(level.meeting["level"])) - 1],
            "credits": str(total(terms)),
            "category": target.title,
            "condition": "",
        }


def certificate_terms(row: CertificateRow, period: Period, mapping: TableMapping) -> Terms:
    """Give the terms of a row; raises `Unread`, for any condition in words too."""
    if row.condition:
        raise Unread(Why.CONDITION, row.condition)
    if not (row.certificate and row.category):
        raise Unread(Why.CELL, row.certificate or row.category)
    try:
        Credits.parse(row.credits)
    except AmountError:
        raise Unread(Why.CREDITS, row.credits) from None
    before = f"{row.destination} " if row.destination else ""
    return Terms(
        key=(row.certificate, row.level, row.destination, row.category, period.starts.isoformat()),
        notation=f"{row.certificate} {row.level} = {row.category} ({row.credits})",
        parts=(
            AskedPart(
                name=row.certificate,
                what=frozenset({("", row.certificate)}),
                sources={"certificate_series": (row.certificate,)},
                meeting=({"certificate_series": row.certificate, "course": row.certificate},),
            ),
        ),
        targets=(
            GivenTarget(
                name=f"{before}{row.category}",
                title=row.category,
                credits=row.credits,
                is_unassigned=True,
            ),
        ),
        period=period,
        conditions=(_level(row.level, mapping),),
    )


def _level(printed: str, mapping: TableMapping) -> Condition:
    """Ask for at least this level of the one framework that has it."""
    found = [
        (name, levels.index(printed) + 1)
        for name, levels in mapping.frameworks.items()
        if printed in levels
    ]
    if len(found) != 1:
        raise Unread(Why.LEVEL, printed)
    framework, ordinal = found[0]
    return Condition(
        predicate={"levels": [{"framework": framework, "at_least": str(ordinal)}]},
        meeting={"level_framework": framework, "level": str(ordinal)},
        failing={"level": str(ordinal - 1)},
        code="level-too-low",
    )
