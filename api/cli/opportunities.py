"""What an enrolment lacks, and which outcome would complete what, at the counter."""

from collections.abc import Mapping
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import language, opened_bank, print_result
from api.cli.person import AccountNumber, numbered
from api.decision_view import line_text
from api.opportunity_view import least_view, line_view, wanted_view
from api.problems import load_problems
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.credits.proposals import opportunities_in, stand, stand_for_opportunities
from creditbank.planning.missing import CapRoom
from creditbank.planning.missing import audit as audited
from creditbank.planning.near_misses import NearMiss
from creditbank.planning.opportunities import MOST, Opportunity

Enrolment = Annotated[str, typer.Option("--enrolment", help="Id of the enrolment.")]
Most = Annotated[int, typer.Option(min=1, max=50, help="How many of each are named at most.")]


def missing(account: AccountNumber, enrolment: Enrolment, *, as_json: AsJson = False) -> None:
    """Say what an enrolment lacks, slot by slot, and what each cap leaves; nothing is written."""
    with opened_bank() as bank:
        key = numbered(bank, account)
        with bank.readers.reading() as connection:
            today, secrets = civil_day(bank.clock()), bank.keystore.secrets
            audit = audited(stand(connection, key, secrets, enrolment, today).question)
    total = {"covered": str(audit.covered), "missing": str(audit.missing)}
    slots = [
        {"slot": one.slot.code, "covered": str(one.covered), "missing": str(one.missing)}
        for one in audit.slots
    ]
    categories = [
        {"category": one.category.code, "covered": str(one.covered), "missing": str(one.missing)}
        for one in audit.categories
    ]
    caps = [_cap(one) for one in audit.caps]
    if as_json:
        whole = {**total, "categories": categories, "slots": slots, "caps": caps}
        print_result(whole, as_json=True)
        return
    print_result(total, as_json=False)
    lines: list[Mapping[str, str | None]] = [*categories, *slots, *caps]
    for one in lines:
        typer.echo("  " + "  ".join(value for value in one.values() if value is not None))


def _cap(room: CapRoom) -> dict[str, str | None]:
    amounts = {"limit": room.limit, "used": room.used, "left": room.left}
    whole = room.kind == "certificates"
    said = {
        name: None if one is None else str(one) if whole else str(Credits(milli=one))
        for name, one in amounts.items()
    }
    return {"cap": room.kind, "rule": room.rule, "category": room.category, "key": room.key, **said}


def opportunities(
    account: AccountNumber,
    enrolment: Enrolment,
    most: Most = MOST,
    *,
    as_json: AsJson = False,
) -> None:
    """Say which outcome that is not held yet would complete which slot; nothing is written."""
    with opened_bank() as bank:
        key = numbered(bank, account)
        with bank.readers.reading() as connection:
            today, secrets = civil_day(bank.clock()), bank.keystore.secrets
            standing = stand_for_opportunities(connection, key, secrets, enrolment, today)
            found = opportunities_in(standing, most)
    named = [_opportunity(one) for one in found.found]
    missed = [_near_miss(one) for one in found.near_misses]
    whole = {"proposed": str(found.proposal.application.credits), "is_whole": found.is_whole}
    if as_json:
        reviews = [{"rule": one.rule, "targets": one.targets} for one in found.reviews]
        more = {"opportunities": named, "near_misses": missed, "reviews": reviews}
        print_result({**whole, **more}, as_json=True)
        return
    print_result(whole, as_json=False)
    for number, one in enumerate(found.found, start=1):
        _print_opportunity(number, one)
    for miss in found.near_misses:
        said = line_text(miss.line, load_problems(), language())
        typer.echo(f"  ✗ {miss.outcome} {miss.document.rule.id}: {said}")


def _print_opportunity(number: int, one: Opportunity) -> None:
    targets = ", ".join(each.target for each in one.fills)
    typer.echo(f"  {number}. +{one.credits} {one.step.document.rule.id} → {targets}")
    for each in one.wanted:
        said = " ".join(f"{name}={value}" for name, value in least_view(each).items())
        typer.echo(f"     {each.part or ''} {said}")


def _opportunity(one: Opportunity) -> dict[str, object]:
    return {
        "credits": str(one.credits),
        "rule": one.step.document.rule.id,
        "new": [wanted_view(each) for each in one.wanted],
        "partners": one.partners,
        "fills": [{"target": each.target, "credits": str(each.credits)} for each in one.fills],
        "limits": [line_view(each, load_problems(), language()) for each in one.limits],
        "is_proved": one.is_proved,
    }


def _near_miss(one: NearMiss) -> dict[str, object]:
    return {
        "rule": one.document.rule.id,
        "outcome": one.outcome,
        "targets": one.targets,
        "needs_a_person": one.needs_a_person,
        "line": line_view(one.line, load_problems(), language()),
    }
