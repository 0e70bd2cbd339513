"""Uploads are cleaned away by themselves: files first, records later, and what no record knows."""

from __future__ import annotations

import os
from datetime import timedelta

from django.utils import timezone
from django_scopes import scope

from polku.capture.models import Upload
from polku.capture.uploads import files
from polku.capture.uploads.cleaning import clean_uploads
from tests.capture.uploads.conftest import ORDERS

OLD = 0.0


def test_files_go_after_a_week_and_records_after_half_a_year(bring, workspace, owner_client, address):
    new, old, busy, oldest = (bring(ORDERS, f"{name}.csv", read=False) for name in ("a", "b", "c", "d"))
    week, year = timezone.now() - timedelta(days=8), timezone.now() - timedelta(days=365)
    with scope(workspace=workspace):
        Upload.objects.exclude(pk=busy.pk).update(state="review")
        Upload.objects.filter(pk__in=[old.pk, busy.pk]).update(changed_at=week)
        Upload.objects.filter(pk=oldest.pk).update(changed_at=year, created_at=year)
        clean_uploads()
        assert {upload.name: upload.has_file for upload in Upload.objects.all()} == {
            "a.csv": True,
            "b.csv": False,
            "c.csv": True,
        }
    assert [files.folder_of(upload).exists() for upload in (new, old, busy, oldest)] == [
        True,
        False,
        True,
        False,
    ]
    assert "poistettiin" in owner_client.get(address("import_review", upload=old.pk)).content.decode()


def test_what_no_record_knows_goes_when_it_is_old(bring, home):
    upload = bring(ORDERS, read=False)
    lost = files.folder_of(upload).with_name("0" * 32)
    fresh = files.folder_of(upload).with_name("1" * 32)
    half = files.arriving() / "tmp.upload"
    for path in (lost, fresh):
        path.mkdir()
    half.touch()
    for path in (lost, half, files.folder_of(upload)):
        os.utime(path, (OLD, OLD))
    clean_uploads()
    assert [path.exists() for path in (lost, half, fresh, files.folder_of(upload))] == [
        False,
        False,
        True,
        True,
    ]
