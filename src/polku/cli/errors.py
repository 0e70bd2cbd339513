"""Errors that a person can mend: printed in one line, never as a traceback."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured, ValidationError

from polku.analytics import QueryError
from polku.capture.imports import ImportProblem
from polku.eventstore.port import StoreError
from polku.installation.backup import BackupProblem


class CommandError(Exception):
    """The work failed for a reason the message explains."""


FRIENDLY = (
    CommandError,
    StoreError,
    QueryError,
    ImportProblem,
    ValidationError,
    ImproperlyConfigured,
    BackupProblem,
)


def message_of(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        return " ".join(str(message) for message in error.messages)
    return str(error)
