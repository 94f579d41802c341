"""Thousands of rules come in and are published as one file, each on its own merits."""

import json
from pathlib import Path

from creditbank.bank import Bank
from creditbank.rules.queries import published_rules
from tests.fixtures.terminal import Terminal

EXAMPLES = Path(__file__).parents[3] / "examples" / "agreements"


def test_agreements_are_drafted_by_their_author_and_published_by_their_approver(
    bank: Bank, terminal: Terminal, tmp_path: Path
) -> None:
    """Twice is once; what was changed after it was published is refused, the others stand."""
    rules = tmp_path / "rules.ndjson"
    terminal.run("agreements", "read", str(EXAMPLES / "transfer.csv"), "--rules", str(rules))
    count = len(rules.read_text("utf-8").splitlines())

    assert terminal.answer("rules", "import", str(rules))["drafts"] == count
    with bank.readers.reading() as connection:
        assert published_rules(connection) == []
    assert terminal.answer("rules", "publish", str(rules))["published"] == count
    assert terminal.answer("rules", "publish", str(rules))["published"] == count
    with bank.readers.reading() as connection:
        stored = published_rules(connection)
    assert len(stored) == count
    assert all(one.drafted_by != one.published_by for one in stored)

    first, *others = rules.read_text("utf-8").splitlines()
    changed = json.loads(first) | {"reference": "另一文件"}
    rules.write_text("\n".join([json.dumps(changed), *others]), "utf-8")
    done = terminal.run("rules", "import", str(rules), "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["refused"] == 1
    assert changed["id"] in done.stderr


def test_a_line_that_is_no_rule_stops_the_file(terminal: Terminal, tmp_path: Path) -> None:
    """Before anything is stored; the line is named."""
    rules = tmp_path / "rules.ndjson"
    rules.write_text('{"format": "creditbank/rule/v1"}\n', "utf-8")
    assert "1: " in terminal.refused("rules", "import", str(rules))
