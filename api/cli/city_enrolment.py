"""Enrol the citizen of the demonstration in a programme of one of its schools."""

from pathlib import Path

from creditbank.bank import Bank
from creditbank.catalogue.enrol import Enrol, Enrolling, enrolments_of_accounts
from creditbank.catalogue.enrolments_file import EnrolmentLine, EnrolmentState
from creditbank.catalogue.programmes import ImportProgrammes, read_programmes
from creditbank.keystore.account_key import AccountKey


def enrol(
    bank: Bank, plan: dict[str, str], institutions: dict[str, str], key: AccountKey, folder: Path
) -> str:
    """Add a school's programmes and enrol her in one of them; gives the enrolment's id."""
    school = institutions[plan["institution"]]
    programmes = read_programmes((folder / plan["programmes"]).read_text("utf-8"), school)
    bank.writer.write(ImportProgrammes(programmes=programmes))
    wanted = (plan["programme"], plan["version"])
    programme = next(one for one in programmes if (one.code, one.version) == wanted)
    line = EnrolmentLine(
        number=1,
        learner="",
        programme=programme.code,
        programme_version=programme.version,
        student_number=plan["student_number"],
        state=EnrolmentState.ACTIVE,
        from_day=plan["from_day"],
        until_day=None,
    )
    enrolling = Enrolling(key=key, programme=programme, line=line)
    bank.writer.write(Enrol(institution_id=school, enrolling=[enrolling]))
    with bank.readers.reading() as connection:
        (enrolment,) = enrolments_of_accounts(connection, [key.account_id])
    return enrolment.id
