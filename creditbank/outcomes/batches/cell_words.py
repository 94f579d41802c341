"""What cells may say where a file comes without a mapping: words of Chinese or English for codes.

The words are data, in `cell_words.yaml`; what is not listed is taken as it stands.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from creditbank.outcomes.batches.headers import fold
from creditbank.outcomes.batches.sources import Column, Constant, Source
from creditbank.plain_yaml import load_plain_yaml

_IDENTITY_CARD_HEADERS = frozenset(
    fold(name)
    for name in (
        "身份证号",
        "身份证号码",
        "身份证",
        "公民身份号码",
        "居民身份证号",
        "居民身份证号码",
    )
)
"""Headers that say of which kind the documents are, so that no cell need say it."""


@cache
def words_by_field() -> Mapping[str, Mapping[str, str]]:
    """Give the code for every listed word, by field."""
    listed = cast(  # Our own file.
        "Mapping[str, Mapping[str, Sequence[str]]]",
        load_plain_yaml(Path(__file__).with_suffix(".yaml").read_text("utf-8")),
    )
    return {
        field: {word: code for code, words in codes.items() for word in words}
        for field, codes in listed.items()
    }


def sources_of(columns: Mapping[str, str]) -> dict[str, Source]:
    """Give from where each field comes, by the column of each; the header alone decides."""
    words = words_by_field()
    sources: dict[str, Source] = {
        name: Column(column=column, values=words.get(name), others="keep")
        if name in words
        else Column(column=column)
        for name, column in columns.items()
    }
    number = columns.get("document_number")
    if number is not None and fold(number) in _IDENTITY_CARD_HEADERS:
        sources.setdefault("document_type", Constant(constant="identity_card"))
    return sources
