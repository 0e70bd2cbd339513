"""Accounts and definitions in a backup: SQLite as a file, PostgreSQL as its own COPY texts.

PostgreSQL is copied by the connection that is there anyway: its tools need not be installed, nor be of its version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from polku.installation.backup.archive import BackupProblem, BackupWriter, Manifest

SQLITE_FILE = "database.sqlite3"
_OF_MIGRATIONS = "django_migrations"


def add_database(writer: BackupWriter, scratch: Path) -> None:
    """Add one state of the database; others go on to read and write."""
    if connection.vendor == "sqlite":
        _add_sqlite(writer, scratch)
    else:
        _add_postgresql(writer, scratch)


def check_database(manifest: Manifest) -> None:
    """Raises BackupProblem where this installation's database cannot take what the backup holds."""
    if manifest.database != connection.vendor:
        raise BackupProblem(
            _(
                "The backup is of %(there)s, and this installation uses %(here)s. Set or leave out DATABASE_URL."
            )
            % {"there": manifest.database, "here": connection.vendor}
        )
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    if unknown := [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]:
        raise BackupProblem(
            _("The backup was made by a later Polku, which knows %s; install that one first.") % unknown[0]
        )


def load_postgresql(manifest: Manifest, folder: Path) -> None:
    """Put what the backup holds in the place of all tables of Polku: in one transaction, so all of it or nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in [*_tables(), _OF_MIGRATIONS]:
                cursor.execute(f"DROP TABLE IF EXISTS {_quoted(table)} CASCADE")
        executor = MigrationExecutor(connection)
        executor.migrate(_newest(executor, manifest))
        with connection.cursor() as cursor:
            names = ", ".join(_quoted(table) for table in manifest.columns)
            cursor.execute(f"TRUNCATE {names} CASCADE")
        for table, columns in manifest.columns.items():
            _copy(
                f"COPY {_quoted(table)} ({_listed(columns)}) FROM STDIN",
                partial(_send, file=folder / "database" / f"{table}.copy"),
            )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            models = [
                model
                for model in apps.get_models(include_auto_created=True)
                if model._meta.db_table in manifest.columns
            ]
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


def _add_sqlite(writer: BackupWriter, scratch: Path) -> None:
    copy = scratch / SQLITE_FILE
    # A connection of its own, which is in no transaction: within one SQLite would wait for itself.
    name = str(connection.settings_dict["NAME"])
    source, target = sqlite3.connect(name, timeout=20, uri=name.startswith("file:")), sqlite3.connect(copy)
    try:
        source.backup(target)
        writer.manifest.migrations = [
            list(row) for row in target.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        ]
    finally:
        target.close()
        source.close()
    writer.add(SQLITE_FILE, copy)
    copy.unlink()


def _add_postgresql(writer: BackupWriter, scratch: Path) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        applied = MigrationRecorder(connection).applied_migrations()
        writer.manifest.migrations = [list(key) for key in sorted(applied)]
        for table in _tables():
            with connection.cursor() as cursor:
                described = connection.introspection.get_table_description(cursor, table)
            columns = writer.manifest.columns[table] = [column.name for column in described]
            file = scratch / f"{table}.copy"
            _copy(
                f"COPY {_quoted(table)} ({_listed(columns)}) TO STDOUT",
                partial(_receive, file=file),
            )
            writer.add(f"database/{table}.copy", file)
            file.unlink()


def _tables() -> list[str]:
    """Tables of our models that are there, in order of their names."""
    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))


def _newest(executor: MigrationExecutor, manifest: Manifest) -> list[tuple[str, str]]:
    """Of each room, the migrations up to which its tables had come."""
    there = {(app, name) for app, name in manifest.migrations}
    graph = executor.loader.graph
    return sorted(
        key
        for key in there
        if key in graph.nodes
        and not any(child.key in there and child.key[0] == key[0] for child in graph.node_map[key].children)
    )


def _copy(statement: str, work: Callable[[Any], None]) -> None:
    """Run a COPY by psycopg itself, which Django's cursor has no word for."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        work(copy)


def _receive(copy: Any, file: Path) -> None:
    with file.open("wb") as target:
        for piece in copy:
            target.write(piece)


def _send(copy: Any, file: Path) -> None:
    with file.open("rb") as source:
        while piece := source.read(1024 * 1024):
            copy.write(piece)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _listed(columns: list[str]) -> str:
    return ", ".join(_quoted(column) for column in columns)
