"""What the night does to workspaces."""

from __future__ import annotations

from polku.accounts.models import Workspace
from polku.eventstore.nightly import compact_where_due
from polku.jobs import schedules
from tests.eventstore.test_store_files import events


def test_workspaces_into_which_much_came_are_compacted_whatever_ails_another(workspace, store, caplog):
    keys = [workspace.key.hex]
    for slug in ("broken", "busy"):
        keys.append(Workspace.objects.create(name=slug, slug=slug).key.hex)
    still, broken, busy = keys
    store.create(busy)
    store.load_signals(busy, events(20_000), rules=[])
    store.load_signals(still, events(10), rules=[])
    compact_where_due()
    assert [store.is_compaction_due(key) for key in (still, busy)] == [False, False]
    files = sorted(path.relative_to(store._instance.files.path).as_posix() for path in _generations(store))
    assert files == sorted([f"{still}/g000001.duckdb", f"{busy}/g000002.duckdb"])
    assert f"the workspace {broken} could not be written anew" in caplog.text


def _generations(store):
    return store._instance.files.path.glob("*/g*.duckdb")


def test_it_is_registered():
    assert "compaction" in schedules._program._by_name
