"""Being the process that owns the event store: the lock, the migrations, the open store."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from polku.cli.errors import CommandError
from polku.cli.paths import lock_path
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.registry import use_store
from polku.installation.backup import has_unfinished_restore


@contextmanager
def store_lock(home: Path, *, wait: float = 0, waiting: Callable[[], None] | None = None) -> Iterator[bool]:
    """Hold the home folder's lock; yields False when another process kept it for `wait` seconds."""
    descriptor = os.open(lock_path(home), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + wait
    told = False
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    yield False
                    return
                if waiting and not told:
                    waiting()
                    told = True
                time.sleep(0.05)
            else:
                yield True
                return
    finally:
        os.close(descriptor)  # closing lets the lock go


def migrate() -> None:
    """Bring the relational database up to date; cheap when it is. Raises CommandError where it cannot be used."""
    if has_unfinished_restore(Path(settings.POLKU_HOME)):
        raise CommandError(
            _("A restore was cut off half-way. Run polku restore again, with the same backup.")
        )
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise CommandError(
            _("The database %(name)s cannot be used: %(reason)s")
            % {"name": connection.settings_dict["NAME"], "reason": str(error).partition("\n")[0]}
        ) from error


@contextmanager
def open_store(home: Path) -> Iterator[DuckDBStore]:
    """Open the event store for this process and make it the one that is asked."""
    store = DuckDBStore(home / "events")
    use_store(store)
    try:
        yield store
    finally:
        use_store(None)
        store.close()
