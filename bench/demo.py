"""The demo from nothing to a map that answers: simulation and load in one process, with their sizes."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import date
from pathlib import Path

TODAY = date(2026, 11, 2)
PROMISED = 20.0  # seconds for the whole load
SIMULATION_PROMISED = 6.0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-demo-") as folder:
        os.environ["POLKU_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")
        import django

        django.setup()
        from django.core.management import call_command

        from polku.demo import load_demo
        from polku.demo.loading import SEED
        from polku.eventstore.duckdb.store import DuckDBStore
        from polku.eventstore.registry import use_store
        from polku.simulation import simulate

        begun = time.perf_counter()
        world = simulate(today=TODAY, seed=SEED)
        simulated = time.perf_counter() - begun
        print(
            f"simulation of {world.signals.num_rows:,} signals, {world.orders.num_rows:,} orders, "
            f"{world.people.num_rows:,} people: {simulated:.2f} s; "
            f"promised {SIMULATION_PROMISED:.0f} s: ratio {SIMULATION_PROMISED / simulated:.1f}"
        )
        call_command("migrate", verbosity=0)
        store = DuckDBStore(Path(folder) / "events")
        use_store(store)
        begun = time.perf_counter()
        workspace = load_demo(today=TODAY)
        loaded = time.perf_counter() - begun
        state = store.state(workspace.key.hex)
        print(
            f"whole load, simulation included ({state.signals:,} signals of {state.people:,} people in the store): "
            f"{loaded:.2f} s; promised {PROMISED:.0f} s: ratio {PROMISED / loaded:.1f}"
        )
        use_store(None)
        store.close()
