"""Row 14: a learner's home with 200 outcomes, against the same layout with nothing in it.

Of the 200 outcomes 20 are of courses that were taken a second time, of which the better one counts.
"""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx2
from banks import EXAMPLES, Engine, Founded, opened
from measure import Row, interleaved, rate, ratios, spread
from servers import CLIENTS, Loaded, bank_program, null_program, serving

from api.web.cookies import Cookies
from creditbank.access.passwords import hash_password
from creditbank.access.sessions import StartSession
from creditbank.bank import Bank
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.import_courses import ImportCourses
from creditbank.learners.open import Newcomer, OpenOwnAccount
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.record import RecordOutcome

OUTCOMES, COURSES = 200, 180
_LOADED = re.compile(r'(?:href|src)="(/static/[^"?]+\.(?:css|js|svg))')
_COURSE = """
  - code: C{number}
    version: "1"
    title: {{zh: "课程 {number}", en: "Course {number}"}}
    class: formal
    scheme: open-university-example
    credits: "30"
    valid_from: "2000-01-01"
"""


def measure(engine: Engine, founded: Founded) -> Iterator[Row]:
    """Show one learner's home again and again."""
    lived = engine.copy(founded.settings, "home")
    with opened(lived) as bank:
        cookie = f"{Cookies(lived.origin).session}={_live(bank, founded.institution)}"
    banks = [engine.copy(lived, f"home_{side}") for side in ("ours", "null")]
    programs = (bank_program(), null_program("home"))
    with ExitStack() as stack:
        ours, other = [
            Loaded(
                *stack.enter_context(serving(settings, program)),
                path="/me",
                body="",
                headers=f"Cookie: {cookie}\r\n",
                modulus=1,
                status=200,
            )
            for settings, program in zip(banks, programs, strict=True)
        ]
        kilobytes = _kilobytes(f"http://127.0.0.1:{ours.port}", cookie)
        for side in (ours, other):
            side.run()
            side.forget()
        mine, theirs = interleaved(ours.run, other.run)
    yield Row(
        number="14",
        what=f"a learner's home with {OUTCOMES} outcomes, {CLIENTS} clients; its layout, empty",
        engine=engine.name,
        ours=f"{rate(mine, 'pages')}, p50 {spread(ours.p50)} ms",
        other=f"{rate(theirs, 'pages')}, p50 {spread(other.p50)} ms",
        ratio=ratios(mine, theirs),
        land=0.25,
        aim=0.5,
    )
    yield Row(
        number="14",
        what="kB of that page with its styles, scripts and pictures, as they are sent",
        engine=engine.name,
        ours=f"{kilobytes:.1f} kB",
        other="",
        land=150,
        aim=60,
        at_most=True,
        counted=kilobytes,
    )


def _live(bank: Bank, institution: str) -> str:
    """Open an account, post what it achieved, and sign in; gives the session's text."""
    head = (EXAMPLES / "courses.yaml").read_text("utf-8").partition("courses:")[0]
    courses = "".join(_COURSE.format(number=number) for number in range(COURSES))
    schemes, definitions = read_courses(f"{head}courses:{courses}", institution)
    bank.writer.write(
        ImportCourses(institution_id=institution, schemes=schemes, definitions=definitions)
    )
    key = bank.keystore.make_account([])
    opening = OpenOwnAccount(
        newcomer=Newcomer(key=key, name=None),
        bank_id=bank.installation.institution_id,
        password_hash=hash_password("long enough", os.urandom),
    )
    bank.writer.write(opening)
    for number in range(OUTCOMES):
        _post(bank, institution, key.number, number)
    with bank.readers.reading() as connection:
        wanted = f"SELECT id FROM login WHERE account_id = '{key.account_id}'"
        login = str(connection.exec_driver_sql(wanted).scalar_one())
    return str(bank.writer.write(StartSession(login_id=login, is_proven=True)).answer)


def _post(bank: Bank, institution: str, account_number: str, number: int) -> None:
    fields = {
        "account_number": account_number,
        "course": f"C{number % COURSES}",
        "term": f"T{number}",
        "result": "Pass",
        "grade": "86.5",
        "grade_scale": "percent",
        "credits": "4",
        "awarded_on": f"20{number % 20:02}-06-30",
    }
    prepared = prepare_posting(
        fields,
        institution_id=institution,
        readers=bank.readers,
        keystore=bank.keystore,
        now=bank.clock(),
    )
    command = RecordOutcome(
        institution_id=institution, posted_with="benchmark", posting=prepared.posting
    )
    bank.writer.write(command)


def _kilobytes(origin: str, cookie: str) -> float:
    """Give what a browser is sent that has nothing of the page yet."""
    with httpx2.Client(base_url=origin, headers={"Accept-Encoding": "gzip"}) as client:
        page = client.get("/me", headers={"Cookie": cookie})
        sent = [page, *(client.get(one) for one in dict.fromkeys(_LOADED.findall(page.text)))]
        return sum(one.num_bytes_downloaded for one in sent) / 1_000
