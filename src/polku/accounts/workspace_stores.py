"""What accounts need of the store of signals, which stands above this room and registers itself."""

from __future__ import annotations

from typing import Protocol


class WorkspaceStores(Protocol):
    """One place for signals per workspace, named by the workspace's key (32 hex digits)."""

    def create(self, key: str) -> None: ...
    def drop(self, key: str) -> None: ...
    def order_states(self, key: str) -> list[str]:
        """The states that orders of the workspace have had, the commonest first."""


_stores: WorkspaceStores | None = None


def use_stores(stores: WorkspaceStores) -> None:
    """Make `stores` the ones that are made and dropped with workspaces."""
    global _stores
    _stores = stores


def stores() -> WorkspaceStores:
    """Raises RuntimeError where none was registered, which is a fault of the program."""
    if _stores is None:
        raise RuntimeError("no stores for workspaces are registered")
    return _stores
