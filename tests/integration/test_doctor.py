"""The examination of an installation: each part passes or says what to mend."""

from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pkcs11 import Attribute, ObjectClass
from sqlalchemy import text

from creditbank.bank import utc_now
from creditbank.database import open_writing_engine
from creditbank.doctor.examine import examine
from creditbank.founding import init_bank
from creditbank.settings import Settings
from tests.fixtures.processes import Program
from tests.fixtures.servers import PostgresServer, RedisServer
from tests.fixtures.tokens import SoftToken

PARTS = {
    "database",
    "triggers",
    "names",
    "clock",
    "keystore",
    "key files",
    "cache",
    "disk",
    "fonts",
    "optional doors",
}

Examine = Callable[[Settings], dict[str, str]]


@pytest.fixture
def faults() -> Examine:
    """Examine and give the code of every part that failed."""

    def faults_of(settings: Settings) -> dict[str, str]:
        findings = examine(settings, utc_now)
        assert {finding.part for finding in findings} == PARTS
        return {one.part: one.code for one in findings if not one.is_passed}

    return faults_of


def test_a_founded_bank_passes_in_every_part(settings: Settings, faults: Examine) -> None:
    """Nothing to mend on either engine."""
    assert faults(settings) == {}


def test_fonts_that_are_not_there_are_named_with_their_folder(
    settings: Settings, faults: Examine, tmp_path: Path
) -> None:
    """Learning records cannot be printed; all else works."""
    without = settings.model_copy(update={"fonts_dir": tmp_path})
    assert faults(without) == {"fonts": "fonts-missing"}


def test_a_door_that_was_opened_is_told_and_is_no_fault(
    settings: Settings, faults: Examine
) -> None:
    """Whoever looks at an installation sees what else it offers."""
    opened = settings.model_copy(update={"transcripts": True})
    assert faults(opened) == {}
    told = {one.part: one.facts for one in examine(opened, utc_now)}
    assert told["optional doors"] == {"names": ("CREDITBANK_TRANSCRIPTS",)}


def test_before_it_is_made_nothing_is_made(tmp_path: Path, faults: Examine) -> None:
    """Looking creates no file."""
    found = faults(Settings(data_dir=tmp_path / "absent"))

    assert found["database"] == found["keystore"] == found["disk"] == "database-absent"
    assert found["key files"] == "key-file-missing"
    assert not (tmp_path / "absent").exists()


def test_an_empty_database_is_not_a_bank_yet(
    postgres: PostgresServer, tmp_path: Path, faults: Examine
) -> None:
    """The remedy is init."""
    empty = {"database_url": postgres.create_database(), "keystore_url": postgres.create_database()}
    found = faults(Settings(data_dir=tmp_path, **empty))

    assert found["database"] == found["keystore"] == "database-absent"
    assert found["triggers"] == found["names"] == found["clock"] == "not-examined"


def test_a_database_that_does_not_answer_is_told_apart(settings: Settings, faults: Examine) -> None:
    """The other parts are examined all the same."""
    away = settings.model_copy(update={"database_url": "postgresql://bank@127.0.0.1:1/bank"})

    assert faults(away) == {
        "database": "database-unreachable",
        "triggers": "not-examined",
        "names": "not-examined",
        "clock": "not-examined",
    }


def test_an_old_revision_is_named(settings: Settings, faults: Examine) -> None:
    """The remedy is migrate."""
    _execute(settings.key_database, "UPDATE alembic_version SET version_num = '0000'")

    assert faults(settings) == {"keystore": "revision-old"}


def test_a_missing_trigger_is_named(settings: Settings, faults: Examine) -> None:
    """Somebody made the log writable."""
    engine = open_writing_engine(settings.bank_database)
    on_table = " ON ledger_leaf" if engine.dialect.name == "postgresql" else ""
    names = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_leaf'::regclass"
    if not on_table:
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_leaf'"
    with engine.begin() as connection:
        name = connection.scalars(text(f"{names} ORDER BY 1")).first()
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on_table}")
    engine.dispose()

    assert faults(settings) == {"triggers": "triggers-missing"}


@pytest.mark.parametrize(
    "moved",
    [{"origin": "https://bank.example"}, {"issuer_did": "did:web:other"}, {"ledger_origin": "x"}],
)
def test_a_bank_that_is_called_otherwise_is_told(
    settings: Settings, faults: Examine, moved: dict[str, str]
) -> None:
    """A DID whose address nobody serves verifies nothing."""
    assert faults(settings.model_copy(update=moved)) == {"names": "name-differs"}


