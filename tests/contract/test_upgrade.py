"""A home folder of the first release: the next start brings it up to date, and all is as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.eventstore.first_release import FIRST_RELEASE

pytestmark = pytest.mark.contract
KEY = "0123456789abcdef0123456789abcdef"

# Migrates only as far as the first release came, and fills its tables through the models of that time.
OLD_PROGRAM = """
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

executor = MigrationExecutor(connection)
later = {"outbox", "surveys", "messaging", "decide", "analytics"}
first = {"accounts", "capture", "jobs", "journeys", "people"}
targets = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] not in first | later]
targets += [(room, "0001_initial") for room in sorted(first)]
executor.migrate(targets)
models = executor.loader.project_state(targets).apps
get = models.get_model
workspace = get("accounts", "Workspace").objects.create(
    name="Vanha kauppa", slug="vanha-kauppa", key="%(key)s", timezone="Europe/Helsinki"
)
owner = get("accounts", "User").objects.create(email="omistaja@example.com", password="!", name="Omistaja")
get("accounts", "Membership").objects.create(workspace=workspace, user=owner, role="owner")
get("accounts", "ApiKey").objects.create(
    workspace=workspace, kind="secret", name="Raportti", prefix="sk_old", digest="0" * 64
)
journey = get("journeys", "Journey").objects.create(workspace=workspace, name="Ostopolku", kind="as-is")
stage = get("journeys", "Stage").objects.create(
    workspace=workspace, journey=journey, name="Osto", order_key="m"
)
point = get("journeys", "Touchpoint").objects.create(
    workspace=workspace, stage=stage, name="Verkkokauppa", order_key="m"
)
get("journeys", "Binding").objects.create(
    workspace=workspace, touchpoint=point, kind="event", names=["view"]
)
get("people", "Segment").objects.create(
    workspace=workspace, name="Kaikki", rule={"where": [], "did": [{"event": "view"}], "did_not": []}
)
get("capture", "CaptureSettings").objects.create(workspace=workspace, is_cookieless=True)
get("accounts", "AuditEntry").objects.create(workspace=workspace, action="workspace.created", target="Vanha")
assert point.pk == 1
"""

# What a person of today finds of it.
TODAY = """
import django
django.setup()
from django_scopes import scope
from polku.accounts.models import ApiKey, AuditEntry, Membership, Workspace
from polku.capture.models import CaptureSettings, Upload
from polku.journeys.models import Binding, Journey
from polku.people.models import JoinRule, Segment

workspace = Workspace.objects.get()
with scope(workspace=workspace):
    print(Membership.objects.get().role, ApiKey.objects.get().revoked_at, AuditEntry.objects.count())
    print(Journey.objects.get().name, Binding.objects.get().names, Segment.objects.get().name)
    print(CaptureSettings.objects.get().is_cookieless, Upload.objects.count(), JoinRule.objects.count())
"""


def program(home: Path, code: str) -> str:
    environment = {"POLKU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "polku.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def old(command):
    """A home folder as the first release left it."""
    (command.home / "polku.sqlite3").unlink()
    program(command.home, OLD_PROGRAM % {"key": KEY})
    folder = command.home / "events" / KEY
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "g000001.duckdb")) as connection:
        connection.execute(FIRST_RELEASE)
    (folder / "current").write_text("g000001.duckdb\n", encoding="ascii")
    return command


def test_a_home_of_the_first_release_is_brought_up_to_date_with_all_that_it_holds(old):
    old.start()
    views = old.query("vanha-kauppa", {"kind": "trend", "select": {"event": "view"}})
    assert sum(point["value"] for point in views["points"]) == 1
    (stage,) = old.query("vanha-kauppa", {"kind": "journey", "journey": 1})["stages"]
    (touchpoint,) = stage["touchpoints"]
    assert (touchpoint["name"], touchpoint["do"]["reached"]["value"]) == ("Verkkokauppa", 1)
    assert old.stop() == 0
    assert program(old.home, TODAY).splitlines() == [
        "owner None 1",
        "Ostopolku ['view'] Kaikki",
        "True 0 0",
    ]
    old.start()  # and a second start finds nothing to do
    assert old.query("vanha-kauppa", {"kind": "trend", "select": {"event": "view"}}) == views
