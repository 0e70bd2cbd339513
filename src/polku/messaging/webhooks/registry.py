"""The types of news that webhooks tell; the rooms above say which when the program starts."""

from __future__ import annotations

from typing import Any

TEST = "webhook.test"
"""What the button on the page sends, whatever an endpoint wants."""
_types: dict[str, Any] = {}


def register_type(type: str, name: Any) -> None:
    """Let webhooks tell `type` (`alert.changed`); `name` is what people call it, and may be lazy text."""
    _types[type] = name


def types() -> dict[str, Any]:
    """Type → name of all that endpoints can want, in the order of their types."""
    return dict(sorted(_types.items()))


def is_known(type: str) -> bool:
    return type in _types
