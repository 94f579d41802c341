"""Triggers that keep the log append-only in the database itself, for SQLite and PostgreSQL.

On SQLite they hold only on connections with `PRAGMA recursive_triggers=ON`: without it `INSERT OR
REPLACE` deletes the old row unseen. The file's or table's owner can still remove them; every start
compares them with this text, and the witnesses are the true guard.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

_FIXED_TABLES = ("leaf", "checkpoint", "object")
_GUARDED_TABLES = (*_FIXED_TABLES, "tile", "head")

_TILE_SHRINKS = (
    "NEW.level <> OLD.level OR NEW.number <> OLD.number"
    " OR substr(NEW.data, 1, length(OLD.data)) <> OLD.data"
)
_LEAF_GAP = "NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM ledger_leaf)"
_HEAD_FALLS = "NEW.id <> OLD.id OR NEW.size < OLD.size OR NEW.last_at < OLD.last_at"


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
        ("one_row", "INSERT", "head", "(SELECT count(*) FROM ledger_head) > 0"),
        (
            "no_gap",
            "INSERT",
            "leaf",
            "NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM ledger_leaf)",
        ),
        ("rises", "INSERT", "checkpoint", "NEW.size <= (SELECT max(size) FROM ledger_checkpoint)"),
    ]
    return {
        f"ledger_{table}_{rule}": (
            f"CREATE TRIGGER ledger_{table}_{rule} BEFORE {event} ON ledger_{table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, 'ledger_{table} is append-only ({rule})'); END"
        )
        for rule, event, table, condition in rules
    }


def _postgresql_functions() -> Mapping[str, str]:
    refuse = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;"
    conditions = {"refuse": "TRUE", "tile": _TILE_SHRINKS, "head": _HEAD_FALLS}
    return {
        f"ledger_guard_{name}": f" BEGIN IF {condition} THEN {refuse} END IF; RETURN NEW; END "
        for name, condition in conditions.items()
    }


def _postgresql_triggers() -> Mapping[str, str]:
    """Give the definition of each trigger as PostgreSQL prints it back, by name."""
    triggers = {}
    for table in _GUARDED_TABLES:
        events = "DELETE OR UPDATE" if table in _FIXED_TABLES else "DELETE"
        rules = [("fixed", events, "ROW", "refuse"), ("kept", "TRUNCATE", "STATEMENT", "refuse")]
        if table not in _FIXED_TABLES:
            rules.append(("grows", "UPDATE", "ROW", table))
        for rule, event, level, guard in rules:
            name = f"ledger_{table}_{rule}"
            triggers[name] = (
                f"CREATE TRIGGER {name} BEFORE {event} ON public.ledger_{table}"
                f" FOR EACH {level} EXECUTE FUNCTION ledger_guard_{guard}()"
            )
    return triggers


def _postgresql_statements() -> list[str]:
    functions = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$"
        for name, body in _postgresql_functions().items()
    ]
    triggers = _postgresql_triggers()
    always = [
        f"ALTER TABLE {sql.split(' ON ')[1].split(' ')[0]} ENABLE ALWAYS TRIGGER {name}"
        for name, sql in triggers.items()
    ]
    # psycopg reads a lone per cent sign as a parameter.
    return [statement.replace("%", "%%") for statement in [*functions, *triggers.values(), *always]]


def _missing_on_postgresql(connection: Connection) -> list[str]:
    found = connection.execute(
        text("SELECT tgname, tgenabled, pg_get_triggerdef(oid) AS sql FROM pg_trigger")
    )
    texts = {row.tgname: row.sql for row in found if row.tgenabled in {"A", b"A"}}
    bodies = {
        row.proname: row.prosrc
        for row in connection.execute(text("SELECT proname, prosrc FROM pg_proc"))
    }
    triggers = [name for name, sql in _postgresql_triggers().items() if texts.get(name) != sql]
    functions = [name for name, body in _postgresql_functions().items() if bodies.get(name) != body]
    return triggers + functions
