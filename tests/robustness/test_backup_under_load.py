"""A backup made while clients send restores by one command: what was acknowledged is there, and reports are equal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.robustness.sending import Crowd, track
from tests.robustness.shop import Shop, assert_stored_once

pytestmark = pytest.mark.robustness
REPORT = {"kind": "trend", "select": {"event": "Before"}, "interval": "day", "measure": "events"}
FUNNEL = {
    "kind": "funnel",
    "steps": [{"event": "Before"}, {"event": "After that"}],
    "window": "P7D",
}


def reports(shop: Shop) -> list[object]:
    """What is asked about events from before the backup; not how long it took, nor when the newest signal was."""
    return [
        {key: answer[key] for key in ("points", "steps") if key in answer}
        for answer in (shop.query(shop.slug, question) for question in (REPORT, FUNNEL))
    ]


def test_a_backup_under_load_restores_with_one_command(shop: Shop, tmp_path: Path):
    shop.start()
    earlier = [track(f"x{number}", "Before", userId=f"p{number}") for number in range(300)]
    later = [track(f"y{number}", "After that", userId=f"p{number}") for number in range(120)]
    with shop.connect() as connection:
        for batch in (earlier, later):
            assert connection.send(shop.write_key, batch).is_accepted
    shop.wait_for(300, event="Before")
    shop.wait_for(120, event="After that")
    file = tmp_path / "backup.tar"
    with Crowd(shop.port, shop.write_key, rate=3_000) as crowd:
        time.sleep(0.7)
        # From here on what comes waits in the inbox, so that the backup must have it from there.
        shop.json("loader", "pause")
        time.sleep(0.3)
        before = set(crowd.acknowledged)
        made = shop.json("backup", str(file))
        tried = set(crowd.tried)
        shop.json("loader", "resume")
    assert made["signals"] > 420
    assert file.stat().st_mode & 0o777 == 0o600
    expected = reports(shop)
    shop.kill()

    other = Shop(tmp_path / "other", write_key=shop.write_key, api_key=shop.api_key)
    restored = other.json("restore", str(file), "--yes")
    assert restored["signals"] == made["signals"]
    other.start()
    other.wait_for(len(before))
    assert reports(other) == expected
    assert other.stop() == 0
    stored = other.stored()
    for number in [key for key in stored if key[0] in "xy"]:
        assert stored.pop(number) == 1
    assert_stored_once(stored, before, tried | crowd.tried)


def test_a_restore_that_is_killed_is_finished_by_the_same_command(shop: Shop, tmp_path: Path):
    file = tmp_path / "backup.tar"
    made = shop.json("backup", str(file))
    shop.json("workspace", "create", "Myöhempi")
    # Killed as it puts the stores in place: the folder is half of one and half of the other.
    killing = (
        "import os, pathlib, signal\n"
        "kept = pathlib.Path.replace\n"
        "def replace(self, target):\n"
        "    if self.name == 'new-events': os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return kept(self, target)\n"
        "pathlib.Path.replace = replace\n"
        "from polku.cli.main import main\n"
        f"main(['--home', {str(shop.home)!r}, 'restore', {str(file)!r}, '--yes'])\n"
    )
    done = subprocess.run([sys.executable, "-c", killing], env=os.environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    refused = shop.run("workspace", "create", "Ei vielä")
    assert refused.returncode == 1
    assert "restore again" in refused.stderr
    assert shop.json("restore", str(file), "--yes")["workspaces"] == made["workspaces"] == 1
    shop.start()
    assert shop.status_of("/readyz") == 200
    assert shop.json("doctor")["checks"]


@pytest.mark.parametrize("seconds", [1.2, 1.8])
def test_migrations_that_are_killed_are_finished_by_the_next_start(tmp_path: Path, seconds: float):
    shop = Shop(tmp_path / "home")
    shop.start(wait=False)
    time.sleep(seconds)
    shop.kill()
    shop.start()
    assert shop.status_of("/readyz") == 200
    assert json.loads(shop.run("workspace", "create", "Kauppa", "--json").stdout)["workspace"] == "kauppa"
    assert shop.stop() == 0
