"""Who erases what of a person: every room that keeps rows of people registers a function for each such model."""

from __future__ import annotations

from collections.abc import Callable, Collection

from polku.accounts.models import Workspace

Eraser = Callable[[Workspace, Collection[str]], int]
"""Called with (workspace, every id the person is known by); deletes or empties the rows of that person and returns how
many they were. In transactions of its own, in chunks; running it again changes nothing."""

_erasers: dict[str, Eraser] = {}


def register_eraser(name: str, erase: Eraser) -> None:
    """`name` is the model's label (`surveys.Invitation`); called when the program starts."""
    _erasers[name] = erase


def erasers() -> dict[str, Eraser]:
    """By model."""
    return dict(_erasers)
