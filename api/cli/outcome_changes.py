"""What the operator does with one result for an institution: posts, corrects, takes back."""

from typing import Annotated

import typer

from api.cli.forms import FormFile, filed, typed
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from api.cli.person import operator
from api.v1.holdings import HoldingRequest, ask_holding
from api.v1.outcome_changes import (
    CorrectionRequest,
    RevocationRequest,
    correction_command,
    revocation_command,
)
from api.v1.outcome_events import ExtensionRequest, SuspensionRequest, event_command
from api.v1.outcome_forms import OutcomeRequest
from api.v1.outcomes import posting_command
from creditbank.credits.examine import examine_opened
from creditbank.outcomes.events import EventKind
from creditbank.outcomes.hold import Held

OutcomeId = Annotated[str, typer.Argument(metavar="OUTCOME", help="Id of the outcome.")]
Reason = Annotated[str, typer.Option(help="Why; sealed, shown to the learner.")]


def post(file: FormFile, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Record one result; where it is not sure whose it is, it is held."""
    with opened_bank() as bank:
        command = posting_command(filed(OutcomeRequest, file), operator(institution), bank)
        recorded = bank.writer.write(command).answer
    if isinstance(recorded, Held):
        result = {"held": recorded.held_id, "reason": recorded.reason, "due_on": recorded.due_on}
        print_result(result, as_json=as_json)
        return
    entry = {"id": recorded.outcome_id, "entry_index": recorded.entry_index}
    print_result({**entry, "duplicate": recorded.is_duplicate}, as_json=as_json)


def correct(
    outcome: OutcomeId, file: FormFile, institution: InstitutionId, *, as_json: AsJson = False
) -> None:
    """Supersede an outcome by the whole result as it should have been, with the reason."""
    with opened_bank() as bank:
        body = filed(CorrectionRequest, file)
        command = correction_command(outcome, body, operator(institution), bank)
        taken = bank.writer.write(command).answer
        examine_opened(bank)
    corrected = {"id": taken.change.outcome_id, "entry_index": taken.change.entry_index}
    result = {**corrected, "supersedes": outcome, "under_review": list(taken.under_review)}
    print_result(result, as_json=as_json)


def revoke(
    outcome: OutcomeId,
    institution: InstitutionId,
    status: Annotated[str, typer.Option(help="void: a clerk's error; revoked: misconduct.")],
    reason: Reason,
    *,
    as_json: AsJson = False,
) -> None:
    """Take an outcome back, and all credit recognised from it; both stay provable."""
    with opened_bank() as bank:
        body = typed(RevocationRequest, status=status, reason=reason)
        command = revocation_command(outcome, body, operator(institution), bank)
        taken = bank.writer.write(command).answer
    result = {"id": outcome, "status": taken.change.status, "reversed": list(taken.reversed)}
    print_result(result, as_json=as_json)


def suspend(
    outcome: OutcomeId, institution: InstitutionId, reason: Reason, *, as_json: AsJson = False
) -> None:
    """Put an outcome under review: nothing new is made of it; its credit is frozen meanwhile."""
    _befall(outcome, EventKind.SUSPENDED, institution, reason, as_json=as_json)


def lift(
    outcome: OutcomeId, institution: InstitutionId, reason: Reason, *, as_json: AsJson = False
) -> None:
    """End the review: the outcome stands again, and its credit counts as before."""
    _befall(outcome, EventKind.LIFTED, institution, reason, as_json=as_json)


def extend(
    outcome: OutcomeId,
    institution: InstitutionId,
    until: Annotated[str, typer.Option(help="The new last day, YYYY-MM-DD.")],
    reason: Reason,
    *,
    as_json: AsJson = False,
) -> None:
    """Extend a certificate's validity 年审."""
    _befall(outcome, EventKind.EXTENDED, institution, reason, until, as_json=as_json)


def holding(
    institution: InstitutionId,
    learner: Annotated[str, typer.Option(help="The provider's own learner number.")],
    definition: Annotated[str, typer.Option(help="Code of the course, or id of the definition.")],
    on: Annotated[str, typer.Option(help="The day, YYYY-MM-DD.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say whether a learner held something that the institution posted, on a day."""
    with opened_bank() as bank:
        body = typed(HoldingRequest, learner=learner, definition=definition, on=on)
        answer = ask_holding(body, operator(institution), bank)
    print_result(answer.model_dump(mode="json"), as_json=as_json)


def _befall(
    outcome: str,
    kind: EventKind,
    institution: str,
    reason: str,
    until: str | None = None,
    *,
    as_json: bool,
) -> None:
    with opened_bank() as bank:
        if until is None:
            typed(SuspensionRequest, reason=reason)
        else:
            typed(ExtensionRequest, reason=reason, valid_until=until)
        command = event_command(outcome, kind, reason, until, operator(institution), bank)
        stands = bank.writer.write(command).answer
    result = {"id": outcome, "status": stands.status, "entry_index": stands.entry_index}
    print_result(result, as_json=as_json)
