"""What a version of a rule would have given, and gives today: counts, exact sums and reasons."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.code_words import code_word
from api.dependencies import CurrentBank, Language, RuleMaker
from api.response import Response
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.conversion.simulation import Effect, EffectSum
from creditbank.errors import Refusal
from creditbank.institutions.tree import load_tree
from creditbank.rules.keep_simulation import KeepSimulation
from creditbank.rules.queries import StoredRule, versions_of
from creditbank.rules.simulations import KeptSimulation, kept_simulation
from creditbank.statistics.kept import KeptResult, result_of
from creditbank.statistics.simulate import (
    ACCOUNTS_AT_A_LOOK,
    CONVERSIONS_AT_A_LOOK,
    REFUSALS_AT_A_LOOK,
    History,
    Progress,
    Question,
    Simulation,
    simulate,
)

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

CONVERSIONS_MAX, REFUSALS_MAX, ACCOUNTS_MAX = 10_000, 1_000, 2_000

Conversions = Annotated[
    int,
    Query(ge=1, le=CONVERSIONS_MAX, description="How many of the newest conversions to compute."),
]
Refusals = Annotated[
    int,
    Query(ge=1, le=REFUSALS_MAX, description="How many of the newest refused filings to compute."),
]
Accounts = Annotated[
    int,
    Query(ge=1, le=ACCOUNTS_MAX, description="How many accounts to compute, the newest first."),
]


class EffectView(Response):
    """Decisions of which one thing became; amounts are sums of them all, as decimal strings.

    Of `holders` each is an account with all that it holds.
    """

    effect: str = Field(
        description=(
            f"One of: {', '.join(Effect)}. A refused filing gave nothing before; `otherwise` is as"
            " much credit, for another course, category, grade or in another unit; `newly` of an"
            " account is what the version before gives nothing for."
        )
    )
    decisions: int
    credits_before: str
    credits_after: str | None = Field(description="None where it cannot be decided again.")
    points_before: str
    points_after: str | None

    @classmethod
    def of(cls, one: EffectSum) -> "EffectView":
        """Show it."""
        after = one.after
        return cls(
            effect=one.effect.value,
            decisions=one.count,
            credits_before=str(one.before.credits),
            credits_after=None if after is None else str(after.credits),
            points_before=str(one.before.points),
            points_after=None if after is None else str(after.points),
        )


class ReasonView(Response):
    """A test that fails by this version, and how many decisions it is behind."""

    code: str
    decisions: int
    text: str


class HistoryView(Response):
    """Decisions, or accounts, of one kind; the counts of all effects are `computed`."""

    known: int = Field(description="How many there are.")
    computed: int = Field(description="How many of them, the newest, were computed again.")
    effects: list[EffectView]
    reasons: list[ReasonView] = Field(
        description=(
            "The tests behind less, no or still no credit, and behind what waits for a person; of"
            " conversions those that did not fail when they were decided, of accounts those that do"
            " not fail by the version before."
        )
    )

    @classmethod
    def of(cls, found: History, language: str) -> "HistoryView":
        """Show it."""
        return cls(
            known=found.known,
            computed=found.tally.count,
            effects=[EffectView.of(one) for one in found.tally.sums],
            reasons=[
                ReasonView(code=code, decisions=count, text=code_word("reason", code, language))
                for code, count in found.tally.reasons.items()
            ],
        )


class LedgerView(Response):
    """The ledger from which it was computed, and its newest checkpoint."""

    size: int
    checkpoint_size: int | None
    checkpoint_root: str | None

    @classmethod
    def of(cls, found: Simulation) -> "LedgerView":
        """Show it."""
        newest = found.checkpoint
        return cls(
            size=found.size,
            checkpoint_size=None if newest is None else newest.size,
            checkpoint_root=None if newest is None else newest.root.hex(),
        )


class KeptView(Response):
    """A simulation of just these bytes that was kept; a draft is approved after one."""

    by: str = Field(description="The login of who had it simulated, or the author in the file.")
    at: str
    ledger_size: int
    checkpoint_size: int | None
    checkpoint_root: str | None
    digest: str = Field(
        description="SHA-256 of what was kept: the `stmt` of the leaf that publishes the version."
    )

    @classmethod
    def of(cls, kept: KeptSimulation) -> "KeptView":
        """Show it."""
        result = KeptResult.read(kept.result)
        return cls(
            by=kept.by,
            at=kept.at.isoformat(),
            ledger_size=result.size,
            checkpoint_size=result.checkpoint_size,
            checkpoint_root=result.checkpoint_root,
            digest=kept.digest.hex(),
        )


class SimulationView(Response):
    """What a version would have given, and gives today; nobody is named.

    `holders` are the accounts that hold what it, or the version before it, can take: each asks for
    all of it, and what the version before gives for the same stands beside it. `kept` is the newest
    simulation of just these bytes that was kept.
    """

    rule: str
    rule_version: str
    rule_sha256: str
    version_before: str | None
    decided_by: str = Field(
        description="`automatic`, or `chain`: persons decide on each filing, and give no more."
    )
    day: str
    ledger: LedgerView
    conversions: HistoryView
    refused_filings: HistoryView
    holders: HistoryView
    kept: KeptView | None

    @classmethod
    def of(
        cls, asked: Question, found: Simulation, kept: KeptSimulation | None, language: str
    ) -> "SimulationView":
        """Show it."""
        return cls(
            rule=asked.version.id,
            rule_version=asked.version.version,
            rule_sha256=asked.version.sha256,
            version_before=None if found.earlier is None else found.earlier.version,
            decided_by=asked.version.document.rule.decided_by,
            day=asked.today.isoformat(),
            ledger=LedgerView.of(found),
            conversions=HistoryView.of(found.conversions, language),
            refused_filings=HistoryView.of(found.refusals, language),
            holders=HistoryView.of(found.holders, language),
            kept=None if kept is None else KeptView.of(kept),
        )


@router.get("/{rule_id}/{version}/simulation")
def simulate_rule(
    rule_id: str,
    version: str,
    actor: RuleMaker,
    bank: CurrentBank,
    language: Language,
    conversions: Conversions = CONVERSIONS_AT_A_LOOK,
    refused_filings: Refusals = REFUSALS_AT_A_LOOK,
    holders: Accounts = ACCOUNTS_AT_A_LOOK,
) -> SimulationView:
    """Decide by a version, drafted or published, what earlier ones decided and what is held today.

    For who drafts or approves rules of its institution. Conversions are computed from their
    recorded inputs, refused filings and accounts from what is known today; nothing is written.
    """
    asked = replace(
        question(actor, bank, rule_id, version),
        conversions=conversions,
        refusals=refused_filings,
        accounts=holders,
    )
    return simulation_view(asked, simulated(asked, bank), bank, language)


@router.post("/{rule_id}/{version}/simulation", status_code=201)
async def keep_simulation(
    rule_id: str,
    version: str,
    actor: RuleMaker,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> KeptView:
    """Simulate a draft and keep what came of it, for the person who approves just these bytes.

    A draft that is changed afterwards is simulated again: of other bytes nothing was kept.
    """
    person = actor.person
    asked = await run_in_threadpool(question, actor, bank, rule_id, version)
    found = await run_in_threadpool(simulated, asked, bank)
    command = kept_command(asked, found, person)
    await attempt.act(command, actor=actor, bank=bank, response=response)
    kept = await run_in_threadpool(kept_of, asked.version, bank)
    if kept is None:
        raise Refusal("rule-unknown", rule=rule_id)
    return KeptView.of(kept)


def simulated(
    asked: Question, bank: Bank, progress: Progress = lambda _done, _of: None
) -> Simulation:
    """Simulate it on one moment of the bank; `progress` is told how far it is."""
    with bank.readers.snapshot() as connection:
        return simulate(connection, bank.keystore, asked, progress)


def kept_command(asked: Question, found: Simulation, by: str) -> KeepSimulation:
    """Make the command that keeps what came of a simulation."""
    return KeepSimulation(version=asked.version, result=result_of(asked, found), by=by)


def kept_of(version: StoredRule, bank: Bank) -> KeptSimulation | None:
    """Give the newest simulation of a version as it is stored now."""
    with bank.readers.reading() as connection:
        return kept_simulation(connection, version)


def question(actor: Actor, bank: Bank, rule_id: str, version: str) -> Question:
    """Ask about a version of a rule of the actor's institutions; raises `Refusal("not-found")`."""
    today = civil_day(bank.clock())
    with bank.readers.reading() as connection:
        found = versions_of(connection, [rule_id]).get(rule_id, ())
        tree = load_tree(connection, today)
    for one in found:
        if one.version == version and tree.covers(actor.institution, one.institution_id):
            return Question(version=one, today=today)
    raise Refusal("not-found")


def simulation_view(
    asked: Question, found: Simulation, bank: Bank, language: str
) -> SimulationView:
    """Show what came of it, and what was kept."""
    return SimulationView.of(asked, found, kept_of(asked.version, bank), language)
