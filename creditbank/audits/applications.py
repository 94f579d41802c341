"""Applications 计入 and what schools answered, against leaves, statements and what stood before.

Each is computed again from the inputs under seal, and these are compared with the plan, the rule
and the applications before it. Both tables are made by leaves of one type, so one check has both.
"""

from collections.abc import Iterator, Mapping

from creditbank.access.actor import COMMAND_LINE
from creditbank.access.logins import accounts_of_logins
from creditbank.applications.queries import (
    StoredApplication,
    StoredEntry,
    application_leaves,
    find_applications,
    find_entries,
    stray_parts,
)
from creditbank.applications.status import ApplicationStatus
from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.posted_with import check_posted_with
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import SealedStatement, check_statement
from creditbank.closures.queries import merges_of
from creditbank.credits.queries import StoredConversion, find_conversions, find_reversals
from creditbank.credits.replay_applications import ReplayedApplication, replayed_applications
from creditbank.keystore.account_key import AccountKey

ANSWERS = "application_entry"


class ApplicationCheck(SealedRowCheck):
    """Checks every application and every answer."""

    table = "application"
    kinds = ("apply",)

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index, and table with application, of the applications and answers."""
        for index, table, row_id in application_leaves(self._connection, self._account_id):
            yield index, f"{table} {row_id}"

    def check(self, pairs: Pairs) -> None:
        """Compare each with its leaf and statement, and applications with what stood before."""
        split: dict[str, dict[str, Entry]] = {self.table: {}, ANSWERS: {}}
        for name, entry in pairs.items():
            table, _, row_id = name.partition(" ")
            split[table][row_id] = entry
        self._check_applications(split[self.table])
        self._check_answers(split[ANSWERS])

    def finish(self, size: int) -> None:
        """Name parts that belong to no application, behind the log of `size` leaves."""
        for application_id in stray_parts(self._connection):
            problem = f"there is no application {application_id}"
            self._findings.add_unexplained("application_part", -1, problem, position=size)

    def _check_applications(self, pairs: Mapping[str, Entry]) -> None:
        stored = find_applications(self._connection, pairs.keys())
        keys = self._open_keys({pairs[one.id].index: one.account_id for one in stored.values()})
        conversions = find_conversions(
            self._connection, {one.conversion_id for one in stored.values()}
        )
        statuses = self._statuses(stored)
        for one in replayed_applications(self._connection, list(stored.values()), keys.values()):
            entry, key = pairs[one.stored.id], keys.get(one.stored.account_id)
            self._add(entry, _wrong_in_clear(entry, one, statuses[one.stored.id]))
            if key is None:
                continue
            sealed = SealedStatement(
                table=self.table,
                row_id=one.stored.id,
                kind="apply",
                issuer=entry.issuer,
                sealed=one.stored.sealed_statement,
            )
            stated = check_statement(entry, sealed, key, self._findings)
            if stated is None:
                continue
            if stated.get("account_number") != key.number:
                self._add(entry, ["its statement says another account_number"])
            self._add(entry, one.problems(key))
        read = [one for one in stored.values() if one.account_id in keys]
        self._check_deciders(read, conversions)

    def _statuses(self, stored: Mapping[str, StoredApplication]) -> dict[str, str]:
        """Give the status of each by its answer and its conversion's reversal."""
        answers = find_entries(self._connection, stored)
        reversals = find_reversals(self._connection, {one.conversion_id for one in stored.values()})
        found: dict[str, str] = {}
        for one in stored.values():
            answer = answers.get(one.id)
            status = ApplicationStatus.TO_ENTER if answer is None else answer.verdict
            if one.conversion_id in reversals and status != ApplicationStatus.DECLINED:
                status = ApplicationStatus.REVERSED
            found[one.id] = status
        return found

    def _check_deciders(
        self, stored: list[StoredApplication], conversions: Mapping[str, StoredConversion]
    ) -> None:
        """Name the rows that neither their owner nor who converted can have asked for."""
        accounts = accounts_of_logins(
            self._connection, {one.decided_with for one in stored} - {COMMAND_LINE}
        )
        survivors: dict[str, set[str]] = {}
        for merge in merges_of(self._connection, {one.account_id for one in stored}):
            survivors.setdefault(merge.account_id, set()).add(merge.survivor_id or "")
        for one in stored:
            conversion = conversions.get(one.conversion_id)
            known = (
                {COMMAND_LINE} if conversion is None else {COMMAND_LINE, conversion.decided_with}
            )
            owners = {one.account_id, *survivors.get(one.account_id, ())}
            is_owner = accounts.get(one.decided_with) in owners
            if one.decided_with not in known and not is_owner:
                problem = f"decided_with {one.decided_with} is no login of its account"
                self._findings.add(self.table, one.entry_index, problem)

    def _check_answers(self, pairs: Mapping[str, Entry]) -> None:
        stored = find_entries(self._connection, pairs.keys())
        applications = find_applications(self._connection, pairs.keys())
        keys = self._keys.open(
            {pairs[one.id].index: one.account_id for one in applications.values()}
        )
        for application_id, entry in pairs.items():
            answer, application = stored[application_id], applications.get(application_id)
            if application is None:
                self._findings.add(ANSWERS, entry.index, "application_id is no application")
                continue
            problems = [*_wrong_answer(entry, answer, application)]
            key = keys.get(application.account_id)
            if key is not None:
                problems += self._wrong_in_statement(entry, answer, key)
            for problem in problems:
                self._findings.add(ANSWERS, entry.index, problem)
        posted = [
            (pairs[one.id].index, one.institution_id, stored[one.id].decided_with)
            for one in applications.values()
        ]
        check_posted_with(self._connection, self._findings, ANSWERS, posted)

    def _wrong_in_statement(
        self, entry: Entry, answer: StoredEntry, key: AccountKey
    ) -> Iterator[str]:
        sealed = SealedStatement(
            table=ANSWERS,
            row_id=answer.id,
            kind="apply",
            issuer=entry.issuer,
            sealed=answer.sealed_statement,
        )
        stated = check_statement(entry, sealed, key, self._findings)
        said = {
            "account_number": key.number,
            "application": answer.application_id,
            "on": answer.entered_on,
            "reason": answer.reason,
            "verdict": answer.verdict,
        }
        for name, value in said.items() if stated is not None else ():
            if (stated or {}).get(name) != value:
                yield f"its statement says another {name}"


def _wrong_in_clear(entry: Entry, one: ReplayedApplication, status: str) -> Iterator[str]:
    """Name what can be read to be wrong whether or not there is a key."""
    stored = one.stored
    if stored.id != entry.id:
        yield "id is not the leaf's id"
    if stored.institution_id != entry.issuer:
        yield "institution_id is not the leaf's issuer"
    if one.rule_sha256 is None or one.rule_sha256.encode() != entry.facts.rule:
        yield "the rule of its conversion is not the leaf's rule"
    if int(entry.facts.ref or b"-1") != one.conversion_index:
        yield "conversion_id is not the conversion that its leaf refers to"
    if stored.credits != sum(part.credits for part in one.parts):
        yield "credits is not the sum of its parts"
    if stored.status != status:
        yield "status is not what its answer and reversal say"


def _wrong_answer(
    entry: Entry, answer: StoredEntry, application: StoredApplication
) -> Iterator[str]:
    """Name what can be read to be wrong in an answer whether or not there is a key."""
    if answer.id != entry.id:
        yield "id is not the leaf's id"
    if application.institution_id != entry.issuer:
        yield "its application's institution is not the leaf's issuer"
    if int(entry.facts.ref or b"-1") != application.entry_index:
        yield "application_id is not the application that its leaf refers to"
