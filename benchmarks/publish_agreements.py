"""Row 10: the same agreements published in one run, and proposals for learners among them."""

import os
import time
from collections.abc import Iterator
from datetime import date
from multiprocessing import get_context
from statistics import median

from banks import Engine, Founded, opened
from load_agreements import constructed_rules
from machine import resident_mb
from measure import Row, written

from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.enrol import Enrol, Enrolling
from creditbank.catalogue.enrolments_file import EnrolmentLine, EnrolmentState
from creditbank.catalogue.import_courses import ImportCourses
from creditbank.catalogue.programmes import ImportProgrammes, Programme, read_programmes
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.proposals import propose_conversions
from creditbank.errors import Refusal
from creditbank.learners.find import learner_tag
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.record import RecordOutcome
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule
from creditbank.rules.write_many import write_many
from creditbank.settings import Settings

LEARNERS, OUTCOMES = 20, 10
FILED_ON = date(2026, 3, 1)
COURSES = """\
format: creditbank/courses/v1
schemes:
  - {id: college, title: {zh: 学分标准}, quantum: "0.5", hours_per_credit: 16,
     minutes_per_class_hour: 45, grade_scales: [{id: pass-fail, kind: ordered, values: [合格]}]}
courses:
"""
COURSE = """\
  - {{code: MATH {number}, version: "1", title: {{zh: 课程 {number}}}, class: formal,
     scheme: college, credits: "3", valid_from: "2010-01-01"}}
"""
PROGRAMMES = """\
format: creditbank/programmes/v1
programmes:
  - code: P
    version: "1"
    title: {zh: 专业}
    valid_from: "2010-01-01"
    plan:
      credits: "160"
      categories: [{code: SFB MATH 1XX, credits: "80"}, {code: SFB MATH 2XX, credits: "80"}]
      slots:
"""
SLOT = """\
        - {{code: SFB MATH {number}, category: SFB MATH {first}XX, credits: "3"}}
"""


def measure(engine: Engine, founded: Founded) -> Iterator[Row]:
    """Draft and publish all rules by the thousand, and propose in a process of its own."""
    settings = engine.copy(founded.settings, "agreements")
    with opened(settings) as bank:
        # Rules name the bank's own id of the college whose courses they take.
        constructed, _ = constructed_rules()
        lines = [one.replace('"SFA"', f'"{founded.institution}"') for one in constructed]
        documents = [RuleDocument.read_line(one) for one in lines]
        began = time.perf_counter()
        _publish(bank, documents)
        seconds = time.perf_counter() - began
        enrolments = _enrolled(bank, founded.institution)
    del documents
    with get_context("spawn").Pool(1) as pool:
        taken, memory, proposed = pool.apply(_propose, (settings, founded.institution, enrolments))
    yield Row(
        number="10",
        what=f"published: {len(lines):,} rules; a proposal among them, {OUTCOMES} outcomes",
        engine=engine.name,
        ours=f"{written(len(lines) / seconds)} rules/s; p50 {written(median(taken))} ms, "
        f"slowest {written(max(taken))} ms",
        other="",
    )
    yield Row(
        number="10",
        what=f"resident memory of the process that proposed {proposed} conversions",
        engine=engine.name,
        ours=f"{memory:.0f} MB",
        other="",
    )


def _publish(bank: Bank, documents: list[RuleDocument]) -> None:
    owner = bank.installation.institution_id
    drafts = [
        DraftRule(institution_id=owner, document=one, by=one.rule.author) for one in documents
    ]
    published = [PublishRule(document=one, by=one.rule.approver) for one in documents]
    for answers in (write_many(bank.writer, drafts), write_many(bank.writer, published)):
        for answer in answers:
            if isinstance(answer, Refusal):
                raise answer


def _enrolled(bank: Bank, institution: str) -> list[tuple[str, str]]:
    """Post outcomes of learners and enrol them; gives each learner's number and her enrolment."""
    numbers = range(1_000, 1_000 + LEARNERS * OUTCOMES)
    courses = COURSES + "".join(COURSE.format(number=one) for one in numbers)
    schemes, definitions = read_courses(courses, institution)
    bank.writer.write(
        ImportCourses(institution_id=institution, schemes=schemes, definitions=definitions)
    )
    slots = (SLOT.format(number=one, first=one // 100) for one in range(100, 300, 4))
    programmes = read_programmes(PROGRAMMES + "".join(slots), institution)
    bank.writer.write(ImportProgrammes(programmes=programmes))
    for place, number in enumerate(numbers):
        _post(bank, institution, f"L{place % LEARNERS}", f"MATH {number}")
    learners = [f"L{place}" for place in range(LEARNERS)]
    return [(one, _enrol(bank, institution, one, programmes[0])) for one in learners]


def _post(bank: Bank, institution: str, learner: str, course: str) -> None:
    prepared = prepare_posting(
        {
            "learner": learner,
            "course": course,
            "term": "2025春",
            "result": "合格",
            "credits": "3",
            "awarded_on": "2025-06-30",
        },
        institution_id=institution,
        readers=bank.readers,
        keystore=bank.keystore,
        now=bank.clock(),
    )
    bank.writer.write(
        RecordOutcome(
            institution_id=institution, posted_with=COMMAND_LINE, posting=prepared.posting
        )
    )


def _enrol(bank: Bank, institution: str, learner: str, programme: Programme) -> str:
    tag = learner_tag(bank.keystore.secrets, institution, "learner_number", learner)
    key = bank.keystore.find([tag])[tag]
    line = EnrolmentLine(
        number=1,
        learner=learner,
        programme=programme.code,
        programme_version=programme.version,
        student_number=learner,
        state=EnrolmentState.ACTIVE,
        from_day="2024-09-01",
        until_day=None,
    )
    enrolling = Enrolling(key=key, programme=programme, line=line)
    bank.writer.write(Enrol(institution_id=institution, enrolling=[enrolling]))
    asked = f"SELECT id FROM enrolment WHERE account_id = '{key.account_id}'"
    with bank.readers.reading() as connection:
        return str(connection.exec_driver_sql(asked).scalar_one())


def _propose(
    settings: Settings, institution: str, enrolments: list[tuple[str, str]]
) -> tuple[list[float], float, int]:
    """Propose for each learner once; gives the milliseconds, the memory, and how many steps."""
    taken: list[float] = []
    steps = 0
    with opened(settings) as bank:
        secrets = bank.keystore.secrets
        for learner, enrolment in enrolments:
            began = time.perf_counter()
            tag = learner_tag(secrets, institution, "learner_number", learner)
            key = bank.keystore.find([tag])[tag]
            with bank.readers.reading() as connection:
                found = propose_conversions(connection, key, secrets, enrolment, FILED_ON)
            taken.append((time.perf_counter() - began) * 1000)
            steps += len(found.proposals[0].steps)
        return taken, resident_mb(os.getpid()), steps
