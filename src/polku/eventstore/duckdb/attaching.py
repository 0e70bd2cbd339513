"""DuckDB itself, and which file of which workspace is attached to it."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from polku.eventstore.duckdb import schema
from polku.eventstore.duckdb.files import SPILL, StoreFolder
from polku.eventstore.duckdb.troubles import GIVEN_UP, first_line, given_up
from polku.eventstore.port import StoreError


@dataclass(eq=False)
class Attached:
    """A generation of a workspace. `users` are sessions on it, `readers` those of them that read, `writes` how many
    writes have ended since it was attached.

    `is_renewed`: the next generation is in the making. `is_replaced`: another generation is the live one; this one's
    file goes with its last user.
    """

    alias: str
    file: Path
    log_size: int
    users: int = 0
    readers: int = 0
    writes: int = 0
    wants_quiet: bool = False
    is_given_up: bool = False
    is_renewed: bool = False
    is_replaced: bool = False

    @property
    def log(self) -> Path:
        return self.file.with_name(self.file.name + ".wal")


class AttachedFiles:
    """The one connection and what is attached to it. Whoever calls holds the instance's lock.

    When the disk is full or fails DuckDB gives a workspace's file up, or all of them. Whoever comes next, once the last
    session on it has ended, has it opened anew: nothing but the disk must be mended, and no path is open twice.
    """

    def __init__(
        self, files: StoreFolder, *, threads: int, memory_limit: str, at_most: int, log_size: int
    ) -> None:
        self.files = files
        self._threads = threads
        self._memory_limit = memory_limit
        self._at_most = at_most
        self._log_size = log_size
        self._by_workspace: OrderedDict[str, Attached] = OrderedDict()
        self._replaced: list[Attached] = []
        self._is_given_up = False
        self.connection = self._open()

    def _open(self) -> duckdb.DuckDBPyConnection:
        return _open(self.files.path, threads=self._threads, memory_limit=self._memory_limit)

    def close(self) -> None:
        self.connection.close()
        self._by_workspace.clear()
        while self._replaced:
            self.files.remove_generation(self._replaced.pop().file)

    def create(self, workspace: str) -> None:
        """Make an empty store for the workspace; one that exists stays as it is."""
        if self.files.live_file(workspace) is not None:
            return
        file = self.files.first_file(workspace)
        alias = _attach(self.connection, workspace, file)
        try:
            with self.connection.cursor() as cursor:
                for statement in ("BEGIN", *schema.statements(f"{alias}.main"), "COMMIT"):
                    cursor.execute(statement)
                cursor.execute(f"CHECKPOINT {alias}")
        finally:
            self.connection.execute(f"DETACH {alias}")
        self.files.point_to(file)

    def find(self, workspace: str) -> Attached | None:
        return self._by_workspace.get(workspace)

    def usable(self, workspace: str) -> Attached:
        """The workspace's live generation; opened, or opened anew, where need be. Raises StoreError."""
        if self._is_given_up:
            if any(each.users for each in (*self._by_workspace.values(), *self._replaced)):
                raise given_up()
            self.close()
            self.connection = self._open()
            self._is_given_up = False
        attached = self._by_workspace.get(workspace)
        if attached is not None and attached.is_given_up:
            if attached.users:
                raise given_up()
            try:
                self.detach(workspace)
            except duckdb.Error as error:
                self._is_given_up = True
                raise given_up() from error
            attached = None
        if attached is None:
            file = self.files.live_file(workspace)
            if file is None:
                raise StoreError(_("This workspace has no event store."))
            attached = Attached(_attach(self.connection, workspace, file), file, self._log_size)
            _upgrade(self.connection, attached.alias, file)
            self._by_workspace[workspace] = attached
        self._by_workspace.move_to_end(workspace)
        return attached

    def note_given_up(self, attached: Attached, error: BaseException | None) -> bool:
        """Remember, and tell, whether DuckDB takes nothing more for the file, or at all, until it is opened anew."""
        while error is not None and not isinstance(error, duckdb.Error):
            error = error.__cause__
        if isinstance(error, duckdb.FatalException | duckdb.InternalException):
            self._is_given_up = True
        elif error is not None and GIVEN_UP in str(error):
            attached.is_given_up = True
        else:
            return False
        return True

    def detach(self, workspace: str) -> None:
        self.connection.execute(f"DETACH {self._by_workspace[workspace].alias}")
        del self._by_workspace[workspace]

    def detach_idle(self) -> None:
        """Detach those used longest ago of too many."""
        idle = [key for key, attached in self._by_workspace.items() if not attached.users]
        for key in idle[: max(0, len(self._by_workspace) - self._at_most)]:
            try:
                self.detach(key)
            except duckdb.Error:
                self._by_workspace[key].is_given_up = True  # its next user opens it anew

    def attach_next(self, workspace: str) -> Attached:
        """A new generation, without tables yet, of which nobody knows."""
        file = self.files.next_file(workspace)
        return Attached(_attach(self.connection, workspace, file), file, self._log_size)

    def replace(self, workspace: str, old: Attached, new: Attached) -> None:
        """Let all who come from now on use the new generation; the old one goes with its last user."""
        old.is_replaced = True
        self._replaced.append(old)
        self._by_workspace[workspace] = new

    def has_replaced(self, workspace: str) -> bool:
        """Whether somebody still uses a generation that is not the live one any more."""
        return any(each.file.parent.name == workspace for each in self._replaced)

    def bury(self, attached: Attached) -> None:
        """Remove a generation that nobody uses and that is not the live one."""
        with suppress(duckdb.Error):  # where DuckDB has given it up it is closed with the connection
            self.connection.execute(f"DETACH {attached.alias}")
        if attached in self._replaced:
            self._replaced.remove(attached)
        self.files.remove_generation(attached.file)


def _open(folder: Path, *, threads: int, memory_limit: str) -> duckdb.DuckDBPyConnection:
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


def _attach(connection: duckdb.DuckDBPyConnection, workspace: str, file: Path) -> str:
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


def _upgrade(connection: duckdb.DuckDBPyConnection, alias: str, file: Path) -> None:
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
