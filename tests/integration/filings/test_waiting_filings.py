"""Whom a filing waits for: who may take its step today, and nobody while nothing is to be done."""

from creditbank.access.roles import Role
from creditbank.conversion.days import civil_day
from creditbank.conversion.filing import Finding
from creditbank.filings.answer import ActOnFiling
from creditbank.filings.chain import Act
from creditbank.filings.show import Look
from creditbank.filings.takeable import takeable
from creditbank.keystore.account_key import AccountKey
from tests.fixtures.filings import Persons
from tests.fixtures.recognition import Recognition


def waits_for(persons: Persons, filing: str, key: AccountKey, *logins: str) -> list[bool]:
    """For each of these logins whether the filing waits for it."""
    bank = persons.recognition.bank
    today, bank_id = civil_day(bank.clock()), bank.installation.institution_id
    found = []
    for login in logins:
        look = Look(filing_id=filing, key=key, secrets=bank.keystore.secrets, by=login)
        with bank.readers.reading() as connection:
            mine = takeable(connection, [look], today, bank_id, bank.working_days)
        found.append(filing in mine)
    return found


def test_a_filing_waits_for_whose_step_it_is_and_a_publication_for_nobody(
    recognition: Recognition,
) -> None:
    """Returned, it waits for its learner; disputed, for who answers the objection."""
    persons = Persons(recognition)
    persons.publish("chained")
    clerk, checker, expert = map(persons.hire, (Role.CLERK, Role.CHECKER, Role.EXPERT))
    staff = (clerk, checker, expert)
    outcome = recognition.certificate()
    key = recognition.key()
    filing = persons.file(key, "chained", outcome, "DQ-1")
    assert waits_for(persons, filing, key, *staff) == [True, False, False]
    persons.act(filing, key, clerk)
    assert waits_for(persons, filing, key, *staff) == [False, True, False]
    persons.act(filing, key, checker, Act.RETURNED)
    assert waits_for(persons, filing, key, *staff) == [False, False, False]
    say = ActOnFiling(
        filing_id=filing,
        key=key,
        secrets=recognition.bank.keystore.secrets,
        by="login-citizen",
        act=Act.ANSWERED,
        text="补交",
    )
    recognition.bank.writer.write(say)
    found = Finding(outcome=outcome, code="grade-not-stated", is_met=True)
    persons.act(filing, key, checker, found=found)
    assert waits_for(persons, filing, key, *staff) == [False, False, True]
    persons.act(filing, key, expert)
    assert waits_for(persons, filing, key, *staff) == [False, False, False]
    objected = ActOnFiling(
        filing_id=filing,
        key=key,
        secrets=recognition.bank.keystore.secrets,
        by="login-anybody",
        act=Act.OBJECTED,
        text="异议",
    )
    recognition.bank.writer.write(objected)
    assert waits_for(persons, filing, key, *staff) == [False, True, True]
    assert waits_for(persons, "0" * 32, key, clerk) == [False]
