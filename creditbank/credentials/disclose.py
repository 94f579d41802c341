"""Disclose single fields of one outcome: against the ledger, or as a token for a wallet.

Leaf and receipt prove that the statement was entered, the statement that a field is in it, and one
disclosure what the field says; nothing else of the outcome can be seen.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection

from certificates.did import method_id
from certificates.sd_jwt import Disclosable, write_sd_jwt
from creditbank.credentials.issuer import CredentialIssuer
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.status import OutcomeStatus
from ledger.read import read_leaves_at
from ledger.statement import JSONValue, choose

TOKEN_LIFETIME = timedelta(days=30)
"""A token has no status of its own, so it ends before long; its holder makes another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """An outcome's leaf and statement, and the disclosures of the fields that were chosen."""

    outcome: StoredOutcome
    leaf: bytes
    statement: bytes
    disclosures: Sequence[str]
    fields: Mapping[str, JSONValue]


def disclose(
    connection: Connection, keys: Sequence[AccountKey], outcome_id: str, names: Collection[str]
) -> Disclosed:
    """Open an outcome of the accounts of these keys and choose fields of it.

    Raises `Refusal("not-found")` for another's, and `InvalidInput` for a field that it has not.
    """
    outcome = find_outcomes(connection, [outcome_id]).get(outcome_id)
    by_account = {key.account_id: key for key in keys}
    if outcome is None or outcome.account_id not in by_account:
        raise Refusal("not-found")
    key = by_account[outcome.account_id]
    statement = open_statement(key, "outcome", outcome.id, outcome.sealed_statement)
    stated = fields_of(statement)
    if unknown := sorted(set(names) - stated.keys()):
        facts = {"unknown": tuple(unknown), "known": tuple(sorted(stated))}
        raise InvalidInput([FieldProblem(field="field", code="field-not-stated", facts=facts)])
    return Disclosed(
        outcome=outcome,
        leaf=read_leaves_at(connection, [outcome.entry_index])[outcome.entry_index],
        statement=statement.body,
        disclosures=choose(statement.disclosures, names),
        fields={name: stated[name] for name in sorted(set(names))},
    )


def as_token(disclosed: Disclosed, issuer: CredentialIssuer, now: datetime) -> str:
    """Give what is disclosed as SD-JWT VC; raises `Refusal("outcome-not-active")`."""
    if disclosed.outcome.status != OutcomeStatus.ACTIVE:
        raise Refusal("outcome-not-active", status=disclosed.outcome.status)
    body = orjson.loads(disclosed.statement)
    disclosable = Disclosable(
        issuer=issuer.did,
        kind=f"{issuer.origin}/vct/{body['vct']}",
        issued_at=now,
        expires_at=now + TOKEN_LIFETIME,
        claims={"log": body["log"], "entry_index": disclosed.outcome.entry_index},
        digests=body["_sd"],
        disclosures=disclosed.disclosures,
    )
    method = method_id(issuer.did, issuer.jwt_key.verification_key)
    return write_sd_jwt(disclosable, issuer.jwt_key, method=method)
