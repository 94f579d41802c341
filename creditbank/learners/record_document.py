"""Record a document that staff saw or checked: it raises the identity level to 2.

A counter claim is the same with a password: it opens an unclaimed account for whoever showed the
document, and is the only way where no name was ever stated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import orjson
from sqlalchemy import Connection, Executable, update
from sqlmodel import SQLModel, col

from creditbank.access.logins import citizen_login
from creditbank.conversion.days import civil_day, read_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import AccountState, require_served
from creditbank.learners.ages import BIRTH_DATE
from creditbank.learners.checked_documents import DocumentCheck, IdentityLevel, document_place
from creditbank.learners.documents import Document, read_document
from creditbank.learners.known_names import KnownName, all_folded, name_row, names_of, own_names
from creditbank.learners.names import NameKind, agrees
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import AccountDocumentRow, AccountNameRow, AccountRow
from creditbank.writer.command import AnsweredById, Decision, Moment, Rows
from ledger.leaf import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDocument:
    """What staff state of a document: the name as printed, until when it is valid, how checked.

    `romanised` is the name in Latin letters where the document prints one. `name_changed` says on
    purpose that a name which no earlier one agrees with is hers from now on.
    """

    document: Document
    name: str
    checked: DocumentCheck
    valid_until: str | None = None
    romanised: str | None = None
    name_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The accounts, and every name that they are known by."""

    accounts: dict[str, StoredAccount]
    names: dict[str, tuple[KnownName, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDocument(AnsweredById):
    """Ask that a document be recorded, as `by` of an institution saw it.

    With a password it is a counter claim: the account is opened for her.
    """

    key: AccountKey
    seen: SeenDocument
    keeps_number: bool
    by: str
    institution: str
    password_hash: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts and their names."""
        keys = {command.key.account_id: command.key for command in commands}
        return State(accounts=find_accounts(connection, keys), names=names_of(connection, keys))

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Record it; the answer is its id. Raises a `Refusal`.

        Its codes: "not-found", "account-not-in-use", "document-name-differs", "account-claimed" for
        a second claim.
        """
        account = state.accounts.get(self.key.account_id)
        if account is None:
            raise Refusal("not-found")
        require_served(account.state)
        known = state.names.get(account.id, ())
        require_name(self.seen, all_folded(known))
        row_id = new_id(moment.now, moment.entropy).hex()
        changes: list[Executable] = [_change(account, identity_level=_LEVEL)]
        claim: Mapping[type[SQLModel], Rows] = {}
        if self.password_hash is not None:
            if not account.is_unclaimed:
                raise Refusal("account-claimed")
            changes.append(_change(account, state=AccountState.OPEN.value))
            claim = citizen_login(account.id, self.password_hash, moment)
            account = replace(account, state=AccountState.OPEN.value)
        return Decision(
            answer=row_id,
            state=replace(state, accounts={**state.accounts, account.id: account}),
            changes=changes,
            rows={
                AccountDocumentRow: [self._row(row_id, moment)],
                AccountNameRow: self._names(known, moment),
                **notice_rows(self._notice(moment)),
                **claim,
            },
        )

    def _row(self, row_id: str, moment: Moment) -> dict[str, object]:
        seen, document = self.seen, self.seen.document
        clear: dict[str, object] = {
            "id": row_id,
            "account_id": self.key.account_id,
            "recorded_by": self.by,
            "recorded_at": int(moment.now.timestamp()),
        }
        said: dict[str, object] = {
            "type": document.type.value,
            "country": document.country,
            "number": document.number if self.keeps_number else None,
            BIRTH_DATE: None if self.keeps_number else self._birth_date(),
            "name": seen.name,
            "valid_until": seen.valid_until,
            "checked": seen.checked.value,
            "institution": self.institution,
        }
        content = {name: fact for name, fact in said.items() if fact is not None} | clear
        sealed = self.key.seal(document_place(row_id), orjson.dumps(content), moment.entropy)
        return {**clear, "sealed_document": sealed}

    def _birth_date(self) -> str | None:
        born = self.seen.document.birth_date
        return None if born is None else born.isoformat()

    def _names(self, known: Sequence[KnownName], moment: Moment) -> list[dict[str, object]]:
        """Give the names that are new; an earlier one stays and becomes a former name by that.

        One that came with a merged account is new too: the document is hers, whatever is parted.
        """
        own = own_names(known)
        day = civil_day(moment.now).isoformat()
        stated = (
            KnownName(kind=NameKind.PRINTED, name=self.seen.name, from_day=day),
            *(
                [KnownName(kind=NameKind.ROMANISED, name=self.seen.romanised)]
                if self.seen.romanised
                else []
            ),
        )
        return [
            name_row(self.key, one, by=self.by, moment=moment)
            for one in stated
            if not agrees(one.name, own)
        ]

    def _notice(self, moment: Moment) -> dict[str, object]:
        facts = {"day": civil_day(moment.now).isoformat(), "institution": self.institution}
        return draft_notice(
            self.key, subject=NoticeSubject.DOCUMENT_RECORDED, facts=facts, moment=moment
        )


def read_seen(fields: Mapping[str, str | None], *, name_changed: bool) -> SeenDocument:
    """Read what staff state, by the names of a document's parts and of `SeenDocument`.

    Raises `InvalidInput` that names every wrong field.
    """
    given = {name: text for name, text in fields.items() if text}
    problems = [
        FieldProblem(field=name, code="field-missing")
        for name in ("type", "number", "name", "checked")
        if name not in given
    ]
    read = read_document(given.get("type", ""), given.get("country"), given.get("number", ""))
    if not isinstance(read, Document):
        missing = {one.field for one in problems}
        problems += [one for one in read if one.field not in missing]
    problems += _problems(given)
    if problems or not isinstance(read, Document):
        raise InvalidInput(problems)
    return SeenDocument(
        document=read,
        name=given["name"],
        checked=DocumentCheck(given["checked"]),
        valid_until=given.get("valid_until"),
        romanised=given.get("romanised"),
        name_changed=name_changed,
    )


def _problems(given: Mapping[str, str]) -> Iterator[FieldProblem]:
    if "checked" in given and given["checked"] not in tuple(DocumentCheck):
        facts = {"known": tuple(one.value for one in DocumentCheck)}
        yield FieldProblem(field="checked", code="check-unknown", facts=facts)
    try:
        read_day(given.get("valid_until", date.max.isoformat()))
    except ValueError:
        yield FieldProblem(field="valid_until", code="date-unreadable")


def require_name(seen: SeenDocument, known: frozenset[str]) -> None:
    """Raise `Refusal("document-name-differs")` unless the name agrees, is the first or changed."""
    if known and not seen.name_changed and not agrees(seen.name, known):
        raise Refusal("document-name-differs")


_LEVEL = int(IdentityLevel.DOCUMENT_CHECKED)


def _change(account: StoredAccount, **values: object) -> Executable:
    return update(AccountRow).where(col(AccountRow.id) == account.id).values(**values)
