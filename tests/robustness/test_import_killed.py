"""An import that is killed at any moment, and run again, loses and doubles nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.robustness
ROWS = 60_000
KILLS = 6


def polku(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "polku.cli", "--home", str(home), *arguments]


def test_kill_at_each_step_and_run_again(tmp_path):
    home = tmp_path / "home"
    environment = os.environ | {"POLKU_LANGUAGE": "en"}
    file = tmp_path / "events.csv"
    file.write_text(
        "who,what,when,said\n"
        + "".join(
            f'p{n % 977},visit,2024-03-{1 + n % 28:02d} {n % 24:02d}:00:00,"two\nlines {n % 5000}"\n'
            for n in range(ROWS)
        )
        + "p,visit,never,x\n"
    )
    subprocess.run(
        polku(home, "workspace", "create", "Shop"), check=True, env=environment, stdout=subprocess.DEVNULL
    )
    command = polku(
        home, "import", "events", str(file), "--workspace", "shop", "--person", "who",
        "--event", "what", "--time", "when", "--property", "said", "--json",
    )  # fmt: skip
    # How long the whole takes, measured in another workspace, tells when to kill.
    subprocess.run(
        polku(home, "workspace", "create", "Rehearsal"),
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    rehearsal = [part if part != "shop" else "rehearsal" for part in command]
    begun = time.monotonic()
    subprocess.run(rehearsal, check=True, env=environment, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - begun
    killed = 0
    for attempt in range(KILLS):
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            # From the end of Python's own start to the last write.
            process.wait(whole * (0.35 + 0.63 * attempt / KILLS))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
    assert killed >= KILLS // 2
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    result = json.loads(done.stdout)
    assert result["accepted"] in (0, ROWS)  # one transaction: all or nothing
    assert (result["rows"], result["accepted"] + result["known"], result["rejected"]) == (ROWS + 1, ROWS, 1)
    question = {"kind": "trend", "select": {"event": "visit"}, "interval": "month", "measure": "events"}
    answer = subprocess.run(
        polku(home, "query", "-", "--workspace", "shop"),
        input=json.dumps(question),
        check=True,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert sum(point["value"] for point in json.loads(answer.stdout)["points"]) == ROWS
    assert list((home / "staging").iterdir()) == []
