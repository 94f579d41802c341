"""Glosses: the other language's word beside a signed one, for readers of one language only.

They are ours and not signed; the page says so. A word that is not listed stands alone.
"""

from types import MappingProxyType

_BOTH_WAYS = {
    "优秀": "excellent",
    "良好": "good",
    "中等": "satisfactory",
    "百分制": "percent",
    "五级制": "five-level",
    "二级制": "two-level",
    "求职": "job application",
    "升学": "admission",
    "用人单位": "employer",
}
GLOSSES = MappingProxyType(
    {
        **_BOTH_WAYS,
        **{english: chinese for chinese, english in _BOTH_WAYS.items()},
        "合格": "pass",
        "及格": "pass",
        "通过": "pass",
        "完成": "completed",
        "免考": "exempted",
        "Pass": "合格",
        "Distinction": "优秀",
    }
)
