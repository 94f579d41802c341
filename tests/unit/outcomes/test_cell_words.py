"""What the cells of a file without a mapping may say."""

import pytest

from creditbank.learners.documents import DocumentType
from creditbank.outcomes.batches.cell_words import sources_of, words_by_field
from creditbank.outcomes.batches.headers import columns_by_field
from creditbank.outcomes.batches.sources import NOT_AWARDED, Column, Constant
from creditbank.outcomes.learner_reference import AttemptKind
from creditbank.outcomes.particulars import Assurance

OTHERS = ["课程代码", "学期", "结果", "获得日期"]


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("attempt_kind", set(AttemptKind)),
        ("document_type", set(DocumentType)),
        ("assurance", set(Assurance)),
        ("result", {NOT_AWARDED}),
    ],
)
def test_every_code_of_a_field_has_words_and_every_word_means_one(
    field: str, codes: set[str]
) -> None:
    """A clerk writes 补考 and 身份证, never a code of ours."""
    assert set(words_by_field()[field].values()) == codes


def test_a_word_is_translated_and_anything_else_is_kept() -> None:
    """A result is printed as it was given, unless it says that nothing was achieved."""
    fields = sources_of(columns_by_field(["学号", *OTHERS]))
    result = fields["result"]
    assert isinstance(result, Column)
    assert result.others == "keep"
    assert (result.values or {})["不合格"] == NOT_AWARDED
    assert "合格" not in (result.values or {})


@pytest.mark.parametrize("header", ["身份证号", "公民身份号码", "居民身份证号码"])
def test_a_column_of_identity_card_numbers_says_of_which_kind_they_are(header: str) -> None:
    """Such a sheet has no column 证件类型."""
    fields = sources_of(columns_by_field([header, "姓名", *OTHERS]))
    assert fields["document_type"] == Constant(constant="identity_card")


def test_a_column_of_document_numbers_does_not_and_a_column_of_kinds_goes_first() -> None:
    """证件号码 can be a passport's."""
    assert "document_type" not in sources_of(columns_by_field(["证件号码", "姓名", *OTHERS]))
    both = sources_of(columns_by_field(["证件类型", "身份证号", "姓名", *OTHERS]))
    assert isinstance(both["document_type"], Column)
