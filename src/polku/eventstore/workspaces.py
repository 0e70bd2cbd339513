"""Makes and drops a workspace's store together with the workspace."""

from __future__ import annotations

from polku.eventstore.registry import store


class StoresOfWorkspaces:
    """Fills `accounts.workspace_stores` with the store that this process has open."""

    def create(self, key: str) -> None:
        store().create(key)

    def drop(self, key: str) -> None:
        store().drop(key)

    def order_states(self, key: str) -> list[str]:
        return [entry.name for entry in store().catalog(key, "status")]
