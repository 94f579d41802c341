"""The courses that published rules take and give, by which rules are found."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_Link = tuple[str, str, str | None, tuple[str, ...] | None]
"""Role, code, category and providers."""


def upgrade() -> None:
    table = op.create_table(
        "rule_course",
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("providers", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["rule_id", "version"], ["rule.id", "rule.version"]),
        sa.PrimaryKeyConstraint("rule_id", "version", "place"),
    )
    op.create_index("ix_rule_course_code", "rule_course", ["role", "code"])
    published = sa.text("SELECT content FROM rule WHERE entry_index IS NOT NULL")
    for content in op.get_bind().scalars(published).all():
        rule = json.loads(content)
        rows = [
            {
                "rule_id": rule["id"],
                "version": rule["version"],
                "place": place,
                "role": role,
                "code": code,
                "category": category,
                "providers": None if providers is None else list(providers),
            }
            for place, (role, code, category, providers) in enumerate(_links(rule), start=1)
        ]
        op.bulk_insert(table, rows)


def _links(rule: dict[str, Any]) -> list[_Link]:
    return list(dict.fromkeys([*_taken(rule), *_given(rule)]))


def _taken(rule: dict[str, Any]) -> Iterator[_Link]:
    shape, own = rule["shape"], rule["sources"]
    parts = [part["sources"] for part in shape.get("parts", ())]
    targets = shape["targets"] if shape["kind"] == "courses" else []
    more = [*parts, *(target["sources"] for target in targets if "sources" in target)]
    for asked in ([own], *([own, one] for one in more)):
        providers = _providers(asked)
        for code in _same(rule, asked[-1].get("courses", [])):
            yield "takes", code, None, providers
        for pattern in asked[-1].get("course_patterns", ()):
            yield "takes_like", pattern, None, providers
    if not any(one.get("courses") or one.get("course_patterns") for one in (own, *parts)):
        yield "takes_any", "", None, _providers([own])


def _given(rule: dict[str, Any]) -> Iterator[_Link]:
    shape = rule["shape"]
    for target in shape["targets"] if "targets" in shape else [shape["target"]]:
        yield "gives", target["code"], target.get("category"), None
        for code in _same(rule, [target["code"]]):
            if code != target["code"]:
                yield "gives", code, None, None


def _same(rule: dict[str, Any], codes: list[str]) -> list[str]:
    groups = (one for one in rule.get("equivalents", ()) if not set(one).isdisjoint(codes))
    return list(dict.fromkeys([*codes, *(code for group in groups for code in group)]))


def _providers(asked: list[dict[str, Any]]) -> tuple[str, ...] | None:
    if any(one.get("banks") for one in asked):
        return ()
    named = [{*one.get("providers", ()), *one.get("provider_subtrees", ())} for one in asked]
    stated = [one for one in named if one]
    return tuple(sorted(set.intersection(*stated))) if stated else None
