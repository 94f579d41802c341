"""The leaf and the row of a signed credential: hashes in the ledger, all that is hers sealed."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from certificates.token import token_hash
from creditbank.credentials.issuer import SignedCredential
from creditbank.credentials.tables import CredentialRow
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.statements import seal_statement
from creditbank.writer.command import Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, make_statement

STATEMENT_KIND = "credential"
Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A version of a credential as it was signed, its link's token, its place, and by which keys.

    `of` are the columns that say what it is of; `ref` the ledger index that its leaf refers to.
    """

    signed: SignedCredential
    version: int
    token: str
    at: tuple[int, int]
    kid: str
    jwt_kid: str
    of: Mapping[str, str | None]
    ref: int


def entry_of(
    new: NewVersion, key: AccountKey, moment: Moment, institution_id: str
) -> tuple[LeafDraft, Row]:
    """Give leaf and row; the credential lies under this key."""
    table, leaf_id = str(CredentialRow.__tablename__), new_id(moment.now, moment.entropy)
    row_id = leaf_id.hex()
    clear: dict[str, JSONValue] = {
        "outcome_id": new.of.get("outcome_id"),
        "application_id": new.of.get("application_id"),
        "version": new.version,
        "status_list": new.at[0],
        "status_index": new.at[1],
        "kid": new.kid,
        "jwt_kid": new.jwt_kid,
    }
    statement = make_statement(
        issuer=institution_id,
        log=moment.log,
        kind=STATEMENT_KIND,
        fields={**clear, **new.signed.hashes},
        entropy=moment.entropy,
    )

    def seal(column: str, text: bytes) -> bytes:
        return key.seal(place(table, row_id, column), text, moment.entropy)

    row: Row = {
        **clear,
        "id": row_id,
        "token_hash": token_hash(new.token),
        "account_id": key.account_id,
        "issued_at": int(moment.now.timestamp()),
        "entry_index": moment.next_index,
        "sealed_statement": seal_statement(key, table, row_id, statement, moment.entropy),
        "sealed_token": seal("sealed_token", new.token.encode()),
        "sealed_document": seal("sealed_document", sealed_content(new.signed)),
    }
    leaf = LeafDraft(
        t="credential",
        id=leaf_id,
        iss=institution_id,
        acct=key.account_tag(leaf_id),
        stmt=statement.digest,
        ref=new.ref,
    )
    return leaf, row


def sealed_content(signed: SignedCredential) -> bytes:
    """Give what is sealed of a credential: its document and its tokens, in one order."""
    return orjson.dumps(
        {
            "document": dict(signed.document),
            "jwt": signed.jwt,
            "secured_jwt": signed.secured_jwt,
        }
    )
