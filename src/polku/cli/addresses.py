"""Where the server listens, noted for commands beside it and after it (site/addresses.py reads it)."""

from __future__ import annotations

from pathlib import Path

from polku.cli.paths import run_folder


def note_address(home: Path, address: str) -> None:
    (run_folder(home) / "address").write_text(address + "\n", encoding="ascii")
