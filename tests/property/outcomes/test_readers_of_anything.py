from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.cells import read_workbook
from creditbank.outcomes.batches.mapping import identity_mapping, load_mapping
from creditbank.outcomes.batches.objects import read_objects
from creditbank.outcomes.batches.oneroster import oneroster_upload, open_set
from creditbank.outcomes.batches.rows import read_rows
from creditbank.outcomes.posting import parse_posting
from creditbank.outcomes.texts import LENGTHS
from tests.fixtures.workbooks import workbook

WORKBOOK = workbook([("course", "term", "result", "awarded_on"), ("B", "T", "Pass", 2024)])
HEADER = b"learner,course,term,result,credits,awarded_on\n"


def wrong_fields(fields: dict[str, str | None]) -> list[str]:
    """Name the fields that a posting is refused for."""
    try:
        parse_posting(fields, today=date(2026, 7, 1))
    except InvalidInput as refused:
        return [problem.field for problem in refused.problems]
    return []


@given(st.binary(max_size=300))
def test_any_bytes_as_a_file_are_rows_or_refused(content: bytes) -> None:
    """Never another error than a refusal that names the place."""
    for source in (
        read_rows(BytesIO(HEADER + content), identity_mapping()),
        read_rows(BytesIO(content), identity_mapping()),
        read_objects(BytesIO(content)),
    ):
        with suppress(InvalidInput):
            list(source)


@given(st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(max_size=9)), max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_damage_to_a_workbook_or_a_zip_file_is_refused(damage: list[tuple[int, bytes]]) -> None:
    """Neither of the packing nor of the sheet within comes another error."""
    content = bytearray(WORKBOOK)
    for place, replaced in damage:
        start = place % len(content)
        content[start : start + len(replaced)] = replaced
    with suppress(InvalidInput):
        list(read_workbook(BytesIO(content), identity_mapping()))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "set.zip"
        path.write_bytes(content)
        upload = oneroster_upload(open_set(path))
        with suppress(InvalidInput):
            list(upload.rows(upload.mapping()))


@given(st.text(max_size=300))
def test_any_text_as_a_mapping_is_read_or_refused(text: str) -> None:
    """A mapping comes from outside too."""
    with suppress(InvalidInput):
        load_mapping(text)


@given(
    st.dictionaries(st.sampled_from(sorted(LENGTHS)) | st.text(max_size=5), st.text() | st.none())
)
def test_any_fields_are_a_posting_or_refused_with_one_problem_a_field(
    fields: dict[str, str | None],
) -> None:
    """Each wrong field is named once."""
    named = wrong_fields(fields)
    assert len(named) == len(set(named))
