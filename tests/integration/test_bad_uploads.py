"""Whatever is wrong with an upload is named with its remedy, and nothing is changed by it."""

import gzip
import re
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.outcomes.batches import unpack
from tests.fixtures.bank import Provider
from tests.fixtures.imports import OPEN_UNIVERSITY, URL, TableCounts

HEADER = "learner,course,term,result,credits,awarded_on\n"
ROW = "20230001,BBB,2014B,Pass,30,2014-09-23\n"
STUDENTS = (OPEN_UNIVERSITY / "studentInfo.csv.gz").read_bytes()
MAPPING = (OPEN_UNIVERSITY / "mapping.yaml").read_text("utf-8")
OLE = b"\xd0\xcf\x11\xe0"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Part = tuple[str, tuple[str, bytes, str]]


@dataclass(frozen=True)
class Bad:
    """A body that is refused whole: by which status and code, and what the words name."""

    name: str
    code: str
    words: tuple[str, ...]
    body: bytes = HEADER.encode()
    media_type: str = "text/csv"
    status: int = 422
    field: str | None = "file"
    query: str = ""


BAD_BODIES = (
    Bad("no bytes", "file-empty", ("first row",), b""),
    Bad("only line ends", "file-empty", ("first row",), b"\n\n"),
    Bad(
        "an open quotation mark",
        "file-quoting-broken",
        ("row 2", f"byte {len(HEADER + ROW)}"),
        (HEADER + ROW + '"20230002,BBB\n').encode(),
    ),
    Bad(
        "text behind a quotation mark",
        "file-quoting-broken",
        ("row 1", f"byte {len(HEADER)}"),
        (HEADER + '"2023"0001,BBB,2014B,Pass,30,2014-09-23\n').encode(),
    ),
    Bad(
        "another encoding",
        "file-encoding-wrong",
        ("utf-8", "row 1", f"byte {len(HEADER) + 21}"),
        (HEADER + "20230001,BBB,2014B,  \u5408\u683c,30,2014-09-23\n").encode("gb18030"),
        "text/csv; charset=utf-8",
    ),
    Bad(
        "no encoding at all",
        "file-encoding-wrong",
        ("utf-8", "row 1", f"byte {len(HEADER) + 21}"),
        HEADER.encode() + b"20230001,BBB,2014B,  \xff\xff,30,2014-09-23\n",
    ),
    Bad(
        "a NUL byte",
        "file-nul-byte",
        ("row 2", f"byte {len(HEADER + ROW) + 4}"),
        (HEADER + ROW + "2023\0001,BBB,2014B,Pass,30,2014-09-23\n").encode(),
    ),
    Bad(
        "a missing column",
        "header-column-missing",
        ("result",),
        b"learner,course,term,awarded_on\n",
    ),
    Bad("a column twice", "header-column-repeated", ("term",), HEADER.encode()[:-1] + b",term\n"),
    Bad("an unknown column", "header-column-unknown", ("sex",), HEADER.encode()[:-1] + b",sex\n"),
    Bad("too few cells", "file-field-count", ("row 1", "6"), (HEADER + "20230001,BBB\n").encode()),
    Bad("an endless row", "file-row-too-long", ("row 1",), HEADER.encode() + b"1" * 1_100_000),
    Bad(
        "an unknown encoding",
        "encoding-unknown",
        ("gb18030",),
        media_type="text/csv; charset=klingon",
        field="encoding",
    ),
    Bad("a spreadsheet that is cut", "workbook-unreadable", ("CSV",), b"PK\3\4", XLSX),
    Bad("a spreadsheet that says CSV", "workbook-unreadable", ("CSV",), b"PK\3\4rest"),
    Bad("an older spreadsheet", "spreadsheet-unsupported", ("CSV",), OLE, "text/csv", 415, None),
    Bad("a picture", "media-type-unsupported", ("text/csv",), b"\x89PNG", "image/png", 415, None),
    Bad(
        "no form",
        "form-unreadable",
        ("multipart/form-data",),
        b"--x",
        "multipart/form-data",
        400,
        None,
    ),
    Bad(
        "all or nothing of too many rows",
        "batch-too-large",
        ("50000",),
        (HEADER + ROW * 50_001).encode(),
        status=413,
        field=None,
        query="?all_or_nothing=true",
    ),
)


def test_a_file_that_cannot_be_read_is_refused_whole(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    table_counts: TableCounts,
    subtests: pytest.Subtests,
) -> None:
    """The clerk learns what to mend and where it stands; both databases are as before."""
    before = table_counts()
    for bad in BAD_BODIES:
        with subtests.test(bad.name):
            headers = {**provider.headers, "Content-Type": bad.media_type}
            answer = client.post(URL + bad.query, content=bad.body, headers=headers)
            _check_refusal(answer, bad.status, bad.code, bad.field, bad.words)
            assert bank.uploads.present() == []
    assert table_counts() == before


def _mapping(old: str, new: str) -> bytes:
    assert old in MAPPING
    return MAPPING.replace(old, new).encode()


def _file(content: bytes = b"id_student\n") -> Part:
    return ("file", ("results.csv", content, "text/csv"))


