"""Small lists that other rooms take from files: read as imports are, whole and in memory."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.capture.imports.problems import ImportProblem
from polku.capture.imports.source import Source
from polku.capture.imports.tables import columns_of
from polku.capture.imports.tables import read_table as read_any
from polku.capture.imports.workplace import staging_folder
from polku.surveys.inviting.tables import Table

_PACKED = (b"PK", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0")
"""Beginnings of archives and workbooks: they may hold far more than they weigh."""


def read_small_table(content: bytes, name: str) -> Table:
    """The rows of a CSV or TSV file, whatever its encoding, delimiter and header row. Raises ValidationError."""
    if content.startswith(_PACKED):
        raise ValidationError(_("This is no text file. Save the list as CSV."))
    try:
        with staging_folder(Path(settings.POLKU_HOME)) as folder:
            path = folder / "list.csv"
            path.write_bytes(content)
            with Source(path, folder=folder) as source:
                columns, layout = columns_of(source, ["email"])
                raw, _recognised = read_any(source, layout, columns, folder / "rows.arrow")
                rows = raw.open()
                cells = [rows.column(f"c{number}").to_pylist() for number in range(len(columns))]
                lines = rows.column("line").to_pylist()
                del rows
    except ImportProblem as error:
        raise ValidationError(str(error).replace("list.csv", Path(name).name[:100])) from error
    return Table(
        columns=columns,
        rows=[[cell or "" for cell in row] for row in zip(*cells, strict=True)],
        lines=lines,
        malformed=len(raw.rejected),
    )
