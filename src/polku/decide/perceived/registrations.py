"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations


def register() -> None:
    """Called once, when the program starts."""
