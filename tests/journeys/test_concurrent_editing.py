"""Four people edit the same map at the same instant, each on a connection of their own.

The tests' own database lives in memory and cannot be shared by connections that write at once, so this runs in a
process with a home folder, on the database file that users have.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

EDITORS = """
import json, threading
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django_scopes import scope
call_command("migrate", verbosity=0)
from polku.accounts.models import Workspace
from polku.journeys import domain

workspace = Workspace.objects.create(name="Kauppa", slug="kauppa")
journey = domain.create_journey(workspace=workspace, name="Polku")
stage = domain.add_stage(journey=journey, name="Osto")
first = domain.add_touchpoint(stage=stage, name="Alku")
domain.add_touchpoint(stage=stage, name="Loppu")
start = threading.Barrier(4)
faults = []

def editor(number):
    try:
        start.wait()
        for count in range(8):
            made = domain.add_touchpoint(stage=stage, name=f"{number}.{count}", after=first)
            domain.move_touchpoint(touchpoint=made, by=1 if count % 2 else -1)
    except Exception as fault:
        faults.append(repr(fault))
    finally:
        connection.close()

editors = [threading.Thread(target=editor, args=(number,)) for number in range(4)]
for thread in editors: thread.start()
for thread in editors: thread.join()
with scope(workspace=workspace):
    rows = list(stage.touchpoints.values_list("name", "order_key"))
print(json.dumps({"faults": faults, "rows": rows}))
"""


@pytest.mark.robustness
def test_insertions_and_moves_at_once_lose_nothing(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EDITORS],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"POLKU_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "polku.config.settings"},
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["faults"] == []
    names, keys = zip(*answer["rows"], strict=True)
    expected = ["Alku", "Loppu", *(f"{number}.{count}" for number in range(4) for count in range(8))]
    assert sorted(names) == sorted(expected)
    assert list(keys) == sorted(set(keys))
