"""DuckDB itself, and one workspace's file in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from polku.eventstore.duckdb import schema
from polku.eventstore.duckdb.files import SPILL
from polku.eventstore.duckdb.troubles import first_line
from polku.eventstore.port import StoreError


@dataclass
class Attached:
    """A generation of a workspace. `users` are sessions on it, `readers` those of them that read.

    `is_replaced`: another generation is the live one; this one's file goes with its last user.
    """

    alias: str
    file: Path
    log_size: int
    users: int = 0
    readers: int = 0
    wants_quiet: bool = False
    is_given_up: bool = False
    is_replaced: bool = False

    @property
    def log(self) -> Path:
        return self.file.with_name(self.file.name + ".wal")


def open_instance(folder: Path, *, threads: int, memory_limit: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(folder / SPILL),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        },
    )
    # From here on nothing that a question says can reach another file or change a setting.
    connection.execute("SET allowed_directories = [$folder]", {"folder": str(folder)})
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def attach(connection: duckdb.DuckDBPyConnection, workspace: str, file: Path) -> str:
    """Attach by a name of the file's generation: a path is never attached under two names."""
    alias = f"w{workspace}_{file.stem}"
    path = str(file).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{path}' AS {alias}")
    except duckdb.Error as error:
        raise StoreError(
            _("The event store's file %(file)s cannot be opened: %(reason)s")
            % {"file": file, "reason": first_line(error)}
        ) from error
    return alias


def upgrade(connection: duckdb.DuckDBPyConnection, alias: str, file: Path) -> None:
    """Add what a file made by an earlier program lacks: all of it or, where that fails, nothing."""
    try:
        with connection.cursor() as cursor:
            there: dict[str, set[str]] = {}
            for table, column in cursor.execute(
                "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = $alias",
                {"alias": alias},
            ).fetchall():
                there.setdefault(table, set()).add(column)
            if lacking := schema.upgrade_statements(f"{alias}.main", there):
                for statement in ("BEGIN", *lacking, "COMMIT"):
                    cursor.execute(statement)
    except duckdb.Error as error:
        connection.execute(f"DETACH {alias}")
        raise StoreError(
            _("The event store's file %(file)s cannot be brought up to date: %(reason)s")
            % {"file": file, "reason": first_line(error)}
        ) from error