def _with(mapping: bytes, *tables: tuple[str, bytes]) -> list[Part]:
    return [
        ("file", ("studentInfo.csv.gz", STUDENTS, "text/csv")),
        ("mapping", ("mapping.yaml", mapping, "application/yaml")),
        *(("tables", (name, content, "text/csv")) for name, content in tables),
    ]


def _tables(**others: bytes) -> list[tuple[str, bytes]]:
    """The open university's tables, some of them replaced."""
    return [
        (
            f"{name}.csv",
            others.get(name, gzip.decompress((OPEN_UNIVERSITY / f"{name}.csv.gz").read_bytes())),
        )
        for name in ("courses", "assessments", "studentAssessment")
    ]


UNPACKED_BYTES_MAX = 8 << 20
SCORES = b"id_assessment,id_student,score,filler\n"
BOMB = gzip.compress(SCORES + (b"14984,1,," + b"0" * 100_000 + b"\n") * 100)
BOMB_OF_ONE_ROW = gzip.compress(SCORES + b"0" * (64 << 20), 1)

BAD_FORMS = (
    ("no file", [("mapping", ("m.yaml", b"", "text/plain"))], "field-missing", "file"),
    ("two files", [_file(), _file()], "field-repeated", "file"),
    ("two mappings", [*_with(b"x"), *_with(b"x")[1:]], "field-repeated", "mapping"),
    (
        "an unknown part",
        [_file(), ("picture", ("p.png", b"", "image/png"))],
        "field-unknown",
        "picture",
    ),
    ("a mapping that is no YAML", _with(b"format: ["), "yaml-unreadable", ""),
    ("a mapping with a bomb", _with(b"a: &a [1]\nb: [*a, *a]"), "yaml-unreadable", ""),
    ("a mapping without end", _with(b"#" * (2 << 20)), "file-too-large", "mapping"),
    (
        "a mapping in another encoding",
        _with("名: 值".encode("gb18030")),
        "text-not-utf-8",
        "mapping",
    ),
    (
        "a mapping of another format",
        _with(_mapping("import-mapping/v1", "import-mapping/v9")),
        "mapping-wrong",
        "format",
    ),
    (
        "a mapping that names no table",
        _with(_mapping("table: presentations", "table: nowhere")),
        "table-unknown",
        "fields.awarded_on.date_plus_days.days.table",
    ),
    (
        "a mapping whose table leads elsewhere",
        _with(_mapping("file: courses.csv", "file: ../../passphrase")),
        "mapping-wrong",
        "tables.presentations.file",
    ),
    ("a missing table", _with(MAPPING.encode()), "table-file-missing", "assessments.csv"),
    (
        "a table that leads elsewhere",
        _with(MAPPING.encode(), ("../../data", b"x")),
        "table-name-wrong",
        "tables",
    ),
    (
        "a table that leads elsewhere by backslash",
        _with(MAPPING.encode(), ("..\\data", b"x")),
        "table-name-wrong",
        "tables",
    ),
    (
        "a table that is the folder above",
        _with(MAPPING.encode(), ("..", b"x")),
        "table-name-wrong",
        "tables",
    ),
    (
        "a table with an endless name",
        _with(MAPPING.encode(), ("表" * 90, b"x")),
        "table-name-wrong",
        "tables",
    ),
    (
        "a table twice",
        _with(MAPPING.encode(), ("a.csv", b""), ("a.csv", b"")),
        "field-repeated",
        "tables",
    ),
    (
        "a table with a bomb",
        _with(MAPPING.encode(), *_tables(studentAssessment=BOMB)),
        "file-too-large",
        "studentAssessment.csv",
    ),
    (
        "a table with a bomb of one row",
        _with(MAPPING.encode(), *_tables(studentAssessment=BOMB_OF_ONE_ROW)),
        "file-row-too-long",
        "studentAssessment.csv",
    ),
    (
        "a table that is damaged",
        _with(MAPPING.encode(), *_tables(courses=gzip.compress(b"code_module")[:-9])),
        "file-compression-broken",
        "courses.csv",
    ),
)


def test_a_form_whose_parts_do_not_fit_is_refused_whole(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    table_counts: TableCounts,
    subtests: pytest.Subtests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also what is meant to harm: bombs, and names that lead out of the upload's folder."""
    monkeypatch.setattr(unpack, "UNPACKED_BYTES_MAX", UNPACKED_BYTES_MAX)
    before = table_counts()
    for name, parts, code, field in BAD_FORMS:
        with subtests.test(name):
            answer = client.post(URL, files=parts, headers=provider.headers)
            _check_refusal(answer, 422, "invalid-input", field, (), code)
            assert bank.uploads.present() == []
    assert table_counts() == before


def _check_refusal(
    answer: Any,
    status: int,
    code: str,
    field: str | None,
    words: tuple[str, ...],
    field_code: str = "",
) -> None:
    """A problem (RFC 9457) in the reader's language that names field, place and remedy."""
    problem = answer.json()
    assert answer.status_code == status, problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    told = problem
    if field is not None:
        assert problem["code"] == "invalid-input"
        told = next(one for one in problem["errors"] if one["field"] == field)
    assert told["code"] == (field_code or code)
    assert re.search(r"\{\w+\}", told["detail"]) is None, "a fact is missing"
    assert all(word in told["detail"] for word in words), told
