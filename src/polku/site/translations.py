"""Compiles the message catalogues (`make install` and the wheel's build both call this)."""

from __future__ import annotations

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
        with target.open("wb") as handle:
            write_mo(handle, catalogue)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues(Path(__file__).resolve().parent.parent)
