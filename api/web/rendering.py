"""How templates become pages: one environment a language, strict about what is missing."""

import re
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api.code_words import code_word
from api.counts import in_thousands
from api.web.constant_words import ConstantWords
from api.web.days import write_day, write_moment
from api.web.full_width import joined
from api.web.glosses import GLOSSES
from api.web.messages import HTML_LANGUAGES, translations
from api.web.static_files import address_of

_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+")

TEMPLATES = Path(str(files("api.web"))) / "templates"


@cache
def environment(language: str) -> Environment:
    """Give the templates of a language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.code_generator_class = ConstantWords
    if language == "zh":
        made.concat = joined  # type: ignore[method-assign]  # as its native one does
    words = translations(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        words.ugettext, words.ungettext, newstyle=True, pgettext=words.upgettext
    )
    made.globals |= {
        "_": made.globals["gettext"],
        "language": language,
        "html_language": HTML_LANGUAGES[language],
        "glosses": GLOSSES,
        "word": partial(code_word, language=language),
        "static": address_of,
    }
    made.filters |= {
        "day": partial(write_day, language=language),
        "moment": partial(write_moment, language=language),
        "in_fours": in_fours,
        "in_thousands": in_thousands,
        "in_tongues": mark_chinese if language == "en" else escape,
    }
    return made


def in_fours(text: str) -> str:
    """Group symbols by four, as they are read out and typed."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def mark_chinese(text: str) -> Markup:
    """Mark 中文 that somebody stated within English, so that it is read out as what it is."""
    marked = _CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', str(escape(text)))
    return Markup(marked)  # noqa: S704 - escaped above, and only spans were added
