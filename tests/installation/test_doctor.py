"""Each fault that the doctor knows, made on purpose; and an installation where all is well."""

from __future__ import annotations

import os
import time

import pytest
from django.utils import translation

from polku.accounts.models import Workspace
from polku.installation.doctor import CHECKS, State, examine
from polku.installation.doctor.checks import data, machine, server
from polku.jobs.models import Job


@pytest.fixture(autouse=True)
def home(db, settings, tmp_path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    settings.POLKU_HOME, settings.BACKUP_FOLDER = folder, folder / "backups"
    with translation.override("en"):
        yield folder


def test_every_check_says_something_and_how_to_mend_what_is_wrong(home):
    findings = examine()
    assert len(findings) == len(CHECKS)
    for found in findings:
        assert found.says
        assert bool(found.mend) == (found.state is not State.OK)


def test_a_folder_that_others_see(home):
    assert machine.home_folder().state is State.OK
    home.chmod(0o755)
    assert machine.home_folder().mend == f"chmod 700 {home}"
    home.chmod(0o700)
    (home / "secret_key").touch(0o644)
    assert machine.home_folder().state is State.FAILED


def test_a_clock_that_went_back(home):
    (home / "inbox").mkdir()
    file = home / "inbox" / "inbox-1.sqlite3"
    file.touch()
    assert machine.clock().state is State.OK
    os.utime(file, (time.time() + 3600,) * 2)
    assert machine.clock().state is State.FAILED


def test_a_workspace_without_its_store(home):
    made = Workspace.objects.create(name="Kauppa", slug="kauppa")
    assert (data.event_stores().state, "kauppa" in data.event_stores().says) == (State.FAILED, True)
    folder = home / "events" / made.key.hex
    folder.mkdir(parents=True)
    (folder / "current").write_text("g000001.duckdb\n")
    assert data.event_stores().state is State.FAILED
    (folder / "g000001.duckdb").touch()
    assert data.event_stores().state is State.OK


def test_what_the_inbox_set_aside(home):
    (home / "inbox").mkdir()
    assert data.inbox().state is State.OK
    (home / "inbox" / "broken-inbox-1.sqlite3").touch()
    assert data.inbox().state is State.WARNING


def test_work_that_failed():
    assert data.jobs().state is State.OK
    Job.objects.create(kind="rebuild", workspace_id=1, state=Job.State.FAILED, error="ValueError")
    assert "rebuild (ValueError)" in data.jobs().says


def test_nobody_who_can_sign_in(owner):
    assert data.users().state is State.OK
    owner.set_unusable_password()
    owner.save()
    assert data.users().mend.endswith("polku user link EMAIL")
    owner.delete()
    assert data.users().mend.endswith("polku user link")


@pytest.mark.parametrize(
    ("hosts", "https", "state"),
    [
        ([], False, State.OK),
        (["polku.example.com"], False, State.WARNING),
        (["polku.example.com"], True, State.OK),
        (["*"], True, State.WARNING),
    ],
)
def test_how_the_server_is_reached(settings, hosts, https, state):
    settings.HOSTS, settings.HTTPS = hosts, https
    assert server.addresses().state is state


def test_a_restore_that_was_cut_off(home):
    (home / "restore-unfinished").touch()
    assert "polku restore" in data.database().mend


def test_a_check_that_fails_is_a_finding(home):
    home.chmod(0o700)
    (home / "events").write_text("no folder")
    Workspace.objects.create(name="Kauppa", slug="kauppa")
    assert {found.key: found.state for found in examine()}["stores"] is State.FAILED
