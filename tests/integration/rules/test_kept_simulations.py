"""What a draft was simulated with: kept for just its bytes, asked for to approve, and signed."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import Refusal
from creditbank.rules.draft import DraftRule
from creditbank.rules.keep_simulation import KeepSimulation
from creditbank.rules.publish import PublishRule
from creditbank.rules.queries import StoredRule
from creditbank.rules.simulations import kept_simulation
from creditbank.statistics.kept import KeptResult
from ledger.leaf import decode
from ledger.read import read_leaf
from tests.fixtures.kept_simulations import simulation_kept
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import CERTIFICATE_RULE
from tests.fixtures.tampering import Operator
from tests.fixtures.terminal import Terminal
from tests.fixtures.whose import audited

TEXT = CERTIFICATE_RULE.replace("certificate-courses", "anew").replace("DG-10", "ZX-10")
CHANGED = TEXT.replace("示例文件第2号", "示例文件第3号")


@pytest.fixture
def drafted(recognition: Recognition) -> Callable[[str], StoredRule]:
    """Draft a rule of the school."""
    recognition.certificate()

    def draft(text: str) -> StoredRule:
        document = RuleDocument.read(text)
        author = document.rule.author
        command = DraftRule(institution_id=recognition.school, document=document, by=author)
        return recognition.bank.writer.write(command).answer

    return draft


def approving(text: str) -> PublishRule:
    """Approve a draft as a person does before whose eyes it is."""
    document = RuleDocument.read(text)
    return PublishRule(document=document, by=document.rule.approver, after_simulation=True)


def refused(bank: Bank, command: PublishRule | KeepSimulation) -> str:
    """Give the code of a refusal."""
    with pytest.raises(Refusal) as caught:
        bank.writer.write(command)
    return caught.value.code


def test_a_draft_is_approved_after_a_simulation_of_just_its_bytes_which_its_leaf_names(
    bank: Bank, drafted: Callable[[str], StoredRule]
) -> None:
    """Changing the draft makes it void; the audit knows the simulation that was signed for."""
    first = drafted(TEXT)
    assert refused(bank, approving(TEXT)) == "rule-not-simulated"
    simulation_kept(bank, first, "clerk")
    changed = drafted(CHANGED)
    with bank.readers.reading() as connection:
        assert kept_simulation(connection, changed) is None, "it was of other bytes"
    assert refused(bank, approving(CHANGED)) == "rule-not-simulated"
    stale = KeepSimulation(version=first, result={}, by="clerk")
    assert refused(bank, stale) == "rule-draft-differs"

    digest = simulation_kept(bank, changed, "clerk")
    published = bank.writer.write(approving(CHANGED)).answer
    with bank.readers.reading() as connection:
        leaf = decode(read_leaf(connection, published.entry_index or 0))
        kept = kept_simulation(connection, published)
    assert leaf["stmt"] == digest
    assert kept is not None
    assert (kept.by, kept.digest.hex()) == ("clerk", digest)
    result = KeptResult.read(kept.result)
    assert [one.count for one in result.holders.tally.sums] == [1]
    assert result.size == published.entry_index
    again = KeepSimulation(version=published, result={}, by="clerk")
    assert refused(bank, again) == "rule-version-published"

    assert audited(bank) == []
    operator = Operator(bank)
    operator.run("DELETE FROM rule_simulation")
    operator.close()
    assert "there is no simulation that its leaf names" in str(audited(bank))


def test_what_an_operator_publishes_from_a_signed_file_is_not_held_up(
    bank: Bank, drafted: Callable[[str], StoredRule], terminal: Terminal, tmp_path: Path
) -> None:
    """It names no simulation; where one was kept, the leaf names it all the same."""
    file = tmp_path / "rule.yaml"
    file.write_text(TEXT, "utf-8")
    told = terminal.run("rules", "simulate", str(file), "--keep", "--json")
    assert "rule-unknown" in told.stdout + told.stderr, "there is no draft yet"
    drafted(TEXT)
    assert terminal.answer("rules", "simulate", str(file))["kept"] is None
    kept = terminal.answer("rules", "simulate", str(file), "--keep")["kept"]
    assert kept["by"] == RuleDocument.read(TEXT).rule.author
    index = terminal.answer("rules", "publish", str(file))["entry_index"]
    with bank.readers.reading() as connection:
        plain = decode(read_leaf(connection, index - 1))
        assert decode(read_leaf(connection, index))["stmt"] == kept["digest"]
    assert "stmt" not in plain or plain["t"] != "rule"


def test_the_door_keeps_it_for_persons_alone(
    client: TestClient,
    recognition: Recognition,
    drafted: Callable[[str], StoredRule],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """A second attempt of the same name makes no second one; the look says what was kept."""
    drafted(TEXT)
    clerk = make_staff(recognition.school, Role.CLERK)
    path, named = "/api/v1/rules/anew/1/simulation", {"Idempotency-Key": "once"}
    first = client.post(path, headers=clerk | named)
    second = client.post(path, headers=clerk | named)
    assert [one.status_code for one in (first, second)] == [201, 200]
    assert first.json() == second.json()
    assert client.get(path, headers=clerk).json()["kept"] == first.json()
    assert orjson.loads(first.content)["ledger_size"] > 0
    elsewhere = make_staff(recognition.centre, Role.CLERK)
    assert client.post(path, headers=elsewhere).status_code == 404
