"""Files made to do harm end in a clear message within five seconds and in bounded memory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.robustness import hostile_files

pytestmark = pytest.mark.robustness
SECONDS = 5
MEMORY = 400 * hostile_files.MEBIBYTE
ROOT = Path(__file__).resolve().parents[2]
HARMLESS_TO_SHOW = {"rows.csv.gz", "quoted-line.csv"}
"""Their beginning is text, which may be shown; importing them is refused."""


def test_hostile_files_end_in_a_message(tmp_path: Path):
    told = subprocess.run(
        [sys.executable, "-m", "tests.robustness.hostile_files", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "polku.config.settings", "POLKU_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    ways: dict[str, list[str]] = {}
    for line in told.stdout.splitlines():
        name, way, message, said, seconds, memory = json.loads(line)
        ways.setdefault(name, []).append(way)
        if said or way == "bring" or name not in HARMLESS_TO_SHOW:
            assert re.search(message, said), (name, way, said)
        assert len(said) <= 500, name
        assert seconds <= SECONDS, f"{name} ({way}) took {seconds:.1f} s of processor"
        assert memory <= MEMORY, f"{name} ({way}) took {memory // hostile_files.MEBIBYTE} MiB"
    assert len(ways) >= 30
    assert set(map(tuple, ways.values())) == {("look", "bring")}
