"""Import of a generated CSV file of a million events, from the file to the store, in one process on all cores."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS = 1_000_000
PROMISED = 150_000  # rows a second


def write_events(path: Path, rows: int, *, comments: bool = False, seed: int = 1) -> None:
    """A web shop's export: person, order, event, time, channel, value, and (with comments) quoted text of which a
    part has several lines."""
    random = np.random.default_rng(seed)
    names = np.array(["home", "search", "product", "cart", "checkout", "payment", "delivered"])
    channels = np.array(["web", "mobile", "store", "phone"])
    seconds = np.sort(random.integers(1_700_000_000, 1_720_000_000, rows)).astype("datetime64[s]")
    columns = {
        "person": random.integers(0, rows // 12, rows),
        "order": random.integers(0, rows // 30, rows),
        "event": names[random.integers(0, names.size, rows)],
        "channel": channels[random.integers(0, channels.size, rows)],
        "value": random.integers(100, 99_999, rows),
    }
    texts = [
        '"Toimitus oli nopea, kiitos!"',
        '"Hän sanoi ""ei onnistu"".\nSoitin uudelleen."',
        '"👍"',
        "",
    ]
    picked = random.integers(0, len(texts), rows)
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.write("person,order,event,time,channel,value" + (",comment" if comments else "") + "\n")
        for number in range(rows):
            moment = str(seconds[number]).replace("T", " ")
            line = (
                f"p{columns['person'][number]},o{columns['order'][number]},{columns['event'][number]},{moment},"
                f"{columns['channel'][number]},{columns['value'][number] / 100}"
            )
            handle.write(line + ("," + texts[picked[number]] if comments else "") + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-imports-") as folder:
        _measure(folder)


def _measure(folder: str) -> None:
    os.environ["POLKU_HOME"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")
    import django

    django.setup()
    from polku.capture.imports import ImportOptions, Staged, stage, staging_folder
    from polku.eventstore.duckdb.store import DuckDBStore

    home = Path(folder)
    mapping = {
        "person": "person",
        "order": "order",
        "event": "event",
        "time": "time",
        "channel": "channel",
        "value": "value",
    }
    for label, comments in (("plain", False), ("with quoted comments", True)):
        path = home / f"{label.replace(' ', '-')}.csv"
        write_events(path, ROWS, comments=comments)
        options = ImportOptions(**mapping, properties=("comment",) if comments else ())  # type: ignore[arg-type]
        store = DuckDBStore(home / f"events-{label.replace(' ', '-')}")
        workspace = "0" * 32
        store.create(workspace)
        begun = time.perf_counter()
        with staging_folder(home) as staging:
            staged: Staged = stage(
                "events",
                path,
                options,
                timezone="Europe/Helsinki",
                folder=staging,
                rejected_folder=home / "rejected",
            )
            read = time.perf_counter()
            loaded = store.load_signals(workspace, staged.batch, rules=[])
        ended = time.perf_counter()
        assert loaded.accepted == ROWS
        speed = ROWS / (ended - begun)
        print(
            f"import of {ROWS:,} rows ({path.stat().st_size / 1e6:.0f} MB, {label}): {speed:,.0f} rows/s "
            f"(staging {read - begun:.2f} s, loading {ended - read:.2f} s); "
            f"promised {PROMISED:,}: ratio {speed / PROMISED:.2f}"
        )
        store.close()
