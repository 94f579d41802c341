"""How templates become pages: one environment a language, strict about what is missing."""

from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.web.days import write_day, write_moment
from api.web.glosses import GLOSSES
from api.web.messages import HTML_LANGUAGES, translations
from api.web.static_files import address_of

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
    words = translations(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        words.ugettext, words.ungettext, newstyle=True, pgettext=words.upgettext
    )
    made.globals |= {
        "language": language,
        "html_language": HTML_LANGUAGES[language],
        "glosses": GLOSSES,
        "static": address_of,
    }
    made.filters |= {
        "day": partial(write_day, language=language),
        "moment": partial(write_moment, language=language),
        "in_fours": in_fours,
    }
    return made


def in_fours(text: str) -> str:
    """Group symbols by four, as they are read out and typed."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
