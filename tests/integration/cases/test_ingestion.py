"""Files as offices really send them, through the doors that they use."""

import csv
import io
from datetime import date
from typing import Any

from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.import_courses import ImportCourses
from tests.fixtures.bank import COURSES, Provider
from tests.fixtures.imports import URL, settled
from tests.fixtures.workbooks import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ("学号", "姓名", "课程代码", "学期", "结果", "学分", "获得日期")
RARE = "𠮷野𬀩"
LONG = "阿" * 49 + "·" + "𬱖" * 50
"""A hundred characters, half of them beyond the basic plane."""


def test_rare_characters_and_a_name_of_a_hundred_come_through_a_gb18030_file_unchanged(
    client: TestClient, provider: Provider
) -> None:
    """Neither is cut, replaced or folded: the same name matches later, any other does not."""
    lines = [HEADER, *(_row(number, name) for number, name in (("1", RARE), ("2", LONG)))]
    body = "\r\n".join(",".join(line) for line in lines).encode("gb18030")
    assert _told(_upload(client, provider, body)) == (2, 0)
    for number, name in (("1", RARE), ("2", LONG)):
        assert _post(client, provider, number, name) == 201
        assert _post(client, provider, number, name[:-1] + "口") in {202, 409, 422}


def test_the_same_sheet_is_taken_as_workbook_or_text_in_any_usual_encoding(
    client: TestClient, provider: Provider
) -> None:
    """What was recorded from the workbook is a duplicate in every other form."""
    rows = [_row(str(number), RARE) for number in range(3)]
    cells = [(int(number), name, *rest, date(2014, 9, 23)) for number, name, *rest, _ in rows]
    first = _upload(client, provider, workbook([HEADER, *cells]), XLSX)
    assert _told(first) == (3, 0)
    for separator, encoding in ((",", "utf-8-sig"), (",", "gb18030"), ("\t", "utf-16")):
        text = "\r\n".join(separator.join(line) for line in (HEADER, *rows)) + "\r\n"
        again = _upload(client, provider, text.encode(encoding), "text/csv", dry_run=True)
        assert again["counts"]["duplicate"] == 3, encoding


def test_rows_that_a_spreadsheet_damaged_are_refused_by_column_and_come_back_mended(
    client: TestClient, provider: Provider
) -> None:
    """The good row is recorded; the report opens in the clerk's program with her own headers."""
    good, damaged = [*_row("7", RARE)], [*_row("", RARE)]
    damaged[0] = 310105199001011234  # type: ignore[call-overload]
    jan = [*_row("8", RARE)]
    jan[2] = "Jan-24"
    batch = _upload(client, provider, workbook([HEADER, good, damaged, jan]), XLSX)
    assert _told(batch) == (1, 2)
    report = client.get(f"{URL}/{batch['id']}/rejected", headers=provider.headers)
    assert report.content.startswith(b"\xef\xbb\xbf")
    text = report.content.decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header == [*HEADER, "#batch", "#row", "#field", "#problem"]
    assert [(row[-3], row[-2]) for row in rows] == [("2", "学号"), ("3", "course")]
    assert "as text" in rows[0][-1]
    assert "turned into a date" in rows[1][-1]
    mended = text.replace(rows[0][0], "310105199001011234").replace("Jan-24", "BBB")
    assert _told(_upload(client, provider, mended.encode())) == (2, 0)


def test_a_header_that_is_not_known_is_refused_with_the_nearest_one_in_both_languages(
    client: TestClient, provider: Provider
) -> None:
    """Nothing is recorded of a file whose columns are in doubt."""
    body = ",".join((*HEADER, "awarded date")).encode()
    for language, words in (("en", "if it means"), ("zh", "请改为此名")):
        headers = {**provider.headers, "Content-Type": "text/csv", "Accept-Language": language}
        answer = client.post(URL, content=body, headers=headers)
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert error["code"] == "header-column-similar"
        assert words in error["detail"]


