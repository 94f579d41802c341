"""Refused rows that come back mended, in every form that a file has, and what stays open."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.outcomes.batches.upload import CSV, JSON_LINES, WORKBOOK
from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL, TableCounts, settled
from tests.fixtures.whose import audited
from tests.fixtures.workbooks import workbook

HEADER = ("learner", "course", "term", "result", "awarded_on", "credits")
FORMULA = "=cmd|' /C calc'!A0"

Lines = list[list[str]]
"""A header and its rows."""


def as_csv(lines: Sequence[Sequence[str]]) -> bytes:
    """Write CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    return stream.getvalue().encode()


def as_objects(lines: Sequence[Sequence[str]]) -> bytes:
    """Write NDJSON: what a report guards is guarded for spreadsheets only."""
    header, *rows = lines
    found = [
        {name: cell.removeprefix("'") for name, cell in zip(header, row, strict=True) if cell}
        for row in rows
    ]
    return b"\n".join(orjson.dumps(one) for one in found)


FORMS: dict[str, Callable[[Sequence[Sequence[str]]], bytes]] = {
    CSV: as_csv,
    WORKBOOK: workbook,
    JSON_LINES: as_objects,
}
every_form = pytest.mark.parametrize("form", FORMS)


def upload(
    client: TestClient, provider: Provider, form: str, lines: Sequence[Sequence[str]]
) -> Any:
    """Upload lines in a form and wait until they are settled."""
    headers = {**provider.headers, "Content-Type": form}
    answer = client.post(URL, content=FORMS[form](lines), headers=headers)
    assert answer.status_code == 202, answer.text
    return settled(client, answer.json()["id"], provider.headers)


def report(client: TestClient, provider: Provider, batch: str) -> Lines:
    """Download the refused rows of a batch."""
    text = client.get(f"{URL}/{batch}/rejected", headers=provider.headers).content
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))


def mended(lines: Lines, count: int) -> Lines:
    """Write the right course into the first rows."""
    header, *rows = lines
    place = header.index("course")
    for row in rows[:count]:
        row[place] = "BBB"
    return [header, *rows]


def start(client: TestClient, provider: Provider, form: str, learner: str = "L4") -> Any:
    """Upload 20 rows of which the 4th, 8th, 12th and 16th name an unknown course."""
    rows = [
        (learner if n == 4 else f"L{n}", "NONE" if n in {4, 8, 12, 16} else "BBB", "2014B", "Pass")
        for n in range(1, 21)
    ]
    batch = upload(client, provider, form, [HEADER, *((*row, "2014-09-23", "30") for row in rows)])
    assert (batch["counts"]["accepted"], batch["counts"]["rejected"]) == (16, 4)
    return batch


def family_of(client: TestClient, provider: Provider, batch: str) -> Any:
    """Give the family as a batch shows it."""
    return client.get(f"{URL}/{batch}", headers=provider.headers).json()["family"]


@every_form
def test_of_20_rows_4_are_wrong_2_are_mended_2_stay_open_until_they_are_mended_too(
    client: TestClient, provider: Provider, bank: Bank, form: str
) -> None:
    """The first batch shows which rows of its own are open, whatever the form of the files."""
    first = start(client, provider, form)
    second = upload(client, provider, form, mended(report(client, provider, first["id"]), 2))
    assert (second["counts"]["accepted"], second["counts"]["rejected"]) == (2, 2)

    shown = family_of(client, provider, first["id"])
    assert (shown["rows"], shown["settled"], shown["open"]) == (20, 18, 2)
    assert [one["first_row"] for one in shown["open_rows"]] == [12, 16]
    assert {one["batch"] for one in shown["open_rows"]} == {second["id"]}
    again = upload(client, provider, form, mended(report(client, provider, first["id"]), 2))
    assert (again["counts"]["duplicate"], again["family"]["open"]) == (2, 2)

    third = upload(client, provider, form, mended(report(client, provider, second["id"]), 2))
    family = third["family"]
    assert (family["first"], family["open"], family["settled"]) == (first["id"], 0, 20)
    assert audited(bank) == []


@pytest.mark.parametrize("back", [one for one in FORMS if one != CSV])
def test_a_report_may_come_back_in_another_form(
    client: TestClient, provider: Provider, back: str
) -> None:
    """As it does when a clerk saves it in a spreadsheet program, formulas guarded as before."""
    first = start(client, provider, CSV, FORMULA)
    second = upload(client, provider, back, mended(report(client, provider, first["id"]), 4))
    assert second["counts"]["accepted"] == 4
    assert second["family"]["open"] == 0
    once_more = upload(
        client, provider, CSV, [HEADER, (FORMULA, "BBB", "2014B", "Pass", "2014-09-23", "30")]
    )
    assert once_more["counts"]["duplicate"] == 1


@every_form
def test_rows_of_two_reports_in_one_file_each_find_their_own_first_row(
    client: TestClient, provider: Provider, form: str
) -> None:
    """A clerk puts what is left of both together."""
    first = start(client, provider, form)
    header, *rows = mended(report(client, provider, first["id"]), 1)
    second = upload(client, provider, form, [header, rows[0], rows[3]])
    assert second["counts"]["accepted"] == 1
    left = report(client, provider, second["id"])[1:]
    together = mended([header, rows[1], *left], 2)
    third = upload(client, provider, form, together)
    assert third["counts"]["accepted"] == 2
    shown = family_of(client, provider, first["id"])
    assert [one["first_row"] for one in shown["open_rows"]] == [12]


@pytest.mark.parametrize(("language", "words"), [("en", "#batch"), ("zh", "#batch 列")])
def test_a_file_that_mends_an_unknown_batch_is_refused(
    client: TestClient, provider: Provider, table_counts: TableCounts, language: str, words: str
) -> None:
    """The message names the field and the remedy; nothing is stored."""
    before = table_counts()
    headers = {**provider.headers, "Content-Type": "text/csv", "Accept-Language": language}
    answer = client.post(URL, content=as_csv([HEADER]), headers=headers, params={"mends": "f" * 32})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "mends"
    assert words in answer.text
    assert table_counts() == before
