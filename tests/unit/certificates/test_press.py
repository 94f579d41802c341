"""A learning record is printed whole, or it is said which character cannot be."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest

from certificates.clr import LearnerRecord, clr_document
from certificates.errors import FontsMissing, Unprintable
from certificates.learning_record import record_of, transcript_of
from certificates.open_badge import Badge, LedgerEvidence, Level, Part, Party, badge_document
from certificates.press import open_press
from certificates.status_list import StatusEntry, StatusPurpose
from tests.fixtures.printed import (
    Printed,
    declared,
    elements_of,
    fonts_of,
    glyphs_of,
    is_embedded,
    press,
)

ISSUED = datetime(2026, 11, 28, 17, tzinfo=UTC)
ZONE = timezone(timedelta(hours=8))
LINK = "https://bank.example/V/ABCDEFGHJKLMNPQRSTUVWXYZ23"
COURSE = Badge(
    id="https://bank.example/api/v1/credentials/ABCDEFGHJKLMNPQRSTUVWXYZ23",
    issuer=Party(id="did:web:bank.example", name="示例学分银行", name_en="Example Credit Bank"),
    valid_from=ISSUED,
    valid_until=datetime(2030, 6, 30, 15, 59, 59, tzinfo=UTC),
    subject="urn:uuid:6f1ed002-ab5e-4c0c-8f1c-0e0d8f6f7b10",
    holder="示例学习者",
    achievement="https://bank.example/api/v1/definitions/x",
    title="供应链管理",
    title_en="Supply Chain Management",
    code="SCM-101",
    outcome_class="formal",
    provider=Party(id="https://bank.example/i", name="示例职业技术学院", name_en="Example College"),
    awarded_at=None,
    awarded_on="2014-06",
    result="合格",
    grade="优秀",
    grade_scale="五级制",
    credits=2_500,
    hours="48 课时 class hours",
    assurance="supervised",
    licence_number="A-1",
    level=Level(framework="国家资历框架", code="5", name="五级", url="https://bank.example/l"),
    evidence=LedgerEvidence(log="bank.example/ledger", index=41, leaf_hash="ab" * 32),
    status=(),
)


def stated(**changes: Any) -> dict[str, Any]:
    """Give a credential that says this."""
    known = {name: getattr(COURSE, name) for name in Badge.__slots__}
    return badge_document(Badge(**(known | changes)))


def printed(**changes: Any) -> Printed:
    """Print it."""
    signed = stated(**changes)
    return Printed(press().record(record_of(signed, ZONE), orjson.dumps(signed), LINK))


def listed(*parts: dict[str, Any]) -> dict[str, Any]:
    """Give a list of credentials."""
    status = [
        StatusEntry(purpose=StatusPurpose.REVOCATION, list_url="https://bank.example/s", index=7)
    ]
    return clr_document(
        LearnerRecord(
            id="https://bank.example/api/v1/credentials/ZBCDEFGHJKLMNPQRSTUVWXYZ23",
            issuer=COURSE.issuer,
            valid_from=ISSUED,
            subject=COURSE.subject,
            parts=parts,
            status=status,
        )
    )


def printed_list(*parts: dict[str, Any]) -> Printed:
    """Print it."""
    signed = listed(*parts)
    transcript = transcript_of(signed, ZONE)
    assert transcript is not None
    return Printed(press().transcript(transcript, orjson.dumps(signed), LINK))


def test_everything_that_the_credential_says_is_on_the_page() -> None:
    """In both languages, day and hour of issue in the bank's own time."""
    text = printed().text
    for said in (
        "学习成果证明", "Record of learning outcome", "示例学习者", "供应链管理",
        "Supply Chain Management", "示例职业技术学院 Example College", "学历教育 formal", "SCM-101",
        "优秀（五级制）", "2.5", "48 课时 class hours", "2014-06", "监考 supervised",
        "国家资历框架 · 五级", "A-1", "2030-06-30", "did:web:bank.example", "2026-11-29 01:00:00",
        "bank.example/ledger", "41", "ab" * 32, LINK, "如何核验", "How to verify",
        "本页所载为 2026-11-29 的状态", "This page states what held on 2026-11-29",
    ):  # fmt: skip
        assert said in text, said


def test_what_is_not_known_has_no_line() -> None:
    """No word stands before nothing; a name is shown only where she chose it."""
    unknown = dict.fromkeys(("holder", "code", "credits", "hours", "assurance", "licence_number"))
    text = printed(**unknown, level=None, valid_until=None, grade=None, grade_scale=None).text
    for name in ("课程代码", "学分 Credits", "学时", "核验等级", "等级", "证书编号", "有效期"):
        assert name not in text
    assert "持有人选择不显示姓名" in text
    assert "合格" in text
    parts = [Part(name="BIG", value="36"), Part(name="公共课", value="4")]
    assert "公共课 Part 4" in printed(parts=parts).text


