"""Seed the demonstration city: institutions, courses, rules, real results, passes, a citizen."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from api.cli.city_enrolment import enrol
from api.cli.credentials import create_credential
from api.cli.passes import create_pass
from certificates.pass_text import to_text
from creditbank.access.actor import COMMAND_LINE
from creditbank.access.api_keys import IssueApiKey
from creditbank.access.passwords import hash_password
from creditbank.bank import Bank
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.import_courses import ImportCourses
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credentials.achievements import CredentialKind
from creditbank.credits.recognise import RecogniseCredit
from creditbank.credits.request import Request
from creditbank.credits.reverse import RevokeOutcome
from creditbank.founding import PASSWORD_BYTES
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.open import Newcomer, OpenOwnAccount
from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.batches.upload import CSV, Upload
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.queries import (
    newest_outcome,
    outcomes_of_account,
    outcomes_of_institution,
)
from creditbank.outcomes.record import RecordOutcome
from creditbank.outcomes.revoke import Revocation
from creditbank.outcomes.status import OutcomeStatus
from creditbank.passes.end import EndPass
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule

CITY = "city"
OPEN_UNIVERSITY = "oulad"
PASS_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What was seeded, as the demonstration's own file tells it."""

    institution: str
    api_key: str
    outcomes: list[str]
    credentials: list[dict[str, str]]
    passes: list[dict[str, str]]
    citizen: dict[str, str]
    conversions: list[str]


def seed_city(bank: Bank, examples: Path) -> City:
    """Seed an empty bank from the examples folder."""
    plan = yaml.safe_load((examples / CITY / "city.yaml").read_text("utf-8"))
    institutions = _register(bank, plan["institutions"], examples / CITY)
    university = institutions["open-university"]
    _publish(bank, [examples / CITY / name for name in plan["rules"]])
    _import_results(bank, university, examples / OPEN_UNIVERSITY)
    outcomes = _post_elsewhere(bank, plan["results"], institutions, university)
    passes = [_show(bank, outcomes, "shared"), _show(bank, outcomes[:1], "ended")]
    bank.writer.write(EndPass(pass_id=passes[1]["pass"]))
    credentials = _certify(bank, outcomes[0], university)
    key = bank.writer.write(IssueApiKey(institution_id=university)).answer
    citizen, conversions = _citizen(bank, plan["citizen"], institutions, examples / CITY)
    return City(
        institution=university,
        api_key=key,
        outcomes=outcomes,
        credentials=credentials,
        passes=passes,
        citizen=citizen,
        conversions=conversions,
    )


def _publish(bank: Bank, files: list[Path]) -> None:
    for file in files:
        document = RuleDocument.read(file.read_text("utf-8"))
        draft = DraftRule(
            institution_id=bank.installation.institution_id,
            document=document,
            by=document.rule.author,
        )
        bank.writer.write(draft)
        bank.writer.write(PublishRule(document=document, by=document.rule.approver))


def _citizen(
    bank: Bank, plan: dict[str, Any], institutions: dict[str, str], folder: Path
) -> tuple[dict[str, str], list[str]]:
    """Open a citizen's own account and enrol her; gives her way in and what was recognised."""
    password, key = (
        urlsafe_b64encode(bank.entropy(PASSWORD_BYTES)).decode(),
        bank.keystore.make_account([]),
    )
    newcomer = Newcomer(key=key, name=plan["name"], birth_year=plan["birth_year"])
    opening = OpenOwnAccount(
        newcomer=newcomer,
        bank_id=bank.installation.institution_id,
        password_hash=hash_password(password, bank.entropy),
    )
    bank.writer.write(opening)
    outcomes = _post(bank, plan["results"], institutions, key)
    enrolment = enrol(bank, plan["enrolment"], institutions, key, folder)
    conversions = [
        _recognise(bank, key, wanted, outcomes, enrolment) for wanted in plan["recognised"]
    ]
    return {"role": "citizen", "login": key.number, "password": password}, conversions


def _recognise(
    bank: Bank, key: AccountKey, wanted: dict[str, Any], outcomes: list[str], enrolment: str
) -> str:
    request = Request(
        rule_id=wanted["rule"],
        outcome_ids=[outcomes[place] for place in wanted["results"]],
        targets=wanted.get("targets", []),
        received_on=None,
        enrolment_id=enrolment if wanted.get("enrolled") else None,
    )
    secrets = bank.keystore.secrets
    command = RecogniseCredit(key=key, secrets=secrets, request=request, by=COMMAND_LINE)
    return bank.writer.write(command).answer


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


def _import_results(bank: Bank, university: str, folder: Path) -> None:
    upload = Upload(
        media_type=CSV,
        open=lambda: open_table_in(folder)("studentInfo.csv"),
        open_table=open_table_in(folder),
        mapping_text=(folder / "mapping.yaml").read_text("utf-8"),
        encoding=None,
    )
    checked = Import(bank, upload, institution_id=university, options=Options())
    batch_id = bank.keystore.new_id()
    checked.start(bank.keystore.draw(batch_id), COMMAND_LINE)
    checked.run(batch_id)


def _post_elsewhere(
    bank: Bank, results: list[dict[str, str]], institutions: dict[str, str], university: str
) -> list[str]:
    """Post further results for one learner of the university; gives all her outcomes."""
    with bank.readers.reading() as connection:
        account_id = newest_outcome(connection, university).account_id
    return _post(bank, results, institutions, bank.keystore.get([account_id])[account_id])


def _post(
    bank: Bank, results: list[dict[str, str]], institutions: dict[str, str], key: AccountKey
) -> list[str]:
    """Post results by account number; gives all outcomes of the account."""
    for result in results:
        fields: dict[str, str | None] = {**result, "account_number": key.number}
        institution = institutions[str(fields.pop("institution"))]
        prepared = prepare_posting(
            fields,
            institution_id=institution,
            readers=bank.readers,
            keystore=bank.keystore,
            now=bank.clock(),
        )
        command = RecordOutcome(
            institution_id=institution, posted_with=COMMAND_LINE, posting=prepared.posting
        )
        bank.writer.write(command)
    with bank.readers.reading() as connection:
        return [outcome.id for outcome in outcomes_of_account(connection, key.account_id)]


def _certify(bank: Bank, outcome: str, university: str) -> list[dict[str, str]]:
    """Issue two credentials, and revoke the result that the second one is of."""
    with bank.readers.reading() as connection:
        (other,) = outcomes_of_institution(connection, university, after=0, limit=1)
    issued = {
        state: create_credential(bank, CredentialKind.OUTCOME, one)
        for state, one in (("valid", outcome), ("revoked", other.id))
    }
    revocation = Revocation(
        institution_id=university,
        posted_with=COMMAND_LINE,
        outcome_id=other.id,
        key=bank.keystore.get([other.account_id])[other.account_id],
        status=OutcomeStatus.REVOKED.value,
        reason="成绩复核",
    )
    bank.writer.write(RevokeOutcome(revocation))
    return [{"token": one.token, "state": state} for state, one in issued.items()]


def _show(bank: Bank, outcome_ids: list[str], state: str) -> dict[str, str]:
    created = create_pass(bank, outcome_ids, days=PASS_DAYS, purpose="求职")
    return {
        "pass": created.pass_id,
        "token": created.token,
        "offline_text": to_text(created.document),
        "state": state,
    }
