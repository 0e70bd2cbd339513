"""Backups that ended with their process leave files as large as the data: the next one removes them."""

from __future__ import annotations

import os

import pytest

from polku.installation.backup import create_backup

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_next_backup_removes_what_earlier_ones_left(workspace, tmp_path):
    home, folder = tmp_path / "home", tmp_path / "backups"
    for scratch in (home / ".backup-old", home / ".backup-new"):
        scratch.mkdir(parents=True)
        (scratch / "events.duckdb").touch()
    folder.mkdir()
    for name in (".polku-old.tar.unfinished", ".polku-new.tar.unfinished", "polku-old.tar"):
        (folder / name).touch()
    for path in (home / ".backup-old", folder / ".polku-old.tar.unfinished", folder / "polku-old.tar"):
        os.utime(path, (0, 0))
    create_backup(home=home, file=folder / "backup.tar")
    assert sorted(path.name for path in home.iterdir()) == [".backup-new"]
    assert sorted(path.name for path in folder.iterdir()) == [
        ".polku-new.tar.unfinished",
        "backup.tar",
        "polku-old.tar",
    ]
