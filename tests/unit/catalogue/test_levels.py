"""Levels are compared within a framework, or by a published map."""

import pytest

from creditbank.catalogue.levels import ordinal_in, read_levels
from creditbank.errors import InvalidInput, Refusal

FILE = """
format: creditbank/levels/v1
frameworks:
  - id: skills
    title: 职业技能等级
    source: 示例文件
    levels: [{ordinal: "3", name: 三级/高级工}, {ordinal: "4", name: 二级/技师}]
    maps: [{to: degrees, source: 示例对照表, pairs: {"3": "5"}}]
  - id: degrees
    title: 学历层次
    source: 示例文件
    levels: [{ordinal: "5", name: 专科}]
"""


def test_levels_of_two_frameworks_are_compared_by_a_map_alone() -> None:
    """No map leads back, and none for another level: neither is derived."""
    frameworks = {one.id: one for one in read_levels(FILE)}
    assert ordinal_in(frameworks, "skills", 4, "skills") == 4
    assert ordinal_in(frameworks, "skills", 3, "degrees") == 5
    for framework, ordinal, other in (("degrees", 5, "skills"), ("skills", 4, "degrees")):
        with pytest.raises(Refusal, match="levels-not-comparable"):
            ordinal_in(frameworks, framework, ordinal, other)


def test_a_framework_without_its_source_is_refused() -> None:
    """Each wrong place is named."""
    with pytest.raises(InvalidInput) as refused:
        read_levels(FILE.replace("source: 示例文件", "origin: 示例文件", 1))
    assert {one.field for one in refused.value.problems} == {
        "frameworks.0.source", "frameworks.0.origin"
    }  # fmt: skip
