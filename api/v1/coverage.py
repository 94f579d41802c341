"""How far the published rules reach: what no rule takes, what nobody used, what was refused."""

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection

from api.dependencies import AuditReader, CurrentBank
from api.response import Response
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.institutions.tree import load_tree
from creditbank.statistics.coverage import Coverage, coverage_on

router = APIRouter(prefix="/api/v1/coverage", tags=["rules"])


class UncoveredView(Response):
    """A course or certificate of which outcomes are held, and that no rule in force can take."""

    definition: str
    institution: str
    code: str
    title: str
    outcome_class: str
    outcomes: int = Field(description="How many active outcomes of it are held.")


class UnusedView(Response):
    """A rule in force by which nothing was ever converted."""

    rule: str
    rule_version: str
    institution: str
    entry: int = Field(description="Ledger index of its publication.")


class RefusedView(Response):
    """How often persons refused filings under a rule for one reason."""

    rule: str
    reason: str
    filings: int


class CoverageView(Response):
    """How far the rules reach today; counts that name nobody."""

    day: str
    definitions_held: int
    rules_in_force: int
    uncovered: list[UncoveredView]
    unused: list[UnusedView]
    refused: list[RefusedView]

    @classmethod
    def of(cls, found: Coverage, day: str) -> "CoverageView":
        """Show it."""
        return cls(
            day=day,
            definitions_held=found.held,
            rules_in_force=found.rules,
            uncovered=[
                UncoveredView(
                    definition=one.definition.id,
                    institution=one.definition.institution_id,
                    code=one.definition.code,
                    title=one.definition.title,
                    outcome_class=one.definition.outcome_class,
                    outcomes=one.outcomes,
                )
                for one in found.uncovered
            ],
            unused=[
                UnusedView(
                    rule=one.rule_id,
                    rule_version=one.version,
                    institution=one.institution_id,
                    entry=one.published_at,
                )
                for one in found.unused
            ],
            refused=[
                RefusedView(rule=one.rule_id, reason=one.reason, filings=one.filings)
                for one in found.refused
            ],
        )


@router.get("")
def read_coverage(actor: AuditReader, bank: CurrentBank) -> CoverageView:
    """Say what no rule takes, which rules nobody used, and why persons refused filings.

    For the bank's own staff of every institution, for others of their subtree.
    """
    return coverage_view(actor, bank)


def coverage_view(actor: Actor, bank: Bank) -> CoverageView:
    """Give the coverage of the institutions under the actor's, on the bank's day."""
    with bank.readers.reading() as connection:
        return coverage_in(connection, actor, bank)


def coverage_in(connection: Connection, actor: Actor, bank: Bank) -> CoverageView:
    """Give the same by a connection, beside which something else of the moment is read."""
    day = civil_day(bank.clock())
    is_bank = actor.institution == bank.installation.institution_id
    covered = None if is_bank else load_tree(connection, day).covered(actor.institution)
    return CoverageView.of(coverage_on(connection, day, covered), day.isoformat())
