"""Rules that were published before they had rows of their courses."""

import json

import rfc8785
from alembic import command
from sqlalchemy import text

from creditbank.conversion.rule_file import RuleDocument
from creditbank.database import open_writing_engine
from creditbank.migrations.run import config_of, migrate
from creditbank.rules.courses import course_rows, stored_courses
from creditbank.settings import Settings
from tests.fixtures.rules import RULES

RULE_OF_BEFORE = text(
    "INSERT INTO rule (id, version, institution_id, content, sha256, drafted_by, entry_index)"
    " VALUES (:id, :version, 'i', :content, :sha256, '甲', :entry_index)"
)


def test_rules_that_were_published_before_are_found_by_their_courses(empty: Settings) -> None:
    """Every example gets the rows that it would get if published today; a draft gets none."""
    empty.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_writing_engine(empty.bank_database)
    config = config_of("bank")
    rules = [RuleDocument.read(file.read_text("utf-8")) for file in sorted(RULES.glob("*.yaml"))]
    wider = {"id": "wider", "sources": {"course_patterns": ["M-*"], "providers": ["q", "p"]}}
    rules.append(RuleDocument.parse(rfc8785.dumps(json.loads(rules[0].content) | wider)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0019")
        connection.exec_driver_sql(
            "INSERT INTO institution (id, kind, name, entry_index) VALUES ('i', 'bank', '学', 0)"
        )
        for number, one in enumerate(rules):
            stored = {
                "id": one.rule.id,
                "version": one.rule.version,
                "content": one.content,
                "sha256": one.sha256,
                "entry_index": number or None,
            }
            connection.execute(RULE_OF_BEFORE, stored)
    migrate(empty)
    with engine.connect() as connection:
        found = stored_courses(connection, [one.rule.id for one in rules])
    engine.dispose()
    expected = {(one.rule.id, one.rule.version): course_rows(one.rule) for one in rules[1:]}
    assert found == expected
    roles = {str(row["role"]) for rows in found.values() for row in rows}
    assert roles == {"takes", "takes_like", "takes_any", "gives"}
