"""Compiles the message catalogues (`make install` and the wheel's build both call this)."""

from __future__ import annotations

import os
from pathlib import Path


def compile_catalogues(package: Path) -> list[Path]:
    """Write a .mo beside every .po below `package`; returns what was written. Needs Babel, a build-time tool."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted(package.rglob("*.po")):
        with source.open("rb") as handle:
            catalogue = read_po(handle, abort_invalid=True)
        target = source.with_suffix(".mo")
        # Written beside and moved into place: a program that starts meanwhile reads the old or the new, never half.
        half = target.with_suffix(f".mo.{os.getpid()}")
        with half.open("wb") as handle:
            write_mo(handle, catalogue)
        half.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues(Path(__file__).resolve().parent.parent)
