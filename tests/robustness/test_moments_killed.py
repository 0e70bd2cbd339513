"""A server killed while it turns what arrived into invitations neither loses one nor makes one twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.surveys.moments.looking_killed import MOMENTS, PEOPLE

pytestmark = [pytest.mark.robustness, pytest.mark.long]


def test_killed_before_every_statement_in_turn_everybody_is_invited_once(tmp_path):
    (tmp_path / "uploads" / "arriving").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.surveys.moments.looking_killed"],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"POLKU_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["killed"] >= 15
    everybody = PEOPLE * MOMENTS
    assert (told["invitations"], told["different"], told["counted"]) == (everybody, everybody, everybody)