def test_the_sample_file_is_taken_as_it_is(client: TestClient, provider: Provider) -> None:
    """A clerk starts from it: every header is known, and her program shows it rightly."""
    sample = client.get(f"{URL}/sample.csv", headers=provider.headers)
    assert sample.status_code == 200
    assert sample.content.startswith(b"\xef\xbb\xbf")
    batch = _upload(client, provider, sample.content, dry_run=True)
    assert batch["counts"]["rows"] == 1
    assert [row["problems"] for row in batch["rejected"] if "field-missing" in str(row)] == []


def _row(number: str, name: str) -> tuple[str, ...]:
    return (number, name, "BBB", "2014B", "合格", "30", "2014-09-23")


def _upload(
    client: TestClient,
    provider: Provider,
    body: bytes,
    media_type: str = "text/csv",
    *,
    dry_run: bool = False,
) -> Any:
    headers = {**provider.headers, "Content-Type": media_type}
    query = "?dry_run=true" if dry_run else ""
    answer = client.post(URL + query, content=body, headers=headers)
    assert answer.status_code in {200, 202}, answer.text
    return answer.json() if dry_run else settled(client, answer.json()["id"], provider.headers)


def _told(batch: Any) -> tuple[int, int]:
    return batch["counts"]["accepted"], batch["counts"]["rejected"]


def _post(client: TestClient, provider: Provider, number: str, name: str) -> int:
    result = {
        "learner": {"learner_number": number, "name": name},
        "course": "BBB",
        "term": f"T{len(name.encode())}{name[-1]}",
        "result": "合格",
        "credits": "30",
        "awarded_on": "2014-09-23",
    }
    return client.post("/api/v1/outcomes", json=result, headers=provider.headers).status_code


def test_a_sheet_of_identity_cards_words_and_dates_is_taken_as_an_office_writes_it(
    client: TestClient, provider: Provider
) -> None:
    """Nobody there knows our codes; what was not passed is no achievement."""
    header = ("身份证号", "姓名", "课程代码", "学期", "修读性质", "结果", "学分", "获得日期")
    lines = [
        header,
        ("11010519491231002X", RARE, "BBB", "2014B", "补考", "合格", "30", "2014年9月23日"),
        ("110105194912310038", "示例", "BBB", "2014B", "正考", "不合格", "30", "2014/9/23"),
        ("110105194912310038", "示例", "BBB", "2014J", "重修", "合格", "30", "23/9/2014"),
    ]
    body = "\n".join(map(",".join, lines)).encode()
    rehearsed = _upload(client, provider, body, dry_run=True)
    counts = rehearsed["counts"]
    assert (counts["accepted"], counts["not_awarded"], counts["rejected"]) == (1, 1, 1)
    (wrong,) = rehearsed["rejected"]
    assert [(one["field"], one["code"]) for one in wrong["problems"]] == [
        ("awarded_on", "date-unreadable")
    ]
    assert _told(_upload(client, provider, body)) == (1, 1)


def test_numbers_that_lost_their_first_zeros_are_remarked_upon_and_courses_refused(
    bank: Bank, client: TestClient, provider: Provider
) -> None:
    """A learner's number may be short in truth; a course that is not there without zeros is not."""
    courses = COURSES.read_text("utf-8").replace("BBB", "00409")
    schemes, definitions = read_courses(courses, provider.institution)
    command = ImportCourses(
        institution_id=provider.institution, schemes=schemes, definitions=definitions[:1]
    )
    bank.writer.write(command)
    lines = [HEADER, *(_row(f"2024{number:04}", RARE) for number in range(5)), _row("990001", RARE)]
    wrong = [*_row("20249999", RARE)]
    wrong[2] = "409"
    body = "\n".join(map(",".join, (*lines, wrong))).encode()
    rehearsed = _upload(client, provider, body, dry_run=True)
    assert rehearsed["counts"]["accepted"] == 6
    (remark,) = rehearsed["remarks"]
    assert (remark["field"], remark["code"]) == ("学号", "zeros-perhaps-lost")
    assert remark["detail"].endswith("rows 6")
    ((problem,),) = [one["problems"] for one in rehearsed["rejected"]]
    assert (problem["field"], problem["code"]) == ("course", "course-zeros-lost")
    assert "00409" in problem["detail"]
