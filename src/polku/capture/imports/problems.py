"""What can be wrong with a whole file or with the way it was asked for; a person can mend all of it."""

from __future__ import annotations


class ImportProblem(Exception):
    """The file cannot be imported; the message says why and how to mend it."""


class WrongUsage(ImportProblem):
    """What was asked for does not fit the file or itself: a missing column, a scale that cannot be."""
