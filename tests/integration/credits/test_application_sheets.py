"""A school takes what was applied as a sheet, fills it in and hands it back; programs poll."""

from pathlib import Path

import pytest

from tests.fixtures.applying import School, answered, sheet_of
from tests.fixtures.enrolled import is_sound
from tests.fixtures.terminal import Terminal

APPLICATION = "计入编号"


def test_a_sheet_goes_out_and_comes_back_row_by_row(school: School) -> None:
    """Wrong rows are named by row and column, good ones are recorded, and again is harmless."""
    big = school.convert("big")["applied"][0]["id"]
    postal = school.convert("postal")["applied"][0]["id"]
    rows = school.sheet()
    assert [(row["目标课程"], row["计入学分"], row["记载成绩"]) for row in rows] == [
        ("BIG", "36", "exempt"),
        ("L-1", "3", "exempt"),
    ]
    assert {row["学号"] for row in rows} == {"'=S1"}  # No spreadsheet runs it.
    assert [row[APPLICATION] for row in rows] == [big, postal]

    declined = {"入册结果": "不予入册", "原因": "已修读合格", "原因说明": "已修读"}
    filled = [
        answered(rows[0]),
        answered(rows[0], **{APPLICATION: "0" * 32}),
        answered(rows[1], **declined, 入册日期="2999-01-01"),
        answered(rows[1], 入册结果="也许", 入册日期="5.1.26"),
        rows[1],
    ]
    found = school.hand_in(filled)

    assert {name: found[name] for name in ("entered", "declined", "unchanged", "waiting")} == {
        "entered": 1,
        "declined": 0,
        "unchanged": 0,
        "waiting": 1,
    }
    named = {
        row["row"]: [(one["field"], one["code"]) for one in row["problems"]]
        for row in found["rejected"]
    }
    assert named == {
        2: [(APPLICATION, "application-unknown")],
        3: [("入册日期", "date-in-future")],
        4: [("入册结果", "status-unknown"), ("入册日期", "date-unreadable")],
    }
    again = [answered(rows[0]), answered(rows[1], **declined)]
    taken = school.hand_in(again, "gb18030")
    assert (taken["unchanged"], taken["declined"]) == (1, 1)
    found = school.hand_in([answered(rows[0], 入册日期="2026-01-06")])
    assert [one["code"] for one in found["rejected"][0]["problems"]] == ["answered-otherwise"]
    assert school.totals() == ("44", "36", "36")
    assert school.sheet() == []
    assert is_sound(school.recognition)


def test_rows_of_one_application_that_contradict_each_other_change_nothing(school: School) -> None:
    """Three places of one application are entered together or not at all."""
    school.convert("postal")
    rows = school.sheet()
    assert len({row[APPLICATION] for row in rows}) == 1
    for third in (rows[2], answered(rows[2], 入册结果="也许")):
        found = school.hand_in([answered(rows[0]), answered(rows[1]), third])
        assert [one["row"] for one in found["rejected"]] == [1, 2, 3]
    assert school.totals() == ("8", "8", "0")
    assert school.hand_in(map(answered, rows))["entered"] == 1


def test_messages_come_in_order_until_they_are_acknowledged(school: School) -> None:
    """At least once; the next page begins behind the last that is known."""
    school.convert("big")
    school.convert("postal")
    path, headers, client = "/api/v1/messages", school.headers, school.client
    first = client.get(f"{path}?limit=1", headers=headers).json()
    rest = client.get(first["next"], headers=headers).json()
    assert (len(first["messages"]), len(rest["messages"]), rest["next"]) == (1, 1, None)
    body = {"up_to": first["messages"][0]["id"]}
    done = client.post(f"{path}/acknowledgement", json=body, headers=headers)
    assert done.status_code == 204
    assert client.get(path, headers=headers).json()["messages"] == rest["messages"]


def test_applications_are_listed_page_by_page(school: School) -> None:
    """With all that the register asks for."""
    school.convert("big")
    school.convert("postal")
    path = "/api/v1/applications?limit=1"
    first = school.client.get(path, headers=school.headers).json()
    rest = school.client.get(first["next"], headers=school.headers).json()
    assert rest["next"] is None
    shown = [one for page in (first, rest) for one in page["applications"]]
    assert [one["credits"] for one in shown] == ["36", "3"]
    assert [one["student_number"] for one in shown] == ["=S1", "=S1"]
    assert [one["rule"] for one in shown] == ["big", "postal"]


@pytest.mark.usefixtures("bank")
def test_the_operator_exports_and_confirms_at_the_terminal(
    school: School, terminal: Terminal, tmp_path: Path
) -> None:
    """And has applied what its learner accepts."""
    made = school.convert("postal")
    own = ("--institution", school.recognition.school)
    (listed,) = terminal.answer("applications", "list", *own, typed=())["applications"]
    file = tmp_path / "sheet.csv"
    assert terminal.answer("applications", "export", str(file), *own, typed=())["rows"] == 3
    declined = {"入册结果": "不予入册", "原因": "其他", "原因说明": "缺材料"}
    file.write_text(sheet_of(answered(row, **declined) for row in school.sheet()), "utf-8")
    assert terminal.answer("applications", "confirm", str(file), *own, typed=())["declined"] == 1
    hers = ("--account", school.citizen.account_number, "--enrolment", school.enrolment)
    (offer,) = terminal.answer("applications", "offers", *hers, typed=())["offers"]
    assert (listed["credits"], offer["fits"]) == ("8", "8")
    accepted = terminal.answer("applications", "accept", made["id"], *hers, typed=())
    assert accepted["credits"] == "8"
    replayed = terminal.answer("conversions", "replay", typed=())
    assert (replayed["applications"], replayed["differing"]) == (2, 0)
