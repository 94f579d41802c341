"""Experts certify definitions 认证 at the terminal: each signs in, for a vote is a person's."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.forms import text_of, typed
from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from api.cli.person import StaffLogin, signed_in
from api.v1.certifications import (
    CertificationDecisionRequest,
    CertificationWithdrawalRequest,
    decision_command,
    withdrawal_command,
)
from api.v1.definitions import certification_view
from creditbank.access.actor import Scope
from creditbank.catalogue.certification import Vote
from creditbank.catalogue.decide_certification import CastVote

app = typer.Typer(no_args_is_help=True, help="Certification of definitions.")

CertificationId = Annotated[
    str, typer.Argument(metavar="CERTIFICATION", help="Id of the submission.")
]


@app.command("vote")
def cast_vote(
    certification: CertificationId,
    vote: Annotated[Vote, typer.Argument(help="recused 回避 counts as none.")],
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """Vote on a definition that was submitted to one's own institution; once a person."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.CATALOGUE_CERTIFY)
        command = CastVote(
            institution_id=actor.institution,
            certification_id=certification,
            by=actor.person,
            vote=vote,
        )
        counted = bank.writer.write(command).answer
    print_result({"certification": certification, "vote": counted.vote}, as_json=as_json)


@app.command()
def decide(
    certification: CertificationId,
    login: StaffLogin,
    minutes: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="File with the minutes 会议纪要.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Count the votes: the definition is certified, publicly on the ledger, or a draft again."""
    with opened_bank() as bank:
        body = typed(CertificationDecisionRequest, minutes=text_of(minutes))
        actor = signed_in(bank, login, Scope.CATALOGUE_CERTIFY)
        decided = bank.writer.write(decision_command(certification, body, actor)).answer
    print_result(certification_view(decided).model_dump(mode="json"), as_json=as_json)


@app.command()
def withdraw(
    certification: CertificationId,
    login: StaffLogin,
    since: Annotated[str, typer.Option(help="The first day without it, YYYY-MM-DD.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a certification from a day on; results awarded before keep it."""
    with opened_bank() as bank:
        body = typed(CertificationWithdrawalRequest, from_day=since, reason=reason)
        actor = signed_in(bank, login, Scope.CATALOGUE_CERTIFY)
        withdrawn = bank.writer.write(withdrawal_command(certification, body, actor)).answer
    print_result(certification_view(withdrawn).model_dump(mode="json"), as_json=as_json)
