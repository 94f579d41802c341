"""What the offline page says: the words of the other pages, and those that hold only offline.

The page is static, so `dev/offline_page.py` writes it from its template, and these words and the
pinned contexts beside it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from types import MappingProxyType

from api.problems import LANGUAGES
from api.web.glosses import GLOSSES
from api.web.messages import HTML_LANGUAGES
from api.web.rendering import environment
from api.web.verdicts import (
    CHECKS,
    PROBLEMS,
    RESULTS,
    VERDICTS,
    Told,
    in_language,
    tell_problem,
)
from certificates.linked_data import PINNED, pinned_context
from creditbank.verification.report import Verdict

_HEAD = """"use strict";

// Written by `make docs` from the bank's own words and contexts; do not edit.

"""
_REVOKED = Told(
    "–",
    "warn",
    "不再有效",
    "No longer holds",
    "可能已撤销、已更正替换或已停止分享；离线名单不说明原因，请联网核验。",
    "It was revoked, replaced, or its share ended. A list does not tell which: verify it online.",
)
_OFFLINE = MappingProxyType(
    {
        Verdict.VALID: replace(
            VERDICTS[Verdict.VALID],
            means_zh="以下内容与签发时完全一致，至下列状态时间仍然有效。",
            means_en="What stands below is what was signed, and held at the time of the status.",
        ),
        Verdict.REVOKED: _REVOKED,
        Verdict.SUSPENDED: replace(
            VERDICTS[Verdict.SUSPENDED],
            means_zh="正在复核，暂不能作为依据，请更新名单或联网再核验。",
            means_en="It is under review and proves nothing for now. "
            "Refresh the lists, or verify it online.",
        ),
        Verdict.EXPIRED: replace(
            VERDICTS[Verdict.EXPIRED],
            means_zh="有效期已满，请持有人重新出示。",
            means_en="It has run out. Ask its holder for a new one.",
        ),
        Verdict.NOT_YET_VALID: replace(
            VERDICTS[Verdict.NOT_YET_VALID],
            means_zh="生效时间未到。",
            means_en="The time from which it holds has not come.",
        ),
        Verdict.UNKNOWN: replace(
            VERDICTS[Verdict.UNKNOWN],
            means_zh="这不是学习码、证书或入账证明，请核对是否完整。",
            means_en="This is no pass, credential or proof of an entry. Check that it is whole.",
        ),
    }
)
_STATUS_UNKNOWN = Told(
    "?",
    "warn",
    "签名有效，状态未知",
    "Signature good, status not known",
    "内容与签发时完全一致，但无法确认现在是否仍然有效；请更新名单或联网核验。",
    "It is what was signed, but whether it still holds is not known. "
    "Refresh the lists, or verify it online.",
)
_ENTERED = Told(
    "✓",
    "good",
    "已入账",
    "Entered in the ledger",
    "这一条目在签名的账本之中；这不表示现在仍然有效。",
    "The signed ledger has this entry. That does not say that it still holds.",
)
SHEETS = ("tokens", "frame", "forms", "cards", "verify", "print")
"""The sheets that the page needs of those that the other pages have."""
_SCRIPTS = (
    "vendor/jsonld.min",
    *("contexts", "words", "bytes", "json", "times", "keys", "did", "cbor", "pass", "linked_data"),
    *("report", "credential", "status_lists", "ledger", "verify", "trust", "preferences", "show"),
    "page",
)
"""In the order in which each needs those before it."""


def words(language: str) -> dict[str, object]:
    """Give every word that the page's script says in a language."""
    told = environment(language).get_template("offline/words.html").module
    verdicts = {**VERDICTS, **_OFFLINE}
    return {
        "verdicts": {one.value: asdict(it.spoken(language)) for one, it in verdicts.items()},
        "statusUnknown": asdict(_STATUS_UNKNOWN.spoken(language)),
        "entered": asdict(_ENTERED.spoken(language)),
        "checks": {name.value: in_language(pair, language) for name, pair in CHECKS.items()},
        "results": {
            result.value: [sign, in_language((zh, en), language)]
            for result, (sign, zh, en) in RESULTS.items()
        },
        "problems": {code: tell_problem(code, language) for code in PROBLEMS},
        "glosses": {
            word: gloss for word, gloss in GLOSSES.items() if gloss.isascii() == (language == "en")
        },
        **{name: getattr(told, name) for name in ("classes", "fields", "labels", "refusals")},
    }


def page() -> str:
    """Give the page itself: a template of it in each language, of which its script takes one."""
    shown = {"sheets": SHEETS, "scripts": _SCRIPTS, "pages": [_page(one) for one in LANGUAGES]}
    return environment(LANGUAGES[0]).get_template("offline/index.html").render(**shown) + "\n"


def _page(language: str) -> dict[str, object]:
    told = environment(language).get_template("offline/words.html").module
    return {
        "lang": HTML_LANGUAGES[language],
        "title": told.title,  # type: ignore[attr-defined]  # set by the template
        "needs_script": told.needs_script,  # type: ignore[attr-defined]
        "body": environment(language).get_template("offline/page.html").render(),
    }


def files() -> dict[str, str]:
    """Give the page and its scripts that are written from the code, by the names of their files."""
    told = "".join(
        f"  {json.dumps(HTML_LANGUAGES[language])}: {{\n{_lines(words(language))}  }},\n"
        for language in LANGUAGES
    )
    contexts = "".join(f"  {json.dumps([url, pinned_context(url)])},\n" for url in PINNED)
    return {
        "index.html": page(),
        "words.js": f"{_HEAD}const WORDS = {{\n{told}}};\n",
        "contexts.js": f"{_HEAD}const CONTEXTS = new Map([\n{contexts}]);\n",
    }


def _lines(said: Mapping[str, object]) -> str:
    return "".join(
        f"    {name}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in said.items()
    )
