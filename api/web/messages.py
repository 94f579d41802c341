"""The words of the pages: sources are English, one catalogue for each folder of templates is 中文.

Catalogues are read as they are written (`*.po`), once at start: what a translator changed is what
is shown, and no compiled file can be older than its source.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALES = {"zh": "zh_CN", "en": "en_GB"}
"""What numbers and days are written by."""
HTML_LANGUAGES = {"zh": "zh-CN", "en": "en"}
CATALOGUES = files("api.web").joinpath("messages", "zh_CN")


@cache
def translations(language: str) -> NullTranslations:
    """Give the words of a language; English needs none beside the sources."""
    if language == "en":
        return NullTranslations()
    first, *others = (_read(file.read_bytes(), language) for file in CATALOGUES.iterdir())
    for other in others:
        first.merge(other)
    return first


def _read(text: bytes, language: str) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(text), locale=LOCALES[language]))
    compiled.seek(0)
    return Translations(compiled)
