"""Sending is killed again and again: nothing is lost, and at most what was in hand at each death comes twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.messaging.real_smtp import mail_room

pytestmark = pytest.mark.robustness
MESSAGES = 60
_START = """
import django, sys
django.setup()
from django.core.management import call_command
from polku.accounts.models import Workspace
from polku.jobs import queue
from polku.messaging import domain, sending
"""
_QUEUE = """
call_command("migrate", verbosity=0)
workspace = Workspace.objects.create(name="Testi", slug="testi")
for number in range(int(sys.argv[1])):
    domain.send_email(workspace=workspace, to=f"a{number}@example.com", subject="Hei", text="Hei", html="<p>Hei</p>",
                      kind="note")
"""
_SEND = """
queue.recover()
sending.look_for_due()
queue.work_off()
"""


def run(home: Path, port: int, code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _START + code, *arguments],
        env=os.environ
        | {
            "POLKU_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "polku.config.settings",
            "POLKU_MAIL_URL": f"smtp://127.0.0.1:{port}",
            "POLKU_MAIL_PER_MINUTE": "100000",
        },
    )


@pytest.mark.parametrize("planned", [1, pytest.param(4, marks=pytest.mark.long)])
def test_killed_while_sending_nothing_is_lost_and_hardly_anything_doubled(tmp_path, planned):
    with mail_room() as room:
        room.pause = 0.02
        assert run(tmp_path, room.port, _QUEUE, str(MESSAGES)).wait(120) == 0
        deaths = 0
        while deaths < planned:
            sender, before = run(tmp_path, room.port, _SEND), len(room.taken)
            deadline = time.monotonic() + 60
            while sender.poll() is None and len(room.taken) < before + 5 + deaths:
                assert time.monotonic() < deadline
                time.sleep(0.003)
            if sender.poll() is not None:
                break
            sender.kill()
            sender.wait()
            deaths += 1
        assert deaths == planned
        assert run(tmp_path, room.port, _SEND).wait(120) == 0
        received = Counter(taken.recipients[0] for taken in room.taken)
    assert set(received) == {f"a{number}@example.com" for number in range(MESSAGES)}
    assert sum(received.values()) - MESSAGES <= deaths
