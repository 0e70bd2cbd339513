"""`polku import` of a workbook of 200,000 rows, from the command to the loaded store, as a person runs it."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import xlsxwriter

ROWS = 200_000
PROMISED = 20.0  # seconds


def write_orders(path: Path, rows: int, *, seed: int = 1) -> None:
    """A web shop's export as Finnish programs write it: twelve columns, amounts as texts, some cells true times."""
    random = np.random.default_rng(seed)
    names = ["Tilaus tehty", "Maksettu", "Lähetetty", "Toimitettu"]
    begin = dt.datetime(2024, 1, 1)
    minutes = np.sort(random.integers(0, 365 * 24 * 60, rows))
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Tilaukset")
        form = book.add_format({"num_format": "d.m.yyyy h:mm"})
        columns = "tilaus asiakas tapahtuma aika summa kanava kommentti tuote määrä muokattu maa alennus"
        sheet.write_row(0, 0, columns.split())
        for number in range(1, rows + 1):
            moment = begin + dt.timedelta(minutes=int(minutes[number - 1]))
            written = f"{moment.day}.{moment.month}.{moment.year} klo {moment.hour}.{moment.minute:02d}"
            amount = f"{number % 9 + 1} {number % 1000:03d},{number % 100:02d} €"
            sheet.write_row(number, 0, [f"T{number // 4}", f"A{number % 17_000}", names[number % 4], written])
            sheet.write_row(number, 4, [amount, "verkko", "Hyvä, kiitos", f"SKU-{number % 300}", number % 5])
            sheet.write_datetime(number, 9, moment, form)
            sheet.write_row(number, 10, ["FI", number % 7 / 10])


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="polku-bench-sheets-") as folder:
        home = Path(folder)
        path = home / "tilaukset.xlsx"
        write_orders(path, ROWS)

        def polku(*arguments: str) -> str:
            ran = subprocess.run(
                [sys.executable, "-m", "polku.cli", "--home", folder, *arguments],
                env=os.environ | {"POLKU_HOME": folder},
                check=True,
                capture_output=True,
                text=True,
            )
            return ran.stdout

        polku("workspace", "create", "Kauppa", "--timezone", "Europe/Helsinki")
        options = (
            "--person asiakas --order tilaus --event tapahtuma --time aika --value summa --property kommentti"
        )
        begun = time.perf_counter()
        arguments = ["import", "events", str(path), "--workspace", "kauppa", *options.split(), "--json"]
        result = json.loads(polku(*arguments))
        seconds = time.perf_counter() - begun
        assert (result["accepted"], result["rejected"]) == (ROWS, 0), result
        print(
            f"import of {ROWS:,} rows of a workbook ({path.stat().st_size / 1e6:.0f} MB): {seconds:.1f} s, "
            f"{ROWS / seconds:,.0f} rows/s; promised {PROMISED:.0f} s: ratio {PROMISED / seconds:.2f}"
        )
