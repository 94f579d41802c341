"""Whatever is read is printed back as it was, and whatever cannot be read is left to a person."""

from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from creditbank.agreements.notation import Agreement
from creditbank.agreements.print_notation import print_notation
from creditbank.agreements.read_notation import read_notation
from creditbank.agreements.reading import read_table
from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.table import Table
from creditbank.agreements.words import fold
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import Bundle, Courses

HEADER = "source,subject,course_code,destination,detail,effective_start,effective_end\n"
LABELS = [fold("Q"), fold("B-Sci"), fold("Lab")]

subjects = st.sampled_from(["MATH", "CHEM", "B", "示例"])
numbers = st.sampled_from(["101", "2", "330A", "45021"])
amounts = st.sampled_from(["3", "1.5", "0.25", "12"])
spaces = st.sampled_from([" ", "  ", "\u3000", "\t"])
ands, ors = st.sampled_from(["&", "and", "AND", "＆"]), st.sampled_from(["or", "OR", "Or"])


@st.composite
def courses(draw: st.DrawFn, institution: str) -> str:
    """A course with its credits, in any width."""
    subject, number, amount = draw(subjects), draw(numbers), draw(amounts)
    brackets = draw(st.sampled_from(["({})", "（{}）", "( {} )"]))
    return f"{institution} {subject} {number} {brackets.format(amount)}"


@st.composite
def unassigned(draw: st.DrawFn) -> str:
    """Credit in a subject."""
    number = draw(st.sampled_from(["1XX", "2xxx", "1st", "2nd", "300 lev", "XXX"]))
    return f"SFB {draw(subjects)} {number} ({draw(amounts)})"


targets = st.one_of(courses("SFB"), unassigned())
labelled = st.builds(
    lambda target, label: target + label,
    targets,
    st.sampled_from(["", ", Q", " - B-Sci", ", *Lab", ", Q/B-Sci"]),
)


@st.composite
def rows(draw: st.DrawFn, item: st.SearchStrategy[str], joint: st.SearchStrategy[str]) -> str:
    """Several in a row with the same kind of joint."""
    items = draw(st.lists(item, min_size=1, max_size=4))
    return "".join([items[0], *(f" {draw(joint)} {one}" for one in items[1:])])


sources = st.one_of(
    st.just(""),
    rows(courses("SFA"), ands).map(lambda one: f"{one} = "),
    rows(courses("SFA"), ors).map(lambda one: f"{one} = "),
    rows(courses("SFA"), ors).map(lambda one: f"Any 1 of {one} = "),
)
remarks = st.sampled_from(
    [
        "",
        ".",
        ", Exempt SFB MATH 110.",
        ", waive MATH 110, MATH 111 & MATH 112",
        ". Student may request SFB MATH 2XX (3) instead.",
        "; minimum grade of C+",
        ", must be completed within the last 7 years.",
        ", must be taken together",
    ]
)
notations = st.builds(
    lambda *parts: "".join(parts),
    sources,
    st.one_of(rows(labelled, ands), rows(targets, ors)),
    remarks,
)


@given(notations, spaces)
def test_what_is_printed_folds_as_the_source(text: str, space: str) -> None:
    """Each notation of the forms is read, and says the same when it is printed back."""
    source = text.replace(" ", space)
    assert fold(print_notation(read_notation(source, LABELS))) == fold(source)


@given(notations)
def test_printing_reads_back_as_the_same_agreement(text: str) -> None:
    """Nothing is lost between what is read and what is printed."""
    read = read_notation(text, LABELS)
    assert read_notation(print_notation(read), LABELS) == read


WORDS = "any 2 of or and & , . ( ) = - / 3 sfb math 101 1xx exempt no credit minimum % 示例 ＝"
words = st.sampled_from(WORDS.split())
noise = st.one_of(st.text(max_size=80), st.lists(words, max_size=25).map(" ".join))


@given(noise)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    """What it does not know, it names."""
    with suppress(Unread):
        assert fold(print_notation(read_notation(text, LABELS))) == fold(text)


@given(st.lists(st.lists(noise, min_size=7, max_size=7), max_size=4))
def test_no_table_makes_the_import_fail(cells: Sequence[Sequence[str]]) -> None:
    """Each row becomes something, whatever stands in it."""
    lines = [",".join('"' + one.replace('"', "'") + '"' for one in row) for row in cells]
    found = read_table(Table.read(HEADER + "\n".join(lines)))
    assert [one.row.number for one in found] == list(range(1, len(found) + 1))


def asked_by(rule: Rule) -> set[tuple[int, frozenset[str]]]:
    """What a rule asks for: of which courses how many."""
    if isinstance(rule.shape, Bundle):
        return {(one.at_least, frozenset(one.sources.courses)) for one in rule.shape.parts}
    return {(1, frozenset(rule.sources.courses))}


def given_by(rule: Rule) -> list[tuple[str, str]]:
    """What a rule gives: names and credits."""
    assert isinstance(rule.shape, Bundle | Courses)
    return sorted(
        (one.category or one.code, str(one.credits)) for one in rule.shape.targets if one.credits
    )


@given(
    st.one_of(rows(courses("SFA"), st.just("&")), rows(courses("SFA"), st.just("or"))),
    st.one_of(rows(targets, st.just("&")), rows(targets, st.just("or"))),
)
def test_the_rules_say_what_the_agreement_says(asked: str, awarded: str) -> None:
    """Read from the printed notation by splitting it, and from the rules alone."""
    own = fold(asked.replace("&", " or ").split(" or ")[0])
    cells = f'SFA,{own[1]},{own[2]},SFB,"{asked} = {awarded}",Sep/10,present'
    (row,) = read_table(Table.read(HEADER + cells))
    agreement = read_notation(f"{asked} = {awarded}")
    assert isinstance(agreement, Agreement)
    assert row.why in {None, Why.REPEATED}
    if row.why is None:
        assert [given_by(one.rule) for one in row.rules] == [
            sorted(map(named, one.split("&"))) for one in awarded.split(" or ")
        ]
        parts = [frozenset(map(coded, one.split(" or "))) for one in asked.split("&")]
        for one in row.rules:
            assert asked_by(one.rule) == {(1, part) for part in parts}


def coded(text: str) -> str:
    """The code of a source as printed."""
    return " ".join(fold(text)[1:3]).upper()


def named(text: str) -> tuple[str, str]:
    """The name and credits of a target as printed."""
    name, amount = text.replace("（", "(").replace("）", ")").rstrip(") ").split("(")
    written = " ".join(name.split())
    if not written.endswith(("st", "nd", "lev")):
        written = written.upper()
    return written, amount.strip()
