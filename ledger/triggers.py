"""Triggers that keep the log append-only in the database itself, for SQLite and PostgreSQL.

On SQLite they hold only on connections with `PRAGMA recursive_triggers=ON`: without it `INSERT OR
REPLACE` deletes the old row unseen. The file's or table's owner can still remove them; every start
compares them with this text, and the witnesses are the true guard.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

_FIXED_TABLES = ("leaf", "checkpoint", "object")
_GROWING_TABLES = ("tile", "head")
_GUARDED_TABLES = (*_FIXED_TABLES, *_GROWING_TABLES)

_TILE_SHRINKS = (
    "NEW.level <> OLD.level OR NEW.number <> OLD.number"
    " OR substr(NEW.data, 1, length(OLD.data)) <> OLD.data"
)
_HEAD_FALLS = "NEW.id <> OLD.id OR NEW.size < OLD.size OR NEW.last_at < OLD.last_at"
_SECOND_HEAD = "EXISTS (SELECT 1 FROM ledger_head)"
_LEAF_GAP = "NEW.idx IS NOT (SELECT coalesce(max(idx) + 1, 0) FROM ledger_leaf)"
_CHECKPOINT_FALLS = "NEW.size <= (SELECT max(size) FROM ledger_checkpoint)"
# On PostgreSQL once a statement: a query for each row would stop COPY from writing in bulk.
_LEAVES_GAP = (
    "(SELECT max(idx) - min(idx) + 1 <> count(*)"
    " OR min(idx) <> coalesce((SELECT max(idx) + 1 FROM ledger_leaf"
    " WHERE idx < (SELECT min(idx) FROM added)), 0)"
    " OR max(idx) < (SELECT max(idx) FROM ledger_leaf) FROM added)"
)


def create_triggers(connection: Connection) -> None:
    """Create every trigger; for the migration that creates the tables."""
    statements = (
        _postgresql_statements() if _is_postgresql(connection) else _sqlite_triggers().values()
    )
    for statement in statements:
        connection.exec_driver_sql(statement)


def missing_triggers(connection: Connection) -> list[str]:
    """Name the triggers that are missing, changed, or not always enabled."""
    if _is_postgresql(connection):
        return _missing_on_postgresql(connection)
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    texts = {row.name: row.sql for row in found}
    return [name for name, sql in _sqlite_triggers().items() if texts.get(name) != sql]


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _sqlite_triggers() -> Mapping[str, str]:
    rules = [("no_delete", "DELETE", table, "1") for table in _GUARDED_TABLES]
    rules += [("no_update", "UPDATE", table, "1") for table in _FIXED_TABLES]
    rules += [
        ("only_grows", "UPDATE", "tile", _TILE_SHRINKS),
        ("never_falls", "UPDATE", "head", _HEAD_FALLS),
        ("one_row", "INSERT", "head", _SECOND_HEAD),
        ("no_gap", "INSERT", "leaf", _LEAF_GAP),
        ("rises", "INSERT", "checkpoint", _CHECKPOINT_FALLS),
    ]
    return {
        f"ledger_{table}_{rule}": (
            f"CREATE TRIGGER ledger_{table}_{rule} BEFORE {event} ON ledger_{table}"
            f" WHEN {condition} BEGIN"
            f" SELECT RAISE(ABORT, 'ledger_{table} is append-only ({rule})'); END"
        )
        for rule, event, table, condition in rules
    }


def _postgresql_functions() -> Mapping[str, str]:
    """Give the body of each trigger's function, by name."""
    conditions = {
        "refuse": "TRUE",
        "only_grows": _TILE_SHRINKS,
        "never_falls": _HEAD_FALLS,
        "one_row": _SECOND_HEAD,
        "no_gap": _LEAVES_GAP,
        "rises": _CHECKPOINT_FALLS,
    }
    refusal = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;"
    return {
        f"ledger_{name}": f" BEGIN IF {condition} THEN {refusal} END IF; RETURN NEW; END "
        for name, condition in conditions.items()
    }


def _postgresql_triggers() -> Mapping[str, tuple[str, str]]:
    """Give table and definition of each trigger, as PostgreSQL prints it back, by name."""
    rows = "FOR EACH ROW"
    rules = [("fixed", "BEFORE DELETE OR UPDATE", t, rows, "refuse") for t in _FIXED_TABLES]
    rules += [("kept", "BEFORE DELETE", t, rows, "refuse") for t in _GROWING_TABLES]
    rules += [
        ("whole", "BEFORE TRUNCATE", t, "FOR EACH STATEMENT", "refuse") for t in _GUARDED_TABLES
    ]
    rules += [
        ("only_grows", "BEFORE UPDATE", "tile", rows, "only_grows"),
        ("never_falls", "BEFORE UPDATE", "head", rows, "never_falls"),
        ("one_row", "BEFORE INSERT", "head", rows, "one_row"),
        ("rises", "BEFORE INSERT", "checkpoint", rows, "rises"),
        (
            "no_gap",
            "AFTER INSERT",
            "leaf",
            "REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
            "no_gap",
        ),
    ]
    return {
        f"{table}_{rule}": (
            table,
            f"CREATE TRIGGER {table}_{rule} {event} ON {table} {each} {run}()",
        )
        for rule, event, table, each, run in (
            (rule, event, f"ledger_{name}", each, f"EXECUTE FUNCTION ledger_{function}")
            for rule, event, name, each, function in rules
        )
    }


def _postgresql_statements() -> list[str]:
    functions = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$"
        for name, body in _postgresql_functions().items()
    ]
    triggers = _postgresql_triggers()
    always = [
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for name, (table, _) in triggers.items()
    ]
    # The driver reads a lone per cent sign as a parameter.
    creating = [*functions, *(definition for _, definition in triggers.values()), *always]
    return [statement.replace("%", "%%") for statement in creating]


def _missing_on_postgresql(connection: Connection) -> list[str]:
    triggers, functions = _postgresql_triggers(), _postgresql_functions()
    found = connection.execute(
        text(
            "SELECT t.tgname AS name, p.prosrc AS body,"
            " pg_get_triggerdef(t.oid, true) AS definition FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgenabled = 'A' AND pg_table_is_visible(c.oid)"
        )
    )
    actual = {row.name: (row.definition, row.body) for row in found}
    expected = {
        name: (definition, functions[definition.rpartition(" ")[2].removesuffix("()")])
        for name, (_, definition) in triggers.items()
    }
    return [name for name, parts in expected.items() if actual.get(name) != parts]
