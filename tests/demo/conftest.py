"""The demo loaded once for a module of tests, and a world beside it where nothing is planted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

TODAY = date(2026, 11, 2)
LAST = ("2026-10-06", "2026-11-03")
BEFORE = ("2026-09-08", "2026-10-06")
"""The newest 28 days of the demo of `TODAY`, as its map opens, and the 28 days before them."""


@dataclass(frozen=True)
class LiveMap:
    """The map of one workspace, asked as the page asks."""

    workspace: Any
    journey: int

    def ask(
        self, *, last: tuple[str, str] = LAST, compare: tuple[str, str] | None = None, **query: Any
    ) -> dict[str, Any]:
        """The whole result of the journey query; figures by the touchpoint's name under `touchpoints`."""
        from polku.analytics import run

        result = run(
            self.workspace,
            {
                "kind": "journey",
                "journey": self.journey,
                "range": _range(last),
                "compare": _range(compare) if compare else None,
                **query,
            },
        )
        points = [point for stage in result["stages"] for point in stage["touchpoints"]]
        return {**result, "touchpoints": {point["name"]: point for point in points}}

    def point(self, name: str, **query: Any) -> dict[str, Any]:
        return self.ask(**query)["touchpoints"][name]

    def run(self, query: dict[str, Any]) -> dict[str, Any]:
        from polku.analytics import run

        return run(self.workspace, query)


@dataclass(frozen=True)
class Worlds:
    """The demo, and a smaller shop of the same kind with every truth switched off."""

    demo: LiveMap
    plain: LiveMap


def _range(days: tuple[str, str]) -> dict[str, str]:
    return {"from": days[0], "to": days[1]}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[Worlds]:
    from polku.demo import load_demo
    from polku.demo.loading import build_workspace, demo_user
    from polku.eventstore.duckdb.store import DuckDBStore
    from polku.eventstore.registry import use_store
    from polku.simulation import Truths, simulate

    store = DuckDBStore(tmp_path_factory.mktemp("demo") / "events")
    use_store(store)
    with django_db_blocker.unblock(), _swept():
        demo = load_demo(today=TODAY)
        nothing = simulate(today=TODAY, truths=Truths.nothing_planted(), scale=0.5)
        plain = build_workspace(nothing, name="Vertailukauppa", day=TODAY, owner=demo_user())
        yield Worlds(_map(demo), _map(plain))
    use_store(None)
    store.close()


def _map(workspace: Any) -> LiveMap:
    from django_scopes import scope

    from polku.journeys.models import Journey

    with scope(workspace=workspace):
        return LiveMap(workspace, Journey.objects.get().pk)


class _swept:
    """Leaves no row behind: these fixtures live outside the transaction that cleans up after a test."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        from django_scopes import scopes_disabled

        from polku.accounts.domain import delete_workspace
        from polku.accounts.models import AuditEntry, User, Workspace

        with scopes_disabled():
            for workspace in Workspace.objects.filter(is_simulated=True):
                delete_workspace(workspace=workspace, actor=None)
            AuditEntry.objects.filter(workspace=None).delete()
            User.objects.filter(email="demo@polku.localhost").delete()


@pytest.fixture
def demo(worlds: Worlds, db) -> LiveMap:
    return worlds.demo


@pytest.fixture
def plain(worlds: Worlds, db) -> LiveMap:
    return worlds.plain


@pytest.fixture
def clear_change() -> Callable[[dict[str, Any], str], float | None]:
    """The difference of a lane if it survives the correction for many comparisons, else None."""

    def change(point: dict[str, Any], lane: str) -> float | None:
        found = point["change"][lane]
        return found["difference"] if found is not None and found["clear"] else None

    return change
