"""What goes wrong around a session: how it is told, and how one is ended."""

from __future__ import annotations

from contextlib import suppress

import duckdb
from django.utils.translation import gettext as _

from polku.eventstore.duckdb.session import Session
from polku.eventstore.port import QuestionTooSlow, StoreError

FAULTS_OF_INPUT_OR_DISK = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.OutOfRangeException,
    duckdb.TransactionException,
)
# What DuckDB says in every error from the moment on which it gave a file, or itself, up: the disk failed under it.
GIVEN_UP = "has been invalidated"


def interrupt(cursor: duckdb.DuckDBPyConnection) -> None:
    """Stop the statement that the cursor runs, if any."""
    with suppress(duckdb.Error):
        cursor.interrupt()


def given_up() -> StoreError:
    return StoreError(
        _("The event store’s disk failed or is full. It goes on by itself when the disk is well again.")
    )


def stopping() -> QuestionTooSlow:
    return QuestionTooSlow(_("Polku is being stopped, so this was not done. Ask again when it runs."))


def undo(session: Session) -> None:
    """Take back what the session wrote."""
    try:
        session.run("ROLLBACK")
    except duckdb.Error:
        """A commit that failed has ended the transaction already; closing ends it too."""


def first_line(error: BaseException) -> str:
    """What the error says, without the statement that DuckDB quotes."""
    return str(error).partition("\n")[0]
