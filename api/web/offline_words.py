"""What the offline page says: the words of the other pages, and those that hold only offline.

The page is static, so `dev/offline_page.py` writes these words and the pinned contexts beside it.
"""

import json
from dataclasses import asdict, replace
from types import MappingProxyType

from api.web.glosses import GLOSSES
from api.web.verdicts import CHECKS, PROBLEMS, RESULTS, VERDICTS, Told
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
_CLASSES = MappingProxyType(
    {
        "formal": ("学历教育", "Degree learning"),
        "vocational": ("职业技能证书", "Vocational certificate"),
        "non_degree": ("非学历教育", "Non-degree learning"),
        "venue": ("社会场馆学习", "Venue learning"),
    }
)
_FIELDS = MappingProxyType(
    {
        "title": ("名称", "Title"),
        "title_en": ("英文名称", "Title in English"),
        "provider": ("办学机构", "Provider"),
        "provider_en": ("办学机构英文名", "Provider in English"),
        "class": ("类别", "Class"),
        "awarded_on": ("获得日期", "Awarded on"),
        "result": ("结果", "Result"),
        "grade": ("成绩", "Grade"),
        "grade_scale": ("计分方式", "Grade scale"),
        "credits": ("学分", "Credits"),
        "minutes": ("学习量（分钟）", "Study time in minutes"),
        "class_hours": ("学时", "Class hours"),
    }
)
"""The fields of a statement that a holder can disclose; others are shown by their own names."""


def words() -> dict[str, object]:
    """Give every word of the page that is not in its HTML."""
    verdicts = {**VERDICTS, **_OFFLINE}
    return {
        "verdicts": {verdict.value: asdict(told) for verdict, told in verdicts.items()},
        "statusUnknown": asdict(_STATUS_UNKNOWN),
        "entered": asdict(_ENTERED),
        "checks": {name.value: told for name, told in CHECKS.items()},
        "results": {result.value: told for result, told in RESULTS.items()},
        "problems": PROBLEMS,
        "classes": dict(_CLASSES),
        "fields": dict(_FIELDS),
        "glosses": dict(GLOSSES),
    }


def scripts() -> dict[str, str]:
    """Give the page's scripts that are written from the code, by the names of their files."""
    told = "".join(
        f"  {name}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in words().items()
    )
    contexts = "".join(f"  {json.dumps([url, pinned_context(url)])},\n" for url in PINNED)
    return {
        "words.js": f"{_HEAD}const WORDS = {{\n{told}}};\n",
        "contexts.js": f"{_HEAD}const CONTEXTS = new Map([\n{contexts}]);\n",
    }
