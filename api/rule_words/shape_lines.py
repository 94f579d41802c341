"""What a rule gives, in plain 中文 for a committee."""

from collections.abc import Iterator

from api.rule_words.source_lines import source_lines
from creditbank.conversion.amounts import print_scaled
from creditbank.conversion.shapes import (
    Bundle,
    CourseTarget,
    Exemption,
    FixedAmount,
    HoursPool,
    Shape,
    SourceAmount,
)

_HOURS = {"class_hours": "学时", "hours": "小时学习量"}
_GRADES = {"exempt": "免考", "pass": "合格", "copied": "原成绩"}


def shape_lines(shape: Shape, unit: str) -> Iterator[str]:
    """Say what is asked for together, and what it gives; `unit` is 学分 or 积分."""
    if isinstance(shape, HoursPool):
        yield from _pool(shape, unit)
        return
    if isinstance(shape, Bundle):
        yield from _bundle(shape)
    else:
        yield "折算：一项成果认定下列课程，一门课程只认定一项成果"
    for target in shape.targets:
        yield f"　· {target.title.zh}（{target.code}）：{_target(target, unit)}"


def _pool(pool: HoursPool, unit: str) -> Iterator[str]:
    hours, target = _HOURS[pool.unit], pool.target
    yield f"折算：累计每 {pool.per_credit} {hours}认定 1 {unit}，按 {pool.quantum} {unit}向下取整"
    place = _placed(target.category, target.grade)
    yield f"　认定为：{target.title.zh}（{target.code}{place}）；余下{hours}留待以后使用"


def _bundle(bundle: Bundle) -> Iterator[str]:
    near = []
    if bundle.within_months is not None:
        near.append(f"自最早一项授予之日起 {bundle.within_months} 个月内取得")
    if bundle.year_begins is not None:
        month, day = bundle.year_begins
        near.append(f"在 {month} 月 {day} 日起的同一年度内取得")
    yield f"折算：须同时具备下列各项成果{'，' if near else ''}{'，且'.join(near)}，一并认定下列课程"
    for part in bundle.parts:
        asked = "；".join(source_lines(part.sources)) or "不限"
        yield f"　○ {part.name}：{part.at_least} 门（{asked}）"


def _target(target: CourseTarget, unit: str) -> str:
    said = [_amount(target, unit)]
    if target.filled == "in_parts":
        said.append("可分次认定")
    if target.category is not None:
        said.append(f"课程模块 {target.category}")
    if target.grade is not None:
        said.append(f"成绩记为{_GRADES[target.grade]}")
    if target.sources is not None:
        said.append(f"另须{'；'.join(source_lines(target.sources))}")
    return "，".join(said)


def _amount(target: CourseTarget, unit: str) -> str:
    gives = target.gives
    if isinstance(gives, Exemption):
        return f"免修、免考，不计{unit}"
    if isinstance(gives, FixedAmount):
        whole = "" if target.credits is None else f"（课程共 {target.credits} {unit}）"
        return f"{gives.credits} {unit}{whole}"
    if isinstance(gives, SourceAmount):
        return _of_source(gives, target, unit)
    return f"{target.credits} {unit}"


def _of_source(gives: SourceAmount, target: CourseTarget, unit: str) -> str:
    said = "按成果在目录中的学分值"
    if gives.factor is not None:
        said += f" × {_factor(gives.factor)}"
    if gives.by_level:
        levels = (
            f"{one.framework}第 {one.level} 级 {_factor(one.factor)}" for one in gives.by_level
        )
        said += f" × 等级系数（{'、'.join(levels)}）"
    if gives.quantum is not None:
        said += f"，按 {gives.quantum} {unit}向下取整"
    return said + (f"，不超过 {target.credits} {unit}" if gives.kind == "lesser" else "")


def _factor(thousandths: int) -> str:
    return print_scaled(thousandths, 3)


def _placed(category: str | None, grade: str | None) -> str:
    said = "" if category is None else f"，课程模块 {category}"
    return said + ("" if grade is None else f"，成绩记为{_GRADES[grade]}")
