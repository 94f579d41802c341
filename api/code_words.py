"""What codes are called where a person reads them; programs get the codes themselves."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from creditbank.plain_yaml import SAFE_LOADER

Words = Mapping[str, str]
"""What something is called, by language: `zh` and `en`."""


@cache
def code_words() -> Mapping[str, Mapping[str, Words]]:
    """Read the lists once: the words of each code, list by list."""
    text = files("api").joinpath("code_words.yaml").read_text("utf-8")
    read: Mapping[str, Mapping[str, Words]] = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506 - ours
    return read


def code_word(of: str, code: str, language: str) -> str:
    """Give the word of a code of a list; what was stated freely and is no code stays as it is."""
    words = code_words()[of].get(code)
    return code if words is None else words[language]
