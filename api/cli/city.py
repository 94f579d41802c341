"""Seed the demonstration city: institutions, courses, real results, and two learning passes."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from api.cli.passes import create_pass
from certificates.pass_text import to_text
from creditbank.access.actor import COMMAND_LINE
from creditbank.access.api_keys import IssueApiKey
from creditbank.bank import Bank
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.import_courses import ImportCourses
from creditbank.institutions.register import InstitutionKind, RegisterInstitution
from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.batches.upload import CSV, Upload
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.queries import newest_outcome, outcomes_of_account
from creditbank.outcomes.record import RecordOutcome
from creditbank.passes.end import EndPass

CITY = "city"
OPEN_UNIVERSITY = "oulad"
PASS_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What was seeded, as the demonstration's own file tells it."""

    institution: str
    api_key: str
    outcomes: list[str]
    passes: list[dict[str, str]]
    counts: dict[str, int]


def seed_city(bank: Bank, examples: Path) -> City:
    """Seed an empty bank from the examples folder."""
    plan = yaml.safe_load((examples / CITY / "city.yaml").read_text("utf-8"))
    institutions = _register(bank, plan["institutions"], examples / CITY)
    university = institutions["open-university"]
    counts = _import_results(bank, university, examples / OPEN_UNIVERSITY)
    outcomes = _post_elsewhere(bank, plan["results"], institutions, university)
    passes = [_show(bank, outcomes, "shared"), _show(bank, outcomes[:1], "ended")]
    bank.writer.write(EndPass(pass_id=passes[1]["pass"]))
    key = bank.writer.write(IssueApiKey(institution_id=university)).answer
    return City(
        institution=university, api_key=key, outcomes=outcomes, passes=passes, counts=counts
    )


def _register(bank: Bank, plan: list[dict[str, str]], folder: Path) -> dict[str, str]:
    ids: dict[str, str] = {}
    for planned in plan:
        parent = planned.get("parent")
        command = RegisterInstitution(
            kind=InstitutionKind(planned["kind"]),
            name=planned["name"],
            name_en=planned["name_en"],
            parent_id=None if parent is None else ids[parent],
        )
        institution = bank.writer.write(command).answer.id
        ids[planned["key"]] = institution
        if "courses" in planned:
            text = (folder / planned["courses"]).read_text("utf-8")
            schemes, definitions = read_courses(text, institution)
            bank.writer.write(
                ImportCourses(institution_id=institution, schemes=schemes, definitions=definitions)
            )
    return ids


def _import_results(bank: Bank, university: str, folder: Path) -> dict[str, int]:
    upload = Upload(
        media_type=CSV,
        open=lambda: open_table_in(folder)("studentInfo.csv"),
        open_table=open_table_in(folder),
        mapping_text=(folder / "mapping.yaml").read_text("utf-8"),
        encoding=None,
    )
    checked = Import(bank, upload, institution_id=university, options=Options())
    batch_id = bank.keystore.new_id()
    checked.start(batch_id, COMMAND_LINE)
    batch = checked.run(batch_id)
    return {"rows": batch.position, "accepted": batch.accepted, "not_awarded": batch.not_awarded}


def _post_elsewhere(
    bank: Bank, results: list[dict[str, str]], institutions: dict[str, str], university: str
) -> list[str]:
    """Post further results for one learner of the university; gives all her outcomes."""
    with bank.readers.reading() as connection:
        account_id = newest_outcome(connection, university).account_id
    number = bank.keystore.get([account_id])[account_id].number
    for result in results:
        fields: dict[str, str | None] = {**result, "account_number": number}
        institution = institutions[str(fields.pop("institution"))]
        posting = prepare_posting(
            fields,
            institution_id=institution,
            readers=bank.readers,
            keystore=bank.keystore,
            now=bank.clock(),
        )
        command = RecordOutcome(
            institution_id=institution, posted_with=COMMAND_LINE, posting=posting
        )
        bank.writer.write(command)
    with bank.readers.reading() as connection:
        return [outcome.id for outcome in outcomes_of_account(connection, account_id)]


def _show(bank: Bank, outcome_ids: list[str], state: str) -> dict[str, str]:
    created = create_pass(bank, outcome_ids, days=PASS_DAYS, purpose="求职")
    return {
        "pass": created.pass_id,
        "token": created.token,
        "offline_text": to_text(created.document),
        "state": state,
    }
