from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.utils import translation

from polku.capture.imports import ImportOptions, stage


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def understand(tmp_path: Path):
    """Stages a file given as text; returns what was staged and its batch as a list of rows."""
    number = 0

    def understand_text(kind, content, *, timezone="Europe/Helsinki", name="file.csv", **options):
        nonlocal number
        number += 1
        folder = tmp_path / f"staging-{number}"
        folder.mkdir()
        file = folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        staged = stage(
            kind,
            file,
            ImportOptions(**options),
            timezone=timezone,
            folder=folder,
            rejected_folder=tmp_path / "rejected",
        )
        return staged, pq.read_table(staged.batch).to_pylist()

    return understand_text