def test_an_origin_that_moved_on_purpose_is_confirmed_by_setting_the_old_names(
    settings: Settings, faults: Examine
) -> None:
    """The remedy that the examination gives is enough."""
    confirmed = {
        "origin": "https://bank.example",
        "issuer_did": settings.default_issuer_did(),
        "ledger_origin": settings.default_ledger_origin(),
    }

    assert faults(settings.model_copy(update=confirmed)) == {}


def test_a_clock_behind_the_log_is_told(settings: Settings) -> None:
    """Nothing may be dated before what is already recorded."""
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    found = {one.part: one.code for one in examine(settings, lambda: an_hour_ago)}

    assert found["clock"] == "clock-behind"


@pytest.mark.parametrize("name", ["passphrase", "signing-keys.json", "vault-keys.json"])
def test_a_key_file_that_others_may_read_is_told(
    settings: Settings, faults: Examine, name: str
) -> None:
    """0600 or stricter."""
    (settings.data_dir / name).chmod(0o640)
    assert faults(settings) == {"key files": "key-file-exposed"}

    (settings.data_dir / name).chmod(0o400)
    assert faults(settings) == {}


def test_a_key_file_that_the_passphrase_does_not_open_is_told(
    settings: Settings, faults: Examine
) -> None:
    """Better now than at the next start."""
    settings.passphrase_file.write_text("another")

    assert faults(settings) == {"key files": "key-file-closed"}


def test_a_token_that_does_not_sign_is_told(
    tmp_path: Path, faults: Examine, soft_token: SoftToken
) -> None:
    """Away, under another PIN, without a key of the ring, and not named at all."""
    settings = Settings(data_dir=tmp_path / "new").model_copy(update=soft_token.settings)
    init_bank(settings)
    assert faults(settings) == {}
    soft_token.take_away()
    assert faults(settings) == {"key files": "token-down"}
    soft_token.bring_back()
    assert faults(settings) == {}
    wrong = tmp_path / "wrong"
    wrong.touch(0o600)
    wrong.write_text("999999")
    assert faults(settings.model_copy(update={"pkcs11_pin_file": wrong})) == {
        "key files": "token-down"
    }
    wrong.chmod(0o644)
    assert faults(settings.model_copy(update={"pkcs11_pin_file": wrong})) == {
        "key files": "key-file-exposed"
    }
    unnamed = dict.fromkeys(("pkcs11_module", "pkcs11_token", "pkcs11_pin_file"))
    assert faults(settings.model_copy(update=unnamed)) == {"key files": "token-not-set"}
    with soft_token.opened() as session:
        key = next(iter(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})))
        key.destroy()
    assert faults(settings) == {"key files": "token-key-missing"}


def test_redis_that_does_not_answer_is_told(
    settings: Settings, faults: Examine, redis_server: RedisServer
) -> None:
    """Only where it is configured."""
    assert faults(settings.model_copy(update={"redis_url": redis_server.url})) == {}
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1"})
    assert faults(away) == {"cache": "redis-unreachable"}


def test_a_full_disk_is_told(
    settings: Settings, faults: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gibibyte must be free."""
    usage = namedtuple("usage", "total used free")(2 << 30, (1 << 30) + 1, (1 << 30) - 1)  # noqa: PYI024
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)

    assert faults(settings) == {"disk": "disk-full"}


def test_the_command_exits_1_and_says_the_remedy(program: Program, settings: Settings) -> None:
    """Scripts read the exit code and --json, people the remedy in their language."""
    del settings
    assert program.run("doctor").returncode == 0
    (program.logs / "data" / "passphrase").chmod(0o644)
    done = program.run("doctor")
    told = program.run("doctor", "--json")

    assert (done.returncode, told.returncode) == (1, 1)
    assert "key files: failed" in done.stdout
    assert "chmod 600" in done.stdout
    assert '"passed": false' in told.stdout
    assert '"code": "key-file-exposed"' in told.stdout


def test_init_mends_what_is_absent(tmp_path: Path, faults: Examine) -> None:
    """The remedy that is named most often works."""
    settings = Settings(data_dir=tmp_path / "new")
    init_bank(settings)

    assert faults(settings) == {}


def _execute(url: str, statement: str) -> None:
    engine = open_writing_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
