"""Compile chosen credentials into one signed list 学习成果清单, before the writer has it.

To sign a long list takes the better part of a second; the writer, who serves everybody, only
records it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from certificates.clr import LearnerRecord, clr_document
from certificates.token import new_token
from creditbank.credentials.entry import NewVersion
from creditbank.credentials.issuer import CredentialIssuer
from creditbank.credentials.places import Places
from creditbank.credentials.queries import (
    StoredCredential,
    find_credentials,
    newest_list,
    versions_by_token,
)
from creditbank.credentials.show import open_signed
from creditbank.credentials.standing import reason_of
from creditbank.errors import Refusal
from creditbank.installation.former_names import former_names, require_not_moved
from creditbank.keystore.account_key import AccountKey

PARTS_MAX = 20
"""How many credentials a list has at most: each costs a verifier some 30 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Credentials of one person in her order, and the keys that open them, by account."""

    parts: Sequence[StoredCredential]
    keys: dict[str, AccountKey]


def choose_parts(
    connection: Connection, keys: Sequence[AccountKey], credential_ids: Sequence[str]
) -> Chosen:
    """Find credentials of one person's accounts, each once; all of them must stand.

    Raises `Refusal`: "credential-unknown", "credential-not-standing".
    """
    by_account = {key.account_id: key for key in keys}
    found = find_credentials(connection, credential_ids)
    parts = []
    for named in (found.get(name) for name in dict.fromkeys(credential_ids)):
        if named is None or named.is_transcript or named.account_id not in by_account:
            raise Refusal("credential-unknown")
        one = versions_by_token(connection, named.token_hash)[0]
        if (reason := reason_of(connection, one)) is not None:
            raise Refusal("credential-not-standing", credential=one.id, reason=reason.value)
        parts.append(one)
    return Chosen(parts=parts, keys=by_account)


def compile_transcript(
    connection: Connection,
    chosen: Chosen,
    issuer: CredentialIssuer,
    now: datetime,
    entropy: Callable[[int], bytes],
) -> NewVersion:
    """Sign a list of these credentials; its leaf refers to the newest of them.

    Raises `Refusal("issuer-moved")`.
    """
    formers = former_names(connection)
    require_not_moved(formers, issuer.formers)
    number, taken = newest_list(connection, formers)
    *at, _ = Places(number=number, taken=taken).draw(entropy)
    token = new_token(entropy)
    document_id = issuer.id_of(token)
    opened = [open_signed(one, chosen.keys[one.account_id]) for one in chosen.parts]
    record = LearnerRecord(
        id=document_id,
        issuer=issuer.party,
        valid_from=now,
        subject=UUID(bytes=entropy(16), version=4).urn,
        parts=[one.document for one in opened],
        status=issuer.status((at[0], at[1]), document_id),
    )
    return NewVersion(
        signed=issuer.sign(clr_document(record), now),
        version=1,
        token=token,
        at=(at[0], at[1]),
        kid=issuer.key.kid.hex(),
        jwt_kid=issuer.jwt_key.kid.hex(),
        of={},
        ref=max(one.entry_index for one in chosen.parts),
    )
