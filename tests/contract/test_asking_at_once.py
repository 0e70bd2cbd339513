"""Two who would ask one person at the same moment cannot both: with real threads, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.contract.test_postgresql import database_url as database_url  # the cluster of its own

pytestmark = pytest.mark.contract


def ask_at_once(tmp_path, **environment: str) -> dict:
    (tmp_path / "uploads" / "arriving").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.surveys.moments.asking_at_once"],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"POLKU_HOME": str(tmp_path)} | environment,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_on_sqlite_one_of_eight_threads_asks(tmp_path):
    found = ask_at_once(tmp_path)
    assert found == {"database": "sqlite", "passed": [1] * 12, "errors": []}


def test_on_postgresql_one_of_eight_threads_asks(tmp_path, database_url):
    found = ask_at_once(tmp_path, DATABASE_URL=database_url)
    assert found == {"database": "postgresql", "passed": [1] * 12, "errors": []}