def test_the_file_declares_both_standards_and_has_what_they_ask() -> None:
    """PDF/A-3a and PDF/UA-1 as declared by typst; no validator of others looked at it."""
    with printed().opened() as pdf:
        said = declared(pdf)
        assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("3", "A")
        assert said["pdfuaid:part"] == "1"
        assert "供应链管理" in said["dc:title"]
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.Root.Lang) == "zh-CN"
        assert all(is_embedded(font) for _, font in fonts_of(pdf))
        kinds = [str(one.S) for one in elements_of(pdf)]
        assert {"/H1", "/H2", "/Table", "/Figure"} <= set(kinds)
        (figure,) = [one for one in elements_of(pdf) if one.S == "/Figure"]
        assert LINK in str(figure.Alt)
        (file,) = pdf.Root.AF
        assert (file.AFRelationship, file.EF.F.Subtype) == ("/Source", "/application/vc")


def test_the_credential_lies_inside_byte_for_byte_and_its_code_is_read() -> None:
    """From the page as a phone or a copier shows it, and no code but that one."""
    paper = printed()
    assert paper.attached() == {"credential.json": orjson.dumps(stated())}
    for dots_an_inch in (110, 200, 300):
        assert paper.codes(dots_an_inch) == [LINK.upper()]


def test_the_same_credential_gives_the_same_bytes() -> None:
    """Its time is that of issue."""
    assert printed() == printed()


@pytest.mark.parametrize("name", ["𠮷田", "䶮", "朱祐𬒶", "𪚥", "王㛃", "Ōmer Ğül"])
def test_a_rare_character_is_printed_and_found_in_the_text(name: str) -> None:
    """A name of Plane 2 comes from the next font; nothing is an empty box."""
    paper = printed(holder=name, title=name)
    assert paper.text.count(name) >= 2
    with paper.opened() as pdf:
        assert all(0 not in glyphs_of(page) for page in pdf.pages)


def test_a_character_of_no_font_is_named_and_nothing_is_printed() -> None:
    """Each once, with its code point, wherever it stands."""
    with pytest.raises(Unprintable) as refused:
        printed(holder="李\U000323ae", title="\U000323af\U000323ae")
    assert refused.value.characters == ("\U000323ae (U+323AE)", "\U000323af (U+323AF)")


def test_missing_fonts_are_named(tmp_path: Path) -> None:
    """In the order in which they were asked for; no folder has none."""
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(FontsMissing) as refused:
            open_press(folder, ("Noto Serif CJK SC", "HanaMinA"))
        assert refused.value.families == ("Noto Serif CJK SC", "HanaMinA")


def test_long_and_hostile_texts_stay_texts() -> None:
    """Typst's own marks mean nothing in a name; what is long breaks and takes a second page."""
    hostile = '#panic("x") *a* $b$ \\ <c> [d] @e "f'
    paper = printed(title=hostile, provider=Party(id="urn:x", name="甲" * 3_000))
    assert hostile in paper.text
    assert paper.text.count("甲") >= 3_000
    assert paper.codes() == [LINK.upper()]


def test_a_transcript_is_one_table_with_one_code_and_the_signed_list_inside() -> None:
    """Over as many pages as it needs, its head on each."""
    parts = [stated(title=f"课程 {place}", hours=None) for place in range(20)]
    paper = printed_list(*parts)
    assert paper.codes() == [LINK.upper()]
    assert paper.attached() == {"credential.json": orjson.dumps(listed(*parts))}
    assert all(part["name"] in paper.text for part in parts)
    assert "由持有人选定，并非其全部成果" in paper.text
    with paper.opened() as pdf:
        assert len(pdf.pages) > 1
        kinds = [str(one.S) for one in elements_of(pdf)]
        assert (kinds.count("/THead"), kinds.count("/Figure")) == (1, 1)
        said = declared(pdf)
        assert (said["pdfaid:part"], said["pdfuaid:part"]) == ("3", "1")


@pytest.mark.parametrize(
    ("holders", "is_shown"), [(("甲", "甲"), True), (("甲", None), False), (("甲", "乙"), False)]
)
def test_a_transcript_shows_a_name_only_where_all_of_it_shows_that_name(
    holders: tuple[str | None, ...], *, is_shown: bool
) -> None:
    """Two names are not one holder."""
    text = printed_list(*(stated(holder=one, title="课程") for one in holders)).text
    assert ("未在各项凭证中一致显示姓名" not in text) is is_shown
    assert ("甲" in text) is is_shown


def test_a_single_credential_is_no_list() -> None:
    """Whoever prints it takes the other sheet."""
    assert transcript_of(stated(), ZONE) is None
