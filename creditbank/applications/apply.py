"""Record what fits of one conversion's credit as one application, and tell the school of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import SQLModel

from creditbank.applications.status import ApplicationStatus
from creditbank.applications.tables import ApplicationPartRow, ApplicationRow
from creditbank.catalogue.enrolled_plans import EnrolledPlan
from creditbank.conversion.application import (
    ENGINE,
    INPUTS,
    RESULTS,
    ApplicationInputs,
    apply_inputs,
)
from creditbank.conversion.apply import Application
from creditbank.conversion.plan import CountedCredit
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.writer.command import Moment, Rows
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, Statement, make_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ToApply:
    """A conversion whose credit is applied: its id, its leaf's index, its rule and who asked."""

    conversion_id: str
    conversion_index: int
    rule_sha256: str
    enrolled: EnrolledPlan
    inputs: ApplicationInputs
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was applied and what it writes: nothing at all where nothing fits."""

    application_id: str | None = None
    credit: tuple[CountedCredit, ...] = ()
    rows: dict[type[SQLModel], Rows] = field(default_factory=dict)
    leaves: Sequence[LeafDraft] = ()


NOTHING_APPLIED = Applied()


def apply_conversion(key: AccountKey, asked: ToApply, moment: Moment) -> Applied:
    """Apply what fits; the moment is that of the application's own leaf."""
    result = apply_inputs(asked.inputs)
    if not result.applied:
        return NOTHING_APPLIED
    leaf_id = new_id(moment.now, moment.entropy)
    statement = _statement(key, asked, result, moment)
    told = NewMessage(
        institution_id=asked.enrolled.institution_id,
        kind=MessageKind.CREDIT_TO_ENTER,
        subject_id=leaf_id.hex(),
    )
    return Applied(
        application_id=leaf_id.hex(),
        credit=result.applied,
        rows={
            ApplicationRow: [
                {
                    **_row(key, asked, leaf_id.hex(), statement, moment),
                    "credits": result.credits.milli,
                }
            ],
            ApplicationPartRow: [_part(leaf_id.hex(), one) for one in result.applied],
            **message_rows([told], moment),
        },
        leaves=[
            LeafDraft(
                t="apply",
                id=leaf_id,
                iss=asked.enrolled.institution_id,
                acct=key.account_tag(leaf_id),
                stmt=statement.digest,
                rule=bytes.fromhex(asked.rule_sha256),
                ref=asked.conversion_index,
            )
        ],
    )


def _statement(key: AccountKey, asked: ToApply, result: Application, moment: Moment) -> Statement:
    fields: dict[str, JSONValue] = {
        "account_number": key.number,
        "conversion": asked.conversion_id,
        "credits": str(result.credits),
        "engine": ENGINE,
        "enrolment": asked.enrolled.id,
        "inputs": INPUTS.dump_python(asked.inputs, mode="json", exclude_none=True),
        "result": RESULTS.dump_python(result, mode="json", exclude_none=True),
    }
    return make_statement(
        issuer=asked.enrolled.institution_id,
        log=moment.log,
        kind="apply",
        fields=fields,
        entropy=moment.entropy,
    )


def _row(
    key: AccountKey,
    asked: ToApply,
    application_id: str,
    statement: Statement,
    moment: Moment,
) -> dict[str, object]:
    return {
        "id": application_id,
        "account_id": key.account_id,
        "institution_id": asked.enrolled.institution_id,
        "enrolment_id": asked.enrolled.id,
        "conversion_id": asked.conversion_id,
        "engine": ENGINE,
        "status": ApplicationStatus.TO_ENTER.value,
        "decided_with": asked.by,
        "entry_index": moment.next_index,
        "sealed_statement": seal_statement(
            key, "application", application_id, statement, moment.entropy
        ),
    }


def _part(application_id: str, credit: CountedCredit) -> dict[str, object]:
    return {
        "application_id": application_id,
        "target": credit.target,
        "category": credit.category,
        "credits": credit.credits.milli,
    }
